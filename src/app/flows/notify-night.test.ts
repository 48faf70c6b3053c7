import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { openDatabase } from '#storage/database.ts';
import { AppHarness, origin } from '#testing/harness/app-harness.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer } from '#testing/peers/http-peer.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';

// What is told at night, after a restart and of alerts, on a clock that stands still until it is moved.
const [ours, theirs] = ['+15555550199', '+15555550123'];
const minute = 60_000;
const hour = 60 * minute;
const nightly = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' }];

type Held = { readonly total: number; readonly items: readonly { readonly nextAt: string | null; readonly state: string }[] };

class Harness extends AppHarness {
  mail!: SmtpPeer;
  ntfy!: HttpPeer;

  static async start(): Promise<Harness> {
    const harness = new Harness('anna');
    harness.options = { time_zone: 'Europe/Berlin' };
    const twilio = await TwilioEmulator.start({
      clock: harness.clock,
      voice: () => Promise.resolve(harness.voice),
      numbers: [{ phoneNumber: ours }],
    });
    const hooks = { sms_url: `${origin}/api/webhooks/sms/inbound`, sms_fallback_url: `${origin}/api/webhooks/sms/fallback` };
    Object.assign(twilio.state.numberOf(ours) ?? {}, hooks);
    await harness.begin(twilio, ['anna']);
    await harness.json('POST', '/dids', { number: ours, ownerPersonId: harness.anna });
    harness.mail = await SmtpPeer.start({ security: 'none', login: null });
    harness.ntfy = await startHttpPeer();
    const from = { address: 'house@example.org', name: 'Our house' };
    const smtp = {
      service: 'smtp',
      host: '127.0.0.1',
      port: harness.mail.port,
      security: 'none',
      username: null,
      allowsOwnNetwork: true,
    };
    await harness.json('PUT', '/notifications/channels/mail', { channel: 'mail', settings: { ...smtp, from } });
    await harness.json('PUT', '/notifications/channels/ntfy', {
      channel: 'ntfy',
      settings: { url: harness.ntfy.url, allowsOwnNetwork: true },
    });
    await harness.json('POST', '/notifications/targets', { channel: 'mail', address: 'anna@example.org' }, 'anna');
    await harness.json('POST', '/notifications/targets', { channel: 'ntfy', topic: 'annas-topic' }, 'anna');
    return harness;
  }

  get anna(): string {
    return this.persons.get('anna')?.id ?? '';
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.mail[Symbol.asyncDispose]();
    await this.ntfy.close();
  }

  async receive(body: string): Promise<void> {
    let isOver = false;
    void this.twilio.sendSmsFrom(theirs, ours, { body }).finally(() => (isOver = true));
    await this.until(async () => isOver || undefined);
  }

