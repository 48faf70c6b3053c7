import type { Clock } from '#base/clock.ts';
import { SoundGenerator } from './rtp-generator.ts';
import { Recorder } from './rtp-recorder.ts';
import type { Playing, Recording, RecordRequest, Sound } from '#testing/twilio/base/voice-side.ts';
import { mixed } from '#testing/twilio/base/wav-file.ts';

// The sound of the emulator's legs: what each is told and hears, 20 ms at a time, in real time.
// Called by the SIP side, once for every leg.
// Must stay true: all legs step together, so that a bridge passes on what was heard in the same step.

export const frameSamples = 160;
const frameMs = 20;
const silence = new Int16Array(frameSamples);
// After a longer stall of the machine the rest is left out, as a real gateway would.
const mostFramesBehind = 50;

/** Where a leg's sound comes from and goes to: RTP, or a person on the telephone network. */
export type SoundLine = {
  /** The next 20 ms from the far end; undefined while nothing flows. */
  readonly pull: () => Int16Array | undefined;
  readonly push: (frame: Int16Array) => void;
  readonly sendDigit: (digit: string) => Promise<void>;
};

type Play = { readonly generator: SoundGenerator; readonly finish: () => void };

/** One leg's sound, from inside Twilio. */
export class LegSound {
  line: SoundLine | undefined;
  /** What was heard in the step under way. */
  heard: Int16Array | undefined;
  readonly #clock: Clock;
  readonly #plays = new Set<Play>();
  readonly #recorders = new Set<Recorder>();
  readonly #listeners = new Set<(digit: string) => void>();
  readonly #partners = new Set<LegSound>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether anything in Twilio takes notice of what the far end says. */
  get isListenedTo(): boolean {
    return this.#partners.size > 0 || this.#recorders.size > 0;
  }

  play(sound: Sound): Playing {
    const { promise, resolve } = Promise.withResolvers<void>();
    const play = { generator: new SoundGenerator(sound), finish: resolve };
    if (this.#isClosed) resolve();
    else this.#plays.add(play);
    return { done: promise, stop: () => this.#finish(play) };
  }

  record(request: RecordRequest): Recording {
    const recorder = new Recorder(request, () => {
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

  /** Sound both ways until it is undone or one of them ends. */
  bridge(other: LegSound): () => void {
    if (this.#isClosed || other.#isClosed) return () => {};
    this.#partners.add(other);
    other.#partners.add(this);
    return () => {
      this.#partners.delete(other);
      other.#partners.delete(this);
    };
  }

  listen(): void {
    this.heard = this.line?.pull();
  }

  speak(): void {
    let told: Int16Array = silence;
    for (const play of this.#plays) {
      const frame = play.generator.next(frameSamples);
      if (frame === undefined) this.#finish(play);
      else told = told === silence ? frame : mixed(told, frame);
    }
    for (const partner of this.#partners) {
      if (partner.heard) told = told === silence ? partner.heard : mixed(told, partner.heard);
    }
    this.line?.push(told);
    for (const recorder of this.#recorders) recorder.step(this.heard, told);
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

/** Steps every leg's sound each 20 ms of the clock, while there are any. */
export class SoundSteps {
  readonly #clock: Clock;
  readonly #legs = new Set<LegSound>();
  #timer: { cancel: () => void } | undefined;
  #startedAt = 0;
  #steps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(): LegSound {
    const leg = new LegSound(this.#clock);
    this.#legs.add(leg);
    if (this.#timer === undefined) {
      this.#startedAt = this.#clock.now();
      this.#steps = 0;
      this.#timer = this.#clock.every(frameMs / 2, () => this.#catchUp());
    }
    return leg;
  }

  close(leg: LegSound): void {
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
    this.#steps = Math.max(this.#steps, due - mostFramesBehind);
    for (; this.#steps < due; this.#steps += 1) {
      for (const leg of this.#legs) leg.listen();
      for (const leg of this.#legs) leg.speak();
    }
  }
}
