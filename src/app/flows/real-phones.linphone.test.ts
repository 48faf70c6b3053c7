import { startLinphone } from '#testing/phones/linphone.ts';
import { testRealPhone } from '#testing/phones/real-phone-tests.ts';

testRealPhone('linphone', { start: startLinphone, transport: 'udp' });
