import type { Clock } from '#base/clock.ts';
import { AudioGenerator } from './rtp-audio-generator.ts';
import { AudioRecorder } from './rtp-recorder.ts';
import type { Playing, LegRecording, RecordRequest, AudioClip } from '#testing/twilio/base/voice-side.ts';
import { mixed } from '#testing/twilio/base/wav-file.ts';

// The audio of the emulator's legs: what each is told and hears, 20 ms at a time, in real time.
// Called by the SIP side, once for every leg.
// Must stay true: all legs step together, so that a bridge passes on what was heard in the same step.

export const frameSamples = 160;
const frameMs = 20;
const silence = new Int16Array(frameSamples);
// After a longer stall of the machine the rest is left out, as a real gateway would.
const maxFramesBehind = 50;

/** Where a leg's audio comes from and goes to: RTP, or a person on the telephone network. */
export type AudioLine = {
  /** The next 20 ms from the far end; undefined while nothing flows. */
  readonly pull: () => Int16Array | undefined;
  readonly push: (frame: Int16Array) => void;
  readonly sendDigit: (digit: string) => Promise<void>;
};

type Play = { readonly generator: AudioGenerator; readonly finish: () => void };

/** One leg's audio, from inside Twilio. */
export class LegAudio {
  line: AudioLine | undefined;
  /** What was heard in the step under way. */
  inbound: Int16Array | undefined;
  readonly #clock: Clock;
  readonly #plays = new Set<Play>();
  readonly #recorders = new Set<AudioRecorder>();
  readonly #listeners = new Set<(digit: string) => void>();
  readonly #partners = new Set<LegAudio>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether anything in Twilio takes notice of what the far end says. */
  get isListenedTo(): boolean {
    return this.#partners.size > 0 || this.#recorders.size > 0;
  }

  play(clip: AudioClip): Playing {
    const { promise, resolve } = Promise.withResolvers<void>();
    const play = { generator: new AudioGenerator(clip), finish: resolve };
    if (this.#isClosed) resolve();
    else this.#plays.add(play);
    return { done: promise, stop: () => this.#finish(play) };
  }

  record(request: RecordRequest): LegRecording {
    const recorder = new AudioRecorder(request, () => {
      this.#recorders.delete(recorder);
      stopListening();
    });
    const stopListening = this.onDigit((digit) => recorder.key(digit));
    if (this.#isClosed) recorder.finish('hangup');
    else this.#recorders.add(recorder);
    return recorder;
  }

  onDigit(heard: (digit: string) => void): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  /** The far end pressed a key. */
  digit(digit: string): void {
    for (const heard of this.#listeners) heard(digit);
    for (const partner of this.#partners) void partner.line?.sendDigit(digit);
  }

  async sendDigits(digits: string): Promise<void> {
    for (const digit of digits) {
      if (this.#isClosed) return;
      if (digit === 'w' || digit === 'W') await this.#wait(digit === 'w' ? 500 : 1000);
      else await this.line?.sendDigit(digit);
    }
  }

  /** Audio both ways until it is undone or one of them ends. */
  bridge(other: LegAudio): () => void {
    if (this.#isClosed || other.#isClosed) return () => {};
    this.#partners.add(other);
    other.#partners.add(this);
    return () => {
      this.#partners.delete(other);
      other.#partners.delete(this);
    };
  }

  listen(): void {
    this.inbound = this.line?.pull();
  }

  speak(): void {
    let outbound: Int16Array = silence;
    for (const play of this.#plays) {
      const frame = play.generator.next(frameSamples);
      if (frame === undefined) this.#finish(play);
      else outbound = outbound === silence ? frame : mixed(outbound, frame);
    }
    for (const partner of this.#partners) {
      if (partner.inbound) outbound = outbound === silence ? partner.inbound : mixed(outbound, partner.inbound);
    }
    this.line?.push(outbound);
    for (const recorder of this.#recorders) recorder.step(this.inbound, outbound);
  }

  close(): void {
    this.#isClosed = true;
    for (const partner of this.#partners) partner.#partners.delete(this);
    this.#partners.clear();
    for (const play of this.#plays) this.#finish(play);
    for (const recorder of this.#recorders) recorder.finish('hangup');
    this.#listeners.clear();
  }

  #finish(play: Play): void {
    this.#plays.delete(play);
    play.finish();
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(milliseconds, resolve));
  }
}

/** Steps every leg's audio each 20 ms of the clock, while there are any. */
export class AudioMixer {
  readonly #clock: Clock;
  readonly #legs = new Set<LegAudio>();
  #timer: { cancel: () => void } | undefined;
  #startedAt = 0;
  #steps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(): LegAudio {
    const leg = new LegAudio(this.#clock);
    this.#legs.add(leg);
    if (this.#timer === undefined) {
      this.#startedAt = this.#clock.now();
      this.#steps = 0;
      this.#timer = this.#clock.every(frameMs / 2, () => this.#catchUp());
    }
    return leg;
  }

  close(leg: LegAudio): void {
    leg.close();
    this.#legs.delete(leg);
    if (this.#legs.size === 0) this.stop();
  }

  stop(): void {
    for (const leg of this.#legs) leg.close();
    this.#legs.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #catchUp(): void {
    const due = Math.floor((this.#clock.now() - this.#startedAt) / frameMs);
    this.#steps = Math.max(this.#steps, due - maxFramesBehind);
    for (; this.#steps < due; this.#steps += 1) {
      for (const leg of this.#legs) leg.listen();
      for (const leg of this.#legs) leg.speak();
    }
  }
}
