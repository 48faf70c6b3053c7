import type { FakeCore, RestReply, RestRequest } from './fake-core.ts';

const fields = ['language', 'format', 'codec', 'bit_rate', 'sample_rate', 'channel'];

/** A speech-to-text engine in the fake Core, with the checks that Core makes of a request. */
export class FakeCoreSpeech {
  readonly languages: readonly string[];
  text = 'Call me back.';
  /** What it answers instead. */
  reply: RestReply | undefined;
  /** The audio that it was given, and the language. */
  readonly heard: { readonly language: string; readonly bytes: Buffer }[] = [];

  constructor(core: FakeCore, { id = 'stt.whisper', languages = ['de', 'en'], sampleRates = [16_000] } = {}) {
    this.languages = languages;
    core.commands.set('stt/engine/list', ({ language }) => ({
      providers: [{ engine_id: id, supported_languages: this.#matches(language) }],
    }));
    core.rest.set(`/api/stt/${id}`, (request) => (request.method === 'GET' ? this.#able(sampleRates) : this.#hear(request)));
  }

  /** The nearest comes first, as Core's own matching has it. */
  #matches(language: unknown): readonly string[] {
    if (typeof language !== 'string') return this.languages;
    const main = (tag: string) => tag.split('-')[0];
    return this.languages.filter((one) => one === language || main(one) === main(language));
  }

  #able(sampleRates: readonly number[]): RestReply {
    const { languages } = this;
    const body = { languages, formats: ['wav'], codecs: ['pcm'], sample_rates: sampleRates, bit_rates: [16], channels: [1] };
    return { status: 200, body };
  }

  #hear({ headers, rawHeaders, body }: RestRequest): RestReply {
    // Supervisor knows it by these capitals alone.
    const given = rawHeaders.includes('X-Speech-Content') ? String(headers['x-speech-content']) : '';
    const entries = Object.fromEntries(given.split(';').map((one) => one.trim().split('=', 2)));
    const isWhole = fields.every((field) => entries[field] !== undefined) && Object.keys(entries).length === fields.length;
    if (!isWhole) return { status: 400, body: '400: Bad Request' };
    const isForm = entries['format'] === 'wav' && entries['codec'] === 'pcm' && entries['channel'] === '1';
    const isRate = entries['sample_rate'] === '16000' && entries['bit_rate'] === '16';
    const language = entries['language'] ?? '';
    if (!isForm || !isRate || !this.languages.includes(language)) return { status: 415, body: '415: Unsupported Media Type' };
    this.heard.push({ language, bytes: body });
    return this.reply ?? { status: 200, body: { text: this.text, result: 'success' } };
  }
}
