import { joined } from './rtp-recorder.ts';
import { AudioGenerator } from './rtp-audio-generator.ts';
import type { LegAudio, AudioLine, AudioMixer } from './rtp-audio-mixer.ts';
import { frameSamples } from './rtp-audio-mixer.ts';
import type { LegEnd, Playing, PstnLeg, AudioClip } from '#testing/twilio/base/voice-side.ts';
import { mixed } from '#testing/twilio/base/wav-file.ts';

// Twenty minutes.
const maxFramesHeard = 60_000;

type Saying = { readonly generator: AudioGenerator; readonly finish: () => void };

/** A person's telephone: what they say goes to Twilio, what Twilio says is kept. */
class PstnLine implements AudioLine {
  readonly heard: Int16Array[] = [];
  readonly #leg: LegAudio;
  readonly #sayings = new Set<Saying>();
  #first: AudioClip | undefined;

  constructor(leg: LegAudio, first: AudioClip | undefined) {
    this.#leg = leg;
    this.#first = first;
  }

  say(clip: AudioClip): Playing {
    const { promise, resolve } = Promise.withResolvers<void>();
    const saying = { generator: new AudioGenerator(clip), finish: resolve };
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
    if (this.heard.length > maxFramesHeard) this.heard.shift();
  };

  // A telephone has nothing to send digits to.
  readonly sendDigit = (): Promise<void> => Promise.resolve();

  stop(): void {
    for (const saying of this.#sayings) this.#finish(saying);
  }

  #finish(saying: Saying): void {
    this.#sayings.delete(saying);
    saying.finish();
  }
}

/** A telephone of the telephone network, without SIP. */
export function openPstnLeg(mixer: AudioMixer, { speak }: { readonly speak?: AudioClip }): PstnLeg {
  const audio = mixer.open();
  const line = new PstnLine(audio, speak);
  audio.line = line;
  const { promise: ended, resolve } = Promise.withResolvers<LegEnd>();
  const end = (by: LegEnd['by']): void => {
    line.stop();
    mixer.close(audio);
    resolve({ status: 200, wasAnswered: true, by });
  };
  const leg: PstnLeg = {
    sipCallId: undefined,
    ended,
    hangup: () => end('near'),
    play: (what) => audio.play(what),
    record: (request) => audio.record(request),
    onDigit: (heard) => audio.onDigit(heard),
    sendDigits: (digits) => audio.sendDigits(digits),
    remoteParty: {
      hangup: () => end('far'),
      press: (digits) => {
        for (const digit of digits) audio.digit(digit);
      },
      say: (what) => line.say(what),
      heard: () => joined(line.heard),
    },
  };
  audioOf.set(leg, audio);
  return leg;
}

/** The audio behind each leg, so that two legs of any kind can be bridged. */
export const audioOf = new WeakMap<object, LegAudio>();
