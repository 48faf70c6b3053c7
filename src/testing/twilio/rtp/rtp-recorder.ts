import type { Recorded, LegRecording, RecordRequest } from '#testing/twilio/base/voice-side.ts';
import { mixed, sampleRate, wavFile } from '#testing/twilio/base/wav-file.ts';

const framesPerSecond = 50;
const frameSamples = sampleRate / framesPerSecond;
// -40 dB below the greatest level: noise of a line, and what G.711 makes of zeros.
const silentBelow = 330;
const silence = new Int16Array(frameSamples);

/** Takes down a leg's audio frame by frame; `whenDone` runs once, before `done` settles. */
export class AudioRecorder implements LegRecording {
  readonly done: Promise<Recorded>;
  readonly #request: RecordRequest;
  readonly #whenDone: () => void;
  readonly #settle: (recorded: Recorded) => void;
  inbound: Int16Array[] = [];
  outbound: Int16Array[] = [];
  #silentFrames = 0;
  #isSilent = true;
  #paused: 'skip' | 'silence' | undefined;
  #isDone = false;

  constructor(request: RecordRequest, whenDone: () => void) {
    const { promise, resolve } = Promise.withResolvers<Recorded>();
    this.done = promise;
    this.#settle = resolve;
    this.#request = request;
    this.#whenDone = whenDone;
  }

  readonly stop = (): void => this.finish('stopped');
  readonly pause = (behaviour: 'skip' | 'silence'): void => {
    this.#paused = behaviour;
  };
  readonly resume = (): void => {
    this.#paused = undefined;
  };

  /** `heard` is undefined while nothing flows: that is silence in the audio, but counts for no time-out. */
  step(inbound: Int16Array | undefined, outbound: Int16Array): void {
    if (this.#isDone || this.#paused === 'skip') return;
    const isPaused = this.#paused === 'silence';
    this.#note(isPaused ? silence : (inbound ?? silence), isPaused ? silence : outbound);
    if (inbound !== undefined && !isPaused) this.#silentFrames = isLoud(inbound) ? 0 : this.#silentFrames + 1;
    const { maxSeconds, stopSilenceSeconds = 0 } = this.#request;
    if (this.inbound.length >= maxSeconds * framesPerSecond) this.finish('length');
    else if (stopSilenceSeconds > 0 && this.#silentFrames >= stopSilenceSeconds * framesPerSecond) this.finish('silence');
  }

  key(digit: string): void {
    if (this.#request.finishOnKey?.includes(digit) === true) this.finish('key', digit);
  }

  finish(endedBy: Recorded['endedBy'], key?: string): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#whenDone();
    const { track = 'heard' } = this.#request;
    const inbound = joined(this.inbound);
    const outbound = joined(this.outbound);
    const channels = track === 'dual' ? [inbound, outbound] : [track === 'both' ? mixed(inbound, outbound) : inbound];
    const durationMs = Math.round((inbound.length * 1000) / sampleRate);
    const recorded = { wav: wavFile(channels), durationMs, isSilent: this.#isSilent, endedBy };
    this.inbound = [];
    this.outbound = [];
    this.#settle(key === undefined ? recorded : { ...recorded, key });
  }

  #note(inbound: Int16Array, outbound: Int16Array): void {
    this.inbound.push(inbound);
    const recordsBothWays = this.#request.track === 'both' || this.#request.track === 'dual';
    if (recordsBothWays) this.outbound.push(outbound);
    if (isLoud(inbound) || (recordsBothWays && isLoud(outbound))) this.#isSilent = false;
  }
}

function isLoud(frame: Int16Array): boolean {
  return frame.some((sample) => Math.abs(sample) > silentBelow);
}

export function joined(frames: readonly Int16Array[]): Int16Array {
  const samples = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let position = 0;
  for (const frame of frames) {
    samples.set(frame, position);
    position += frame.length;
  }
  return samples;
}
