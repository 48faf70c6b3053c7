import { afterEach, expect, it } from 'vitest';
import { messageNotice, VoicemailHarness } from '#testing/harness/voicemail-harness.ts';
import type { SpeechResult, SpeechToText, SpeechWish } from './ports.ts';

class FakeSpeech implements SpeechToText {
  isReady = true;
  readonly asked: { readonly bytes: number; readonly wish: SpeechWish }[] = [];
  /** The last one again and again. */
  answers: (SpeechResult | Promise<SpeechResult>)[] = [{ kind: 'text', text: 'Call me back.' }];
  atOnce = 0;
  mostAtOnce = 0;
  readonly #listeners = new Set<() => void>();

  async transcribe(speech: Uint8Array<ArrayBuffer>, wish: SpeechWish): Promise<SpeechResult> {
    this.asked.push({ bytes: speech.length, wish });
    this.mostAtOnce = Math.max(this.mostAtOnce, (this.atOnce += 1));
    const [answer = { kind: 'failed', message: 'none' }] = this.answers;
    if (this.answers.length > 1) this.answers = this.answers.slice(1);
    const result = await answer;
    this.atOnce -= 1;
    return result;
  }

  async engines(): Promise<[]> {
    return [];
  }

  onReady(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  comesBack(): void {
    for (const listener of this.#listeners) listener();
  }
}

let harness: VoicemailHarness;
afterEach(() => harness[Symbol.asyncDispose]());

async function begin(speech: FakeSpeech, folder?: string): Promise<void> {
  harness = new VoicemailHarness({ speech, ...(folder === undefined ? {} : { folder }) });
  await harness.room.settings.change({ transcription: 'home-assistant' });
  await harness.room.start();
}

async function leave(sid: string): Promise<void> {
  await harness.announce(messageNotice(sid), 'person_anna');
  await harness.reaches(sid, 'stored');
}

const texts = () => harness.voicemails().map(({ transcript }) => transcript);
const away: SpeechResult = { kind: 'later', message: 'Home Assistant is away', isFault: false };

it('puts a message into words in the house, once, and tells so', async () => {
  const speech = new FakeSpeech();
  await begin(speech);
  await harness.room.settings.change({ transcriptionEngine: 'stt.whisper', transcriptionLanguage: 'de' });
  await leave('RE1');
  await harness.until(() => texts()[0] !== undefined);
  expect(texts()).toEqual(['Call me back.']);
  // Five seconds, two bytes each, 16 kHz.
  expect(speech.asked).toEqual([{ bytes: 160_000, wish: { engine: 'stt.whisper', language: 'de' } }]);
  expect(harness.factNames()).toEqual(['voicemail.left', 'voicemail.transcribed']);
});

it('does one at a time, and the newest first', async () => {
  const speech = new FakeSpeech();
  const { promise, resolve } = Promise.withResolvers<SpeechResult>();
  speech.answers = [promise, { kind: 'text', text: 'third' }, { kind: 'text', text: 'second' }];
  await begin(speech);
  for (const sid of ['RE1', 'RE2', 'RE3']) {
    await leave(sid);
    harness.clock.advance(60_000);
  }
  resolve({ kind: 'text', text: 'first' });
  await harness.until(() => texts().every((text) => text !== undefined));
  expect([texts(), speech.mostAtOnce]).toEqual([['first', 'second', 'third'], 1]);
});

it('waits while Home Assistant is away, and goes on when it is back', async () => {
  const speech = new FakeSpeech();
  speech.answers = [away];
  await begin(speech);
  await leave('RE1');
  await harness.until(() => speech.asked.length === 1);
  await harness.idle();
  harness.clock.advance(50_000);
  await harness.idle();
  expect([speech.asked.length, texts()]).toEqual([1, [undefined]]);
  expect(harness.room.transcriber.problem).toBeUndefined();
  speech.answers = [{ kind: 'text', text: 'Back.' }];
  speech.comesBack();
  await harness.until(() => texts()[0] !== undefined);
});

it('does after a restart what was left before it', async () => {
  const speech = new FakeSpeech();
  speech.answers = [away];
  await begin(speech);
  const { folder } = harness;
  await leave('RE1');
  await harness.until(() => speech.asked.length === 1);
  await harness.room.stop();
  const before = harness;
  speech.answers = [{ kind: 'text', text: 'After all.' }];
  await begin(speech, folder);
  await harness.until(() => texts()[0] !== undefined);
  expect(texts()).toEqual(['After all.']);
  await harness[Symbol.asyncDispose]();
  harness = before;
});

it('gives up a message that the engine cannot do, and does the next one meanwhile', async () => {
  const speech = new FakeSpeech();
  speech.answers = [{ kind: 'failed', message: 'No' }];
  await begin(speech);
  await leave('RE1');
  await harness.until(() => speech.asked.length === 1);
  await harness.idle();
  speech.answers = [
    { kind: 'text', text: 'Fine.' },
    { kind: 'failed', message: 'No' },
  ];
  harness.clock.advance(30_000);
  await leave('RE2');
  await harness.until(() => texts()[1] !== undefined);
  for (const [index, waitMs] of [60_000, 300_000, 900_000].entries()) {
    harness.clock.advance(waitMs);
    await harness.until(() => speech.asked.length === 3 + index);
    await harness.idle();
  }
  harness.clock.advance(86_400_000);
  await harness.idle();
  expect([texts(), speech.asked.length]).toEqual([[undefined, 'Fine.'], 5]);
});

it('says that somebody must do something where no engine can, and is content again afterwards', async () => {
  const speech = new FakeSpeech();
  speech.answers = [{ kind: 'later', message: 'Add one', isFault: true }];
  await begin(speech);
  await leave('RE1');
  await harness.until(() => speech.asked.length === 1);
  await harness.idle();
  expect(harness.room.transcriber.problem).toBeUndefined();
  harness.clock.advance(60_000);
  await harness.until(() => harness.room.transcriber.problem !== undefined);
  expect(harness.room.transcriber.health()).toEqual({ status: 'degraded', message: 'Add one' });
  speech.answers = [{ kind: 'text', text: 'Yes.' }];
  harness.clock.advance(300_000);
  await harness.until(() => texts()[0] !== undefined);
  expect(harness.room.transcriber.health()).toEqual({ status: 'ok', message: 'Home Assistant transcribes' });
});

it('does not keep the words of a message that was deleted while it was transcribed', async () => {
  const speech = new FakeSpeech();
  const { promise, resolve } = Promise.withResolvers<SpeechResult>();
  speech.answers = [promise];
  await begin(speech);
  await leave('RE1');
  await harness.until(() => speech.asked.length === 1);
  await harness.room.voicemails.delete(harness.voicemails()[0]!.id, harness.room.recordings);
  resolve({ kind: 'text', text: 'Secret.' });
  await harness.idle();
  expect(harness.db.prepare('SELECT * FROM recording_transcripts').all()).toEqual([]);
});

it('does nothing where Twilio transcribes or nobody does, and asks Twilio meanwhile only where that is wanted', async () => {
  const speech = new FakeSpeech();
  await begin(speech);
  const orders = () => harness.room.answer('person_anna').limits.transcribe;
  expect(orders()).toBe(false);
  await harness.room.settings.change({ transcriptionFallback: 'twilio' });
  expect(orders()).toBe(false);
  speech.isReady = false;
  expect(orders()).toBe(true);
  await harness.room.settings.change({ transcription: 'off' });
  expect(orders()).toBe(false);
  await harness.room.settings.change({ transcription: 'twilio' });
  expect(orders()).toBe(true);
  await leave('RE1');
  await harness.idle();
  expect(speech.asked).toEqual([]);
});
