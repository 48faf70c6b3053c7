import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { energyAt, readWav, toneWav } from '#testing/base/wav.ts';

const ours = '+15555550199';
const theirs = '+15555550123';

type Message = { id: string; transcript: string | null; heardAt: string | null; audio: string; callId: string; seconds: number };
type Page = { items: Message[]; total: number };
type Cdr = { id: string; disposition: string; reason: string };

/** Requests of this process that have no whole answer yet, but for live streams, which never have. */
class RequestsUnderWay implements Disposable {
  readonly #requests = new Set<object>();
  readonly #begun = (message: unknown) => {
    const { request } = message as { request: { path: string } };
    if (request.path !== '/api/events') this.#requests.add(request);
  };
  readonly #over = (message: unknown) => void this.#requests.delete((message as { request: object }).request);

  constructor() {
    subscribe('undici:request:create', this.#begun);
    for (const end of ['trailers', 'error']) subscribe(`undici:request:${end}`, this.#over);
  }

  get count(): number {
    return this.#requests.size;
  }

  [Symbol.dispose](): void {
    unsubscribe('undici:request:create', this.#begun);
    for (const end of ['trailers', 'error']) unsubscribe(`undici:request:${end}`, this.#over);
  }
}

class Harness extends AppHarness {
  readonly underWay = new RequestsUnderWay();

  static async start(): Promise<Harness> {
    const harness = new Harness('admin');
    const twilio = await TwilioEmulator.start({ clock: harness.clock, voice: () => Promise.resolve(harness.voice) });
    Object.assign(twilio.state.numberOf(ours) ?? {}, {
      voice_url: `${origin}/api/webhooks/voice/inbound`,
      status_callback: `${origin}/api/webhooks/voice/status`,
    });
    await harness.begin(twilio, ['anna', 'ben']);
    await harness.json('POST', '/dids', { number: ours, ownerPersonId: harness.persons.get('anna')?.id });
    return harness;
  }

  protected override get isBusy(): boolean {
    return super.isBusy || this.underWay.count > 0;
  }

  messages(who = 'anna', query = ''): Promise<Page> {
    return this.json('GET', `/voicemails${query}`, undefined, who);
  }

  /** A caller hears the greeting, speaks and falls silent, or hangs up when the recording has gone on for a second. */
  async leave({ hangsUp = false } = {}): Promise<void> {
    const caller = this.twilio.callFrom(theirs, ours, { speak: { kind: 'tone', frequency: 440, seconds: 5 } });
    if (hangsUp) {
      await this.until(async () => (this.twilio.recordings.length > 0 ? true : undefined));
      await this.clock.advanceAsync(1000);
      caller.hangUp();
    }
    let isOver = false;
    void caller.over.then(() => (isOver = true));
    await this.until(async () => isOver || undefined);
  }

  async cdr(disposition: string): Promise<Cdr> {
    return this.until(async () => {
      const { items } = await this.json<{ items: Cdr[] }>('GET', '/cdrs');
      return items.find((one) => one.disposition === disposition);
    });
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.underWay[Symbol.dispose]();
  }
}

describe('voicemail through the whole house', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.start();
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  const oneMessage = (isReady: (message: Message) => boolean = () => true) =>
    harness.until(async () => {
      const { items } = await harness.messages();
      return items.find(isReady);
    });

  it('deletes the recorded greeting of a person with them', async () => {
    const greeting = { method: 'PUT', headers: { 'Content-Type': 'audio/wav' }, body: toneWav({ frequency: 600, seconds: 1 }) };
    expect((await harness.fetch('/mailboxes/me/greeting/audio', 'anna', greeting)).status).toBe(200);
    const files = () => readdirSync(join(harness.folder, 'greetings'));
    expect(files()).toHaveLength(1);
    await harness.json('DELETE', `/users/${harness.persons.get('anna')?.id}`);
    expect(files()).toEqual([]);
  });

  it('keeps what a caller says, in audio and in text, for the owner of the number alone', async () => {
    await harness.json('PATCH', '/system/config/voicemail', { transcription: 'twilio', deleteAtTwilio: true });
    const greeting = { method: 'PUT', headers: { 'Content-Type': 'audio/wav' }, body: toneWav({ frequency: 600, seconds: 1 }) };
    expect((await harness.fetch('/mailboxes/me/greeting/audio', 'anna', greeting)).status).toBe(200);
    // The same audio by the other names that browsers and systems give a WAV file; the bytes decide.
    for (const name of ['audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'audio/x-pn-wav', 'application/octet-stream']) {
      const renamed = { ...greeting, headers: { 'Content-Type': name } };
      expect([name, (await harness.fetch('/mailboxes/me/greeting/audio', 'anna', renamed)).status]).toEqual([name, 200]);
    }
    const text = { ...greeting, headers: { 'Content-Type': 'audio/wav' }, body: 'no sound' };
    expect((await harness.fetch('/mailboxes/me/greeting/audio', 'anna', text)).status).toBe(400);
    harness.twilio.setTranscript('The parcel is at the door.');
    await harness.leave();
    const message = await oneMessage(({ transcript }) => transcript !== null);
    expect(message).toMatchObject({
      transcript: 'The parcel is at the door.',
      heardAt: null,
      audio: 'stored',
      caller: { number: theirs },
      number: ours,
      personId: harness.persons.get('anna')?.id,
    });
    expect(await harness.cdr('voicemail')).toMatchObject({ id: message.callId, reason: 'no-devices' });

    const whole = await harness.fetch(`/voicemails/${message.id}/audio`, 'anna');
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(energyAt(readWav(bytes), 440)).toBeGreaterThan(0.8);
    const part = await harness.fetch(`/voicemails/${message.id}/audio`, 'anna', { headers: { Range: 'bytes=100-199' } });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, bytes.subarray(100, 200)]);
    // Played to the caller before the tone.
    expect(harness.voice.legs.some(({ played }) => played.some(({ kind }) => kind === 'samples'))).toBe(true);

    const paths = ['', '/audio'].map((more) => `/voicemails/${message.id}${more}`);
    for (const path of paths) expect((await harness.fetch(path, 'ben')).status).toBe(404);
    const changing = { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: '{"heard":true}' };
    expect((await harness.fetch(`/voicemails/${message.id}`, 'ben', changing)).status).toBe(404);
    expect((await harness.fetch(`/voicemails/${message.id}`, 'ben', { method: 'DELETE' })).status).toBe(404);
    expect((await harness.fetch(`/voicemails/${message.id}/read`, 'ben', { method: 'POST' })).status).toBe(404);
    const person = `?person=${harness.persons.get('anna')?.id}`;
    expect((await harness.messages('ben', person)).total).toBe(0);
    expect(await harness.json('POST', `/voicemails/read${person}`, undefined, 'ben')).toEqual({ heard: 0, ids: [] });
    expect((await harness.fetch(`/mailboxes/${harness.persons.get('anna')?.id}/greeting`, 'ben')).status).toBe(404);
    expect((await harness.messages('admin')).total).toBe(1);

    await harness.json('POST', `/voicemails/${message.id}/read`, undefined, 'admin');
    expect((await harness.messages('anna', '?heard=true')).total).toBe(1);
    await harness.json('PATCH', `/voicemails/${message.id}`, { archived: true }, 'anna');
    expect([(await harness.messages()).total, (await harness.messages('anna', '?archived=true')).total]).toEqual([0, 1]);
    await harness.until(async () => (harness.twilio.recordings[0]?.status === 'deleted' ? true : undefined));
    await harness.json('DELETE', `/voicemails/${message.id}`, undefined, 'anna');
    expect((await harness.messages('anna', '?archived=true')).total).toBe(0);
  });

  it('notifies a person live of their own messages only', async () => {
    const streams = await Promise.all(['anna', 'ben'].map((who) => harness.fetch('/events', who)));
    await harness.leave();
    const message = await oneMessage();
    await harness.json('PUT', '/mailboxes/me/greeting', { kind: 'text', text: 'Hello' }, 'anna');
    const [anna, ben] = streams.map((stream) => stream.body!.pipeThrough(new TextDecoderStream()).getReader());
    let heard = '';
    while (!heard.includes('voicemail.left')) heard += (await anna!.read()).value ?? '';
    expect(heard).toContain(message.id);
    expect((await ben!.read()).value).not.toContain('voicemail');
    await Promise.all([anna!.cancel(), ben!.cancel()]);
  });

  it.each([
    ['its callback was lost', { name: 'callback.drop', endpoint: 'recording' }],
    ['its callback came twice', { name: 'callback.duplicate', endpoint: 'recording' }],
    ['it is there only after a while', { name: 'recording.404-for', delayMs: 20_000 }],
    ['Twilio is busy', { name: 'rest.429', endpoint: 'recordings.media', count: 2, retryAfterSeconds: 2 }],
    ['Twilio is busy, and does not say for how long', { name: 'rest.429', endpoint: 'recordings.media', count: 1 }],
    ['Twilio fails', { name: 'rest.5xx', endpoint: 'recordings.*', count: 2 }],
    ['Twilio’s file is cut in half for good', { name: 'recording.truncated' }],
  ] as const)('keeps one message where %s', async (_what, fault) => {
    harness.twilio.faults.add(fault);
    await harness.leave();
    await oneMessage(({ audio }) => audio === 'stored');
    await harness.cdr('voicemail');
    harness.twilio.faults.clear();
    // Another look at what Twilio has brings nothing new.
    const looks = () => harness.twilio.requests.filter(({ endpoint }) => endpoint === 'recordings.list').length;
    const before = looks();
    await harness.until(async () => (looks() > before + 1 ? true : undefined));
    expect((await harness.messages()).total).toBe(1);
  });

  it('finds a transcript whose callback was lost', async () => {
    await harness.json('PATCH', '/system/config/voicemail', { transcription: 'twilio' });
    harness.twilio.faults.add({ name: 'callback.drop', endpoint: 'transcription' });
    await harness.leave();
    expect(await oneMessage(({ transcript }) => transcript !== null)).toMatchObject({ transcript: 'This is a message.' });
  });

  it('keeps nothing of a caller who hangs up after the tone', async () => {
    await harness.leave({ hangsUp: true });
    await harness.cdr('missed');
    expect((await harness.messages()).total).toBe(0);
  });

  it('finds after a downtime who called, and what was recorded while the house was down', async () => {
    await harness.leave();
    await oneMessage();
    harness.twilio.faults.add({ name: 'callback.drop', endpoint: 'recording' });
    await harness.leave();
    await harness.close();
    harness.twilio.faults.clear();
    harness.twilio.callFrom('+15555550177', ours);
    for (let step = 0; step < 500; step += 1) await harness.clock.advanceAsync(100);
    await harness.open();
    await harness.until(async () => ((await harness.messages()).total === 2 ? true : undefined));
    const missed = await harness.cdr('missed');
    expect(missed).toMatchObject({ reason: 'unreachable', caller: { number: '+15555550177' } });
    expect((await harness.fetch(`/cdrs/${missed.id}`, 'anna')).status).toBe(200);
    expect((await harness.fetch(`/cdrs/${missed.id}`, 'ben')).status).toBe(404);
  });
});
