import { startTwinkle } from '#testing/phones/twinkle.ts';
import { testRealPhone } from '#testing/phones/real-phone-tests.ts';

testRealPhone('Twinkle', { start: startTwinkle, transport: 'udp' });