  /** Hours as one moment: what fell due meanwhile runs once. */
  async pass(ms: number): Promise<void> {
    this.clock.suspend(ms);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Until it has to wait. */
  async guessFrom(localAddress: string): Promise<void> {
    const { port } = this.app.http;
    for (let guess = 0; guess < 6; guess += 1) {
      const sent = Promise.withResolvers<void>();
      const headers = { 'content-type': 'application/json' };
      const login = request(
        { host: '127.0.0.1', port, localAddress, method: 'POST', path: '/api/auth/login', headers },
        (reply) => {
          reply.resume().once('end', () => sent.resolve());
        },
      );
      login.once('error', (error) => sent.reject(error)).end(JSON.stringify({ username: 'anna', password: `guess ${guess}` }));
      await sent.promise;
    }
  }

  /** A text that was stored by a process that was killed right after. */
  plant(body: string): void {
    const { db } = openDatabase({ path: join(this.folder, 'gosip.db'), log: createLog({ level: 'silent' }), clock: this.clock });
    db.prepare(
      `INSERT INTO messages (id, conversation_id, direction, body, state, segments, created_at, changed_at)
       SELECT ?, id, 'inbound', ?, 'received', 1, ?, ? FROM conversations`,
    ).run(newId('msg'), body, this.clock.now(), this.clock.now());
    db.close();
  }

  held(): Promise<Held> {
    return this.json('GET', '/notifications/deliveries?state=held');
  }

  /** Moves time a little, until a server got so many. */
  async got({ mails = 0, pushes = 0 }): Promise<void> {
    await this.until(async () => (this.mail.mails.length >= mails && this.ntfy.requests.length >= pushes) || undefined);
    expect([this.mail.mails.length, this.ntfy.requests.length]).toEqual([mails, pushes]);
  }

  get pushes(): readonly { readonly title: string; readonly message: string }[] {
    return this.ntfy.requests.map(({ body }) => JSON.parse(body) as { title: string; message: string });
  }
}

describe('what people are told while time passes', { timeout: 120_000 }, () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.start();
  });
  afterEach(() => harness[Symbol.asyncDispose]());

  it('waits for the morning as one push, also over a restart in the night; mails come at once', async () => {
    await harness.json('PATCH', '/notifications/preferences/me', { quietHours: nightly }, 'anna');
    await harness.pass(11 * hour);
    await harness.receive('Half past twelve');
    await harness.receive('Still awake?');
    await harness.got({ mails: 2 });
    const { items } = await harness.held();
    expect(items.map(({ nextAt }) => nextAt)).toEqual(['2026-01-02T06:00:00.000Z', '2026-01-02T06:00:00.000Z']);
    await harness.close();
    await harness.open();
    await harness.pass(3 * hour);
    await harness.receive('Good morning');
    await harness.got({ mails: 3 });
    await harness.pass(5 * hour);
    await harness.got({ mails: 3, pushes: 1 });
    expect(`${harness.pushes[0]?.title} ${harness.pushes[0]?.message}`).toContain('3');
    expect((await harness.held()).total).toBe(0);
    await harness.pass(24 * hour);
    await harness.got({ mails: 3, pushes: 1 });
  });

  it('waits longer where do not disturb is on in the morning, and a day at most', async () => {
    await harness.json('PATCH', '/notifications/preferences/me', { quietHours: nightly }, 'anna');
    await harness.pass(11 * hour);
    await harness.receive('Half past twelve');
    await harness.got({ mails: 1 });
    await harness.json('PUT', `/dnd/persons/${harness.anna}`, { isOn: true }, 'anna');
    await harness.until(async () => (await harness.held()).items[0]?.nextAt?.startsWith('2026-01-02T23:00') || undefined);
    await harness.pass(9 * hour);
    await harness.got({ mails: 1 });
    await harness.pass(16 * hour);
    await harness.got({ mails: 1, pushes: 1 });
  });

  it('is told after a kill where nobody was told before it, once', async () => {
    await harness.receive('Told at once');
    await harness.got({ mails: 1, pushes: 1 });
    await harness.close();
    harness.plant('Stored, and then the power was gone');
    await harness.open();
    await harness.got({ mails: 2, pushes: 2 });
    expect(harness.mail.mails[1]?.mail.text).toContain('Stored, and then the power was gone');
    await harness.close();
    await harness.open();
    await harness.receive('Told at once again');
    await harness.got({ mails: 3, pushes: 3 });
  });

  it('is of addresses that guess passwords one mail at once, and one of all the others a day later', async () => {
    const { id } = await harness.json<{ id: string }>('POST', '/users', { username: 'parent', name: 'Parent', role: 'admin' });
    await harness.json('POST', '/notifications/targets', { channel: 'mail', address: 'parent@example.org', personId: id });
    await harness.pass(5 * minute);
    await harness.guessFrom('127.0.0.2');
    await harness.got({ mails: 1 });
    expect(harness.mail.mails[0]?.to).toEqual(['parent@example.org']);
    expect(harness.mail.mails[0]?.mail.text).toContain('127.0.0.2');
    for (const address of ['127.0.0.3', '127.0.0.4', '127.0.0.5']) {
      await harness.guessFrom(address);
      await harness.clock.advanceAsync(2_000);
      await harness.pass(2 * hour);
    }
    await harness.got({ mails: 1 });
    await harness.pass(19 * hour);
    await harness.got({ mails: 2 });
    const digest = harness.mail.mails[1]?.mail.text ?? '';
    expect(digest).toContain('3');
    expect(digest).toContain('127.0.0.4');
    await harness.pass(48 * hour);
    await harness.got({ mails: 2 });
  });
});
