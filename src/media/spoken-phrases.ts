import type { Log } from '#base/log.ts';
import type { Phrase } from '#calls/phrase.ts';
import { frameSamples } from './paced-stream.ts';
import { silenceOf } from './playback.ts';
import type { Recordings } from './playback.ts';
import { spokenDigits } from './prompt-files.ts';
import type { PromptFiles } from './prompt-files.ts';
import type { SpeechSynthesizer } from './speech-synthesizer.ts';
import { beep, ringback } from './tones.ts';

type SpokenPhrasesDeps = {
  readonly log: Log;
  readonly prompts: PromptFiles;
  readonly synthesizer: Pick<SpeechSynthesizer, 'speak'>;
  /** Two letters; its ringing is heard. */
  readonly country: string;
};

const silentCode = 0xff;
/** Between two phrases, and after the last one, so that the far side's buffer plays it to its end before the call is over. */
const pause = silenceOf(200);
const nothing: Recordings = { once: new Uint8Array(), repeated: new Uint8Array() };

/** Turns phrases into sound. */
export class SpokenPhrases {
  readonly #deps: SpokenPhrasesDeps;
  readonly #ringback: Uint8Array;

  constructor(deps: SpokenPhrasesDeps) {
    this.#deps = deps;
    this.#ringback = ringback(deps.country);
  }

  /** Never rejects: what cannot be spoken is left out and logged. Ringing goes on without end, so it comes last. */
  async audioOf(what: readonly Phrase[]): Promise<Recordings> {
    try {
      const spoken = await Promise.all(what.map((phrase) => this.#onceOf(phrase)));
      const isRinging = what.some((phrase) => phrase.kind === 'tone' && phrase.tone === 'ringback');
      return { once: wholeFrames(spoken.flat()), repeated: isRinging ? this.#ringback : nothing.repeated };
    } catch (error) {
      this.#deps.log.error({ err: error }, 'Recorded words cannot be read; GoSIP is not installed completely');
      return nothing;
    }
  }

  async #onceOf(phrase: Phrase): Promise<readonly Uint8Array[]> {
    const { prompts, synthesizer } = this.#deps;
    switch (phrase.kind) {
      case 'prompt':
        return [await prompts.get(phrase.name), pause];
      case 'number': {
        const digits = spokenDigits.filter((digit) => phrase.digits.includes(digit));
        const recorded = new Map(
          await Promise.all(digits.map(async (digit) => [digit as string, await prompts.get(digit)] as const)),
        );
        return phrase.digits
          .split('')
          .flatMap((digit) => recorded.get(digit) ?? [])
          .concat(pause);
      }
      case 'text':
        return [(await synthesizer.speak(phrase.text, phrase.language)) ?? (await this.#insteadOf(phrase)), pause];
      case 'tone':
        return phrase.tone === 'beep' ? [beep] : [];
    }
  }

  async #insteadOf({ otherwise = 'cannot-be-taken' }: Extract<Phrase, { kind: 'text' }>): Promise<Uint8Array> {
    return otherwise === 'nothing' ? new Uint8Array() : await this.#deps.prompts.get(otherwise);
  }
}

function wholeFrames(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new Uint8Array(Math.ceil(length / frameSamples) * frameSamples).fill(silentCode);
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
