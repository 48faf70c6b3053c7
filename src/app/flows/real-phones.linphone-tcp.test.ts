import { startLinphone } from '#testing/phones/linphone.ts';
import { testRealPhone } from '#testing/phones/real-phone-tests.ts';

// After a lost connection it registers again with the same Call-ID and instance from another port, by default after a minute.
testRealPhone('linphone', { start: (options) => startLinphone({ ...options, reconnectSeconds: 3 }), transport: 'tcp' });
