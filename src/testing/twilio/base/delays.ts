import type { Random } from './sids.ts';

/** A time in milliseconds, or a range from which one is drawn. */
export type Delay = number | readonly [minMs: number, maxMs: number];

export type Delays = {
  /** From create to `sent`. */
  readonly messageSent: Delay;
  /** From `sent` to the final state. */
  readonly messageFinal: Delay;
  /** From the end of a recording until it is `completed` and can be fetched. */
  readonly recordingReady: Delay;
  readonly transcription: Delay;
  /** How much later than its cause a callback leaves; a range lets callbacks overtake each other. */
  readonly callback: Delay;
  /** How long a verb that speaks takes. */
  readonly say: Delay;
  /** Multiplies what TwiML asks for in seconds (Dial timeout, Pause, Gather), so that tests need not wait it out. */
  readonly twimlSecond: number;
  /** Twilio adds about this much to a Dial timeout. */
  readonly dialExtra: number;
  readonly connectMs: number;
  readonly readMs: number;
  readonly totalMs: number;
  /** A recording may be missing (404) for this long after its callback. */
  readonly recordingVisible: Delay;
};

/** As Twilio is. */
const realDelays: Delays = {
  messageSent: 500,
  messageFinal: [1000, 5000],
  recordingReady: [1000, 20_000],
  transcription: [10_000, 120_000],
  callback: [0, 250],
  say: [1000, 4000],
  twimlSecond: 1000,
  dialExtra: 5000,
  connectMs: 5000,
  readMs: 15_000,
  totalMs: 15_000,
  recordingVisible: 0,
};

/** The same order of things in milliseconds; what TwiML asks for in seconds still takes seconds. */
export const quickDelays: Delays = {
  ...realDelays,
  messageSent: 2,
  messageFinal: [2, 10],
  recordingReady: [5, 25],
  transcription: [15, 60],
  callback: [0, 6],
  say: 10,
};

export function drawDelay(delay: Delay, random: Random): number {
  if (typeof delay === 'number') return delay;
  const [min, max] = delay;
  return min + random(Math.max(1, Math.round(max - min + 1)));
}
