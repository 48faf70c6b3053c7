import { joined } from './rtp-recorder.ts';
import { SoundGenerator } from './rtp-generator.ts';
import type { LegSound, SoundLine, SoundSteps } from './rtp-sound.ts';
import { frameSamples } from './rtp-sound.ts';
import type { LegEnd, Playing, PstnLeg, Sound } from '#testing/twilio/base/voice-side.ts';
import { mixed } from '#testing/twilio/base/wav-file.ts';

// Twenty minutes.
const mostFramesHeard = 60_000;

type Saying = { readonly generator: SoundGenerator; readonly finish: () => void };

/** A person's telephone: what they say goes to Twilio, what Twilio says is kept. */
class PersonLine implements SoundLine {
  readonly heard: Int16Array[] = [];
  readonly #leg: LegSound;
  readonly #sayings = new Set<Saying>();
  #first: Sound | undefined;

  constructor(leg: LegSound, first: Sound | undefined) {
    this.#leg = leg;
    this.#first = first;
  }

  say(sound: Sound): Playing {
    const { promise, resolve } = Promise.withResolvers<void>();
    const saying = { generator: new SoundGenerator(sound), finish: resolve };
    this.#sayings.add(saying);
    return { done: promise, stop: () => this.#finish(saying) };
  }

  readonly pull = (): Int16Array => {
    if (this.#first && this.#leg.isListenedTo) {
      this.say(this.#first);
      this.#first = undefined;
    }
    let said: Int16Array = new Int16Array(frameSamples);
    for (const saying of this.#sayings) {
      const frame = saying.generator.next(frameSamples);
      if (frame === undefined) this.#finish(saying);
      else said = mixed(said, frame);
    }
    return said;
  };

  readonly push = (frame: Int16Array): void => {
    this.heard.push(frame);
    if (this.heard.length > mostFramesHeard) this.heard.shift();
  };

  // A telephone has nobody to tell digits to.
  readonly sendDigit = (): Promise<void> => Promise.resolve();

  stop(): void {
    for (const saying of this.#sayings) this.#finish(saying);
  }

  #finish(saying: Saying): void {
    this.#sayings.delete(saying);
    saying.finish();
  }
}

/** Somebody on the telephone network, without SIP. */
export function openPerson(steps: SoundSteps, { speak }: { readonly speak?: Sound }): PstnLeg {
  const sound = steps.open();
  const line = new PersonLine(sound, speak);
  sound.line = line;
  const { promise: ended, resolve } = Promise.withResolvers<LegEnd>();
  const end = (by: LegEnd['by']): void => {
    line.stop();
    steps.close(sound);
    resolve({ status: 200, wasAnswered: true, by });
  };
  const leg: PstnLeg = {
    sipCallId: undefined,
    ended,
    hangup: () => end('near'),
    play: (what) => sound.play(what),
    record: (request) => sound.record(request),
    onDigit: (heard) => sound.onDigit(heard),
    sendDigits: (digits) => sound.sendDigits(digits),
    person: {
      hangup: () => end('far'),
      press: (digits) => {
        for (const digit of digits) sound.digit(digit);
      },
      say: (what) => line.say(what),
      heard: () => joined(line.heard),
    },
  };
  soundOf.set(leg, sound);
  return leg;
}

/** The sound behind each leg, so that two legs of any kind can be bridged. */
export const soundOf = new WeakMap<object, LegSound>();
