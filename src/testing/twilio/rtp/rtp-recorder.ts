import type { Recorded, Recording, RecordRequest } from '#testing/twilio/base/voice-side.ts';
import { mixed, sampleRate, wavFile } from '#testing/twilio/base/wav-file.ts';

const framesASecond = 50;
const frameSamples = sampleRate / framesASecond;
// -40 dB below the greatest level: noise of a line, and what G.711 makes of zeros.
const silentBelow = 330;
const silence = new Int16Array(frameSamples);

/** Takes down a leg's sound frame by frame; `whenDone` runs once, before `done` settles. */
export class Recorder implements Recording {
  readonly done: Promise<Recorded>;
  readonly #request: RecordRequest;
  readonly #whenDone: () => void;
  readonly #settle: (recorded: Recorded) => void;
  #heard: Int16Array[] = [];
  #told: Int16Array[] = [];
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

  /** `heard` is undefined while nothing flows: that is silence in the sound, but counts for no time-out. */
  step(heard: Int16Array | undefined, told: Int16Array): void {
    if (this.#isDone || this.#paused === 'skip') return;
    const isPaused = this.#paused === 'silence';
    this.#note(isPaused ? silence : (heard ?? silence), isPaused ? silence : told);
    if (heard !== undefined && !isPaused) this.#silentFrames = isLoud(heard) ? 0 : this.#silentFrames + 1;
    const { maxSeconds, stopSilenceSeconds = 0 } = this.#request;
    if (this.#heard.length >= maxSeconds * framesASecond) this.finish('length');
    else if (stopSilenceSeconds > 0 && this.#silentFrames >= stopSilenceSeconds * framesASecond) this.finish('silence');
  }

  key(digit: string): void {
    if (this.#request.finishOnKey?.includes(digit) === true) this.finish('key', digit);
  }

  finish(endedBy: Recorded['endedBy'], key?: string): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#whenDone();
    const { track = 'heard' } = this.#request;
    const heard = joined(this.#heard);
    const told = joined(this.#told);
    const channels = track === 'dual' ? [heard, told] : [track === 'both' ? mixed(heard, told) : heard];
    const durationMs = Math.round((heard.length * 1000) / sampleRate);
    const recorded = { wav: wavFile(channels), durationMs, isSilent: this.#isSilent, endedBy };
    this.#heard = [];
    this.#told = [];
    this.#settle(key === undefined ? recorded : { ...recorded, key });
  }

  #note(heard: Int16Array, told: Int16Array): void {
    this.#heard.push(heard);
    const needsTold = this.#request.track === 'both' || this.#request.track === 'dual';
    if (needsTold) this.#told.push(told);
    if (isLoud(heard) || (needsTold && isLoud(told))) this.#isSilent = false;
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
