import { startPjsua2 } from '#testing/phones/pjsua2.ts';
import { testRealPhone } from '#testing/phones/real-phone-tests.ts';

testRealPhone('pjsua2', { start: startPjsua2, transport: 'udp' });
