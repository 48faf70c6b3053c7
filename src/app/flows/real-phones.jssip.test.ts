import { JsSipPhone } from '#testing/phones/jssip.ts';
import { testRealPhone } from '#testing/phones/real-phone-tests.ts';

testRealPhone('JsSIP', { start: (options) => JsSipPhone.start(options), transport: 'ws', type: 'webrtc' });
