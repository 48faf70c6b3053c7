import { BaresipPhone } from './baresip-phone.ts';
import { JsSipPhone } from './jssip.ts';
import { startLinphone } from './linphone.ts';
import type { StartPhone } from './real-phone-harness.ts';
import { startPjsua2 } from './pjsua2.ts';
import type { Transport } from './real-phone.ts';
import { startTwinkle } from './twinkle.ts';

/** Every phone that is tried, with all its transports, the usual one first. */
export type PhoneUnderTest = {
  readonly start: StartPhone;
  readonly transports: readonly [Transport, ...Transport[]];
  readonly type?: 'webrtc';
};

export const phonesUnderTest: readonly PhoneUnderTest[] = [
  { start: startLinphone, transports: ['udp', 'tcp'] },
  { start: startTwinkle, transports: ['udp', 'tcp'] },
  { start: startPjsua2, transports: ['udp', 'tcp'] },
  { start: (options) => BaresipPhone.start(options), transports: ['udp', 'tcp'] },
  { start: (options) => JsSipPhone.start(options), transports: ['ws'], type: 'webrtc' },
];
