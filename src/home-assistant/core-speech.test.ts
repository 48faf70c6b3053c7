import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { FakeCoreSpeech } from '#testing/home-assistant/fake-core-speech.ts';
import { CoreLine } from './core-line.ts';
import { coreFetch } from './core-rest.ts';
import { CoreSpeech } from './core-speech.ts';

let core: FakeCore;
let line: CoreLine;
let speech: CoreSpeech;
const clock = new FakeClock();
const audio = new Uint8Array([1, 0, 2, 0]);
const usual = { engine: undefined, language: undefined };

beforeEach(async () => {
  core = await FakeCore.start();
  const access = { url: core.url, token: core.token };
  line = new CoreLine({ access, clock, log: createLog({ level: 'silent' }) });
  speech = new CoreSpeech({ core: line, coreFetch: coreFetch(access, clock), language: 'en', country: 'GB' });
  line.start();
  await vi.waitFor(() => expect(speech.isReady).toBe(true));
});

afterEach(async () => {
  await line[Symbol.asyncDispose]();
  await core.end();
});

it('spells the language as the engine lists it, and gives the audio as it is', async () => {
  const engine = new FakeCoreSpeech(core, { languages: ['de', 'en-GB'] });
  expect(await speech.transcribe(audio, usual)).toEqual({ kind: 'text', text: 'Call me back.' });
  expect(engine.heard).toEqual([{ language: 'en-GB', bytes: Buffer.from(audio) }]);
  expect(core.commandsOf('stt/engine/list')[0]).toMatchObject({ language: 'en', country: 'GB' });
  await speech.transcribe(audio, { engine: 'stt.whisper', language: 'de-AT' });
  expect(engine.heard[1]?.language).toBe('de');
  expect(await speech.engines()).toEqual([{ id: 'stt.whisper', name: 'stt.whisper', languages: ['de', 'en-GB'] }]);
});

it.each([
  ['no engine there', () => core.commands.set('stt/engine/list', () => ({ providers: [] })), usual, 'add one there'],
  ['another language', () => new FakeCoreSpeech(core, { languages: ['fr'] }), usual, 'the language en'],
  ['an engine that is gone', () => new FakeCoreSpeech(core), { ...usual, engine: 'stt.old' }, 'no speech-to-text engine stt.old'],
  ['an engine of 8 kHz', () => new FakeCoreSpeech(core, { sampleRates: [8000] }), usual, '16 bits at 16 kHz'],
])('says what to do: %s', async (_, set, wish, words) => {
  set();
  expect(await speech.transcribe(audio, wish)).toMatchObject({
    kind: 'later',
    isFault: true,
    message: expect.stringContaining(words),
  });
});

it('takes what the engine does not understand for a failure of this message', async () => {
  const engine = new FakeCoreSpeech(core);
  engine.reply = { status: 200, body: { text: null, result: 'error' } };
  expect(await speech.transcribe(audio, usual)).toMatchObject({ kind: 'failed' });
  engine.reply = { status: 500, body: '500 Internal Server Error' };
  expect(await speech.transcribe(audio, usual)).toMatchObject({ kind: 'failed' });
});

it('waits where Core is away', async () => {
  await core.end();
  await vi.waitFor(() => expect(speech.isReady).toBe(false));
  expect(await speech.transcribe(audio, usual)).toMatchObject({ kind: 'later', isFault: false });
});
