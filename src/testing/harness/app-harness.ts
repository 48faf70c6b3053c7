import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { FakeVoice } from '#testing/twilio/base/fake-voice.ts';
import { createApp } from '#app/app.ts';
import type { App } from '#app/app.ts';
import { parseOptions } from '#options/options.ts';
import { plantTwilioAccount } from './twilio-account.ts';

const log = createLog({ level: 'silent' });

/** Where the emulated Twilio reaches the house. */
export const origin = 'https://house.example';

/** A house without a phone and the emulated Twilio, on one clock that stands still until it is moved. */
export class AppHarness implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly voice = new FakeVoice(this.clock);
  readonly folder = mkdtempSync(join(tmpdir(), 'gosip-app-'));
  readonly persons = new Map<string, { id: string; token: string }>();
  twilio!: TwilioEmulator;
  app!: App;
  admin = '';
  /** Beside those that every test needs. */
  protected options: object = {};
  /** Who sends a request that names nobody. */
  readonly #sender: string;

  constructor(sender: string) {
    this.#sender = sender;
  }

  /** The first start of the house, and its people with their tokens. */
  protected async begin(twilio: TwilioEmulator, names: readonly string[]): Promise<void> {
    this.twilio = twilio;
    const { accountSid, authToken } = twilio;
    plantTwilioAccount(this.folder, { settings: { accountSid, inbound: 'webhook' }, secrets: { authToken }, clock: this.clock });
    await this.open();
    this.admin = this.app.adminToken ?? '';
    for (const name of names) {
      const { id = '' } = await this.json<Record<string, string>>('POST', '/users', { username: name, name });
      const { token = '' } = await this.json<Record<string, string>>('POST', '/api-tokens', { name, personId: id });
      this.persons.set(name, { id, token });
    }
  }

  async open(): Promise<void> {
    const read = parseOptions({
      data_directory: this.folder,
      sip_listen: ['udp:127.0.0.1:0'],
      http_host: '127.0.0.1',
      http_port: 0,
      media: 'direct',
      public_url: origin,
      public_http_host: '127.0.0.1',
      public_http_port: 0,
      twilio_api_base: this.twilio.apiBase,
      ...this.options,
    });
    if (read.kind === 'problems') throw new Error(read.problems.join('; '));
    this.app = await createApp(read.options, { log, clock: this.clock, isReplyStrict: true });
    this.twilio.mapOrigin(origin, `http://127.0.0.1:${this.app.publicHttp?.port}`);
  }

  async close(): Promise<void> {
    this.twilio.mapOrigin(origin, 'http://127.0.0.1:1');
    await this.app[Symbol.asyncDispose]();
  }

  fetch(path: string, who = this.#sender, request: RequestInit = {}): Promise<Response> {
    const token = who === 'admin' ? this.admin : (this.persons.get(who)?.token ?? '');
    const headers = { Authorization: `Bearer ${token}`, ...(request.headers as Record<string, string>) };
    return fetch(`http://127.0.0.1:${this.app.http.port}/api${path}`, { ...request, headers });
  }

  async json<Reply>(method: string, path: string, body?: unknown, who = 'admin'): Promise<Reply> {
    const response = await this.fetch(path, who, { method, ...jsonBody(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Reply;
  }

  async status(method: string, path: string, body?: unknown, who = this.#sender): Promise<number> {
    return (await this.fetch(path, who, { method, ...jsonBody(body) })).status;
  }

  /** Time stands still meanwhile. */
  protected get isBusy(): boolean {
    return this.twilio.inFlight > 0;
  }

  /** Moves time, slowly enough for what is asked over real HTTP, until something is so. */
  async until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
    for (let round = 0; round < 4000; round += 1) {
      const found = await look();
      if (found !== undefined) return found;
      for (let step = 0; step < 25; step += 1) {
        if (!this.isBusy) this.clock.advance(20);
        for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    throw new Error('It never came to that');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.twilio[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function jsonBody(body: unknown): RequestInit {
  return body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}
