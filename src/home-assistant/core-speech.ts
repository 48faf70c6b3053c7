// Owns speech to text by an engine of Home Assistant: which engine, in which of its languages, and what its answers mean.
// Called by the transcriber of voicemail, whose port it fits.
// Must stay true: the language is spelled as the engine lists it, and the header holds all six fields and no other.
import { isRecord } from '#base/json.ts';
import { CoreError } from './core-connection.ts';
import type { CoreConnection } from './core-connection.ts';
import type { CoreFetch } from './core-rest.ts';

export type CoreSpeechDeps = {
  readonly core: CoreConnection;
  readonly coreFetch: CoreFetch;
  /** Of the house: ISO 639-1, and ISO 3166-1. */
  readonly language: string;
  readonly country: string;
};

type Engine = { readonly id: string; readonly name: string; readonly languages: readonly string[] };
type Wish = { readonly engine: string | undefined; readonly language: string | undefined };
type Result =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'later'; readonly message: string; readonly isFault: boolean };

/** The form of the audio that it is given. */
const audio = { format: 'wav', codec: 'pcm', sample_rate: 16_000, bit_rate: 16, channel: 1 } as const;
/** A long message on a small machine; Supervisor ends a request after as long. */
const limitMs = 300_000;

export class CoreSpeech {
  readonly #deps: CoreSpeechDeps;

  constructor(deps: CoreSpeechDeps) {
    this.#deps = deps;
  }

  get isReady(): boolean {
    return this.#deps.core.isConnected;
  }

  onReady(listener: () => void): () => void {
    return this.#deps.core.onConnected(listener);
  }

  /** With all their languages. Throws a CoreError. */
  engines(): Promise<readonly Engine[]> {
    return this.#list({});
  }

  async transcribe(speech: Uint8Array<ArrayBuffer>, wish: Wish): Promise<Result> {
    try {
      const chosen = await this.#choose(wish);
      return 'kind' in chosen ? chosen : await this.#post(speech, chosen);
    } catch (error) {
      return this.#refusal(error);
    }
  }

  async #list(asked: object): Promise<readonly Engine[]> {
    const reply = await this.#deps.core.command<unknown>({ type: 'stt/engine/list', ...asked });
    const providers = isRecord(reply) && Array.isArray(reply['providers']) ? reply['providers'] : [];
    return providers.flatMap((one) => toEngine(one) ?? []);
  }

  /** The engine and the language as it spells it: Core puts the best match first. */
  async #choose({ engine, language = this.#deps.language }: Wish): Promise<{ id: string; language: string } | Result> {
    const engines = await this.#list({ language, country: this.#deps.country });
    if (engine !== undefined && !engines.some(({ id }) => id === engine))
      return fault(`Home Assistant has no speech-to-text engine ${engine}: choose another one`);
    const able = engines.find(({ id, languages }) => (engine === undefined || id === engine) && languages.length > 0);
    if (able === undefined) {
      const who = engine ?? 'Home Assistant';
      return fault(`${who} has no speech-to-text for the language ${language}: add one there, such as the app Whisper`);
    }
    const [spelled = language] = able.languages;
    const missing = await this.#missing(able.id);
    if (missing !== undefined) return fault(`The speech-to-text engine ${able.id} does not take ${missing}: choose another one`);
    return { id: able.id, language: spelled };
  }

  /** What the engine cannot take of the form that it would be given. */
  async #missing(id: string): Promise<string | undefined> {
    const able = await this.#deps.coreFetch<unknown>(path(id));
    const has = (name: string, value: string | number) => {
      const list = isRecord(able) ? able[name] : undefined;
      return Array.isArray(list) && list.includes(value);
    };
    if (!has('formats', audio.format) || !has('codecs', audio.codec)) return 'PCM';
    if (!has('sample_rates', audio.sample_rate) || !has('bit_rates', audio.bit_rate)) return '16 bits at 16 kHz';
    return has('channels', audio.channel) ? undefined : 'one channel';
  }

  async #post(
    body: Uint8Array<ArrayBuffer>,
    { id, language }: { readonly id: string; readonly language: string },
  ): Promise<Result> {
    const fields = Object.entries({ language, ...audio }).map(([name, value]) => `${name}=${value}`);
    const headers = { 'X-Speech-Content': fields.join('; '), 'Content-Type': 'audio/wav' };
    const reply = await this.#deps.coreFetch<unknown>(path(id), { method: 'POST', headers, body, limitMs });
    if (!isRecord(reply) || reply['result'] !== 'success') return { kind: 'failed', message: `${id} could not understand it` };
    return { kind: 'text', text: typeof reply['text'] === 'string' ? reply['text'] : '' };
  }

  #refusal(error: unknown): Result {
    if (!(error instanceof CoreError)) throw error;
    const { code, message } = error;
    if (code === 'forbidden') return { kind: 'later', message, isFault: true };
    // With the line up it is about this message: an engine that throws, or one that takes for ever.
    if (code === 'unavailable' && !this.#deps.core.isConnected) return { kind: 'later', message, isFault: false };
    return { kind: 'failed', message };
  }
}

function fault(message: string): Result {
  return { kind: 'later', message, isFault: true };
}

function path(id: string): string {
  return `/api/stt/${encodeURIComponent(id)}`;
}

function toEngine(one: unknown): Engine | undefined {
  if (!isRecord(one) || typeof one['engine_id'] !== 'string') return undefined;
  const { engine_id: id, name, supported_languages: languages } = one;
  const known = Array.isArray(languages) ? languages.filter((language) => typeof language === 'string') : [];
  return { id, name: typeof name === 'string' ? name : id, languages: known };
}
