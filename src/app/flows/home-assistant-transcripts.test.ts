import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { FakeCoreSpeech } from '#testing/home-assistant/fake-core-speech.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';

// A message left at Twilio, put into words by an engine of Home Assistant, through the whole house.
const ours = '+15555550199';
const theirs = '+15555550123';

type Message = { id: string; transcript: string | null };

class Harness extends AppHarness {
  core!: FakeCore;

  static async start(): Promise<Harness> {
    const harness = new Harness('anna');
    harness.core = await FakeCore.start();
    harness.options = { home_assistant_url: harness.core.url, home_assistant_token: harness.core.token };
    const twilio = await TwilioEmulator.start({ clock: harness.clock, voice: () => Promise.resolve(harness.voice) });
    Object.assign(twilio.state.numberOf(ours) ?? {}, {
      voice_url: `${origin}/api/webhooks/voice/inbound`,
      status_callback: `${origin}/api/webhooks/voice/status`,
    });
    await harness.begin(twilio, ['anna']);
    await harness.json('POST', '/dids', { number: ours, ownerPersonId: harness.persons.get('anna')?.id });
    return harness;
  }

  async leave(): Promise<void> {
    const caller = this.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 5 } });
    let isOver = false;
    void caller.over.then(() => (isOver = true));
    await this.until(async () => isOver || undefined);
  }

  async messages(): Promise<readonly Message[]> {
    return (await this.json<{ items: Message[] }>('GET', '/voicemails', undefined, 'anna')).items;
  }

  message(isReady: (message: Message) => boolean): Promise<Message> {
    return this.until(async () => (await this.messages()).find(isReady));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.core.end();
  }
}

let harness: Harness;
let engine: FakeCoreSpeech;

beforeEach(async () => {
  harness = await Harness.start();
  engine = new FakeCoreSpeech(harness.core);
  await harness.json('PATCH', '/system/config/voicemail', { transcription: 'home-assistant' });
});
afterEach(() => harness[Symbol.asyncDispose]());

it('a message is read by Home Assistant, also one that was left while Home Assistant was away', async () => {
  expect(await harness.json('GET', '/system/config/voicemail/engines')).toEqual({
    items: [{ id: 'stt.whisper', name: 'stt.whisper', languages: ['de', 'en'] }],
    problem: null,
  });
  engine.text = 'The parcel is at the door.';
  await harness.leave();
  await harness.message(({ transcript }) => transcript === 'The parcel is at the door.');
  // Bare samples: what Twilio gave at 8 kHz with a header is twice as long and has none.
  expect(engine.heard[0]?.bytes.toString('latin1', 0, 4)).not.toBe('RIFF');
  expect(engine.heard[0]?.bytes.length).toBeGreaterThan(16_000 * 2 * 4);

  await harness.core.end();
  expect(await harness.json('GET', '/system/config/voicemail/engines')).toEqual({ items: [], problem: expect.any(String) });
  engine.text = 'Call me back.';
  await harness.leave();
  await harness.until(async () => (await harness.messages()).length === 2 || undefined);
  await harness.core.begin();
  await harness.message(({ transcript }) => transcript === 'Call me back.');
  expect(engine.heard).toHaveLength(2);
});

it('the person who runs the house is told that no engine knows the language', async () => {
  engine = new FakeCoreSpeech(harness.core, { languages: ['fr'] });
  await harness.leave();
  type Health = { parts: { name: string; status: string; message: string }[] };
  const part = await harness.until(async () => {
    const { parts } = await harness.json<Health>('GET', '/system/health');
    return parts.find(({ name, status }) => name === 'transcripts' && status === 'degraded');
  });
  expect(part.message).toContain('no speech-to-text for the language en');
});
