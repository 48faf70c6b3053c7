import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect } from 'vitest';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer } from '#testing/peers/http-peer.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';
import { TwilioEmulator } from '#testing/twilio/emulator.ts';
import { AppHarness, origin } from './app-harness.ts';
import { smtpSaved } from './mail-harness.ts';

export const [ours, theirs] = ['+15555550199', '+15555550123'];
export const minute = 60_000;

export type Told = {
  readonly id: string;
  readonly channel: string;
  readonly kind: string;
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly canResend: boolean;
};
export type WebhookTold = Pick<Told, 'id' | 'state' | 'reason' | 'attempts'> & { readonly event: string };
type Page<Item> = { readonly items: readonly Item[]; readonly total: number };
type Row = { readonly id: string; readonly tries: number; readonly began: number; readonly last: number };

/**
 * A house whose Anna is told by mail and by Gotify, and that tells a program by a webhook. Time stands still but for `walk`, which goes from
 * one try to the next and notes when each was.
 */
export class OutageHouse extends AppHarness {
  mail!: SmtpPeer;
  gotify!: HttpPeer;
  program!: HttpPeer;
  destination = '';
  #mailPort = 0;
  /** Of each delivery, in seconds from the first try on. */
  readonly tries = new Map<string, number[]>();

  static async start(): Promise<OutageHouse> {
    const house = new OutageHouse('admin');
    const twilio = await TwilioEmulator.start({
      clock: house.clock,
      voice: () => Promise.resolve(house.voice),
      numbers: [{ phoneNumber: ours }],
    });
    const hooks = {
      sms_url: 'sms/inbound',
      sms_fallback_url: 'sms/fallback',
      voice_url: 'voice/inbound',
      status_callback: 'voice/status',
    };
    for (const [name, path] of Object.entries(hooks))
      Object.assign(twilio.state.numberOf(ours) ?? {}, { [name]: `${origin}/api/webhooks/${path}` });
    await house.begin(twilio, ['anna']);
    [house.mail, house.gotify, house.program] = [
      await SmtpPeer.start({ security: 'none' }),
      await startHttpPeer(),
      await startHttpPeer(),
    ];
    await house.#setUp();
    return house;
  }

  async #setUp(): Promise<void> {
    const personId = this.persons.get('anna')?.id;
    await this.json('POST', '/dids', { number: ours, ownerPersonId: personId });
    await this.json('PATCH', '/system/config/voicemail', { transcription: 'off' });
    await this.json('PUT', '/notifications/channels/mail', { channel: 'mail', ...smtpSaved(this.mail.port) });
    const settings = { url: this.gotify.url, allowsOwnNetwork: true };
    await this.json('PUT', '/notifications/channels/gotify', { channel: 'gotify', settings });
    await this.json('POST', '/notifications/targets', { channel: 'mail', address: 'anna@example.org', personId });
    await this.json('POST', '/notifications/targets', { channel: 'gotify', token: 'Atokenofanna', name: 'Anna', personId });
    const hook = { name: 'Program', url: `${this.program.url}/hook`, allowsPrivate: true };
    const events = ['call.ended', 'voicemail.left', 'message.received'];
    this.destination = (await this.json<{ id: string }>('POST', '/external', { ...hook, events })).id;
  }

  /** All three are away at once: the mail server by nothing that listens, the others behind a proxy that says so. */
  async breakAll(): Promise<void> {
    this.#mailPort = this.mail.port;
    await this.mail[Symbol.asyncDispose]();
    for (const peer of [this.gotify, this.program]) peer.otherwise = { status: 503 };
  }

  async mendAll(): Promise<void> {
    this.mail = await SmtpPeer.start({ security: 'none', port: this.#mailPort });
    for (const peer of [this.gotify, this.program]) peer.otherwise = { status: 200 };
  }

  async text(body: string): Promise<void> {
    await this.#over(this.twilio.sendSmsFrom(theirs, ours, { body }));
    await this.settle();
  }

  /** Somebody calls; without words they are missed. */
  async call({ speaks }: { readonly speaks: boolean }): Promise<void> {
    const before = (await this.told('mail')).length;
    const speak = { kind: 'tone', frequency: 440, seconds: 5 } as const;
    const caller = this.twilio.callFrom(theirs, ours, speaks ? { speak } : {});
    if (!speaks) {
      await this.clock.advanceAsync(1_000);
      caller.hangUp();
    }
    await this.#over(caller.over);
    await this.until(async () => (await this.told('mail')).length > before || undefined);
    await this.settle();
  }

  async #over(what: Promise<unknown>): Promise<void> {
    let isOver = false;
    void what.finally(() => (isOver = true));
    await this.until(async () => isOver || undefined);
  }

  async told(channel: string): Promise<readonly Told[]> {
    const path = `/notifications/deliveries?channel=${channel}&sort=createdAt&order=asc`;
    return (await this.json<Page<Told>>('GET', path)).items;
  }

  async hooks(): Promise<readonly WebhookTold[]> {
    const path = `/external/${this.destination}/deliveries?sort=createdAt&order=asc`;
    return (await this.json<Page<WebhookTold>>('GET', path)).items;
  }

  async alerts(): Promise<readonly string[]> {
    const { open } = await this.json<{ open: readonly { alertId: string; about: string }[] }>('GET', '/system/alerts');
    return open.filter(({ alertId }) => alertId === 'notifications-failing').map(({ about }) => about);
  }

  /** Until everything that is due was tried. Time stands still. */
  async settle(): Promise<void> {
    const dueOrUnderWay = async () => {
      await this.clock.advanceAsync(0);
      return this.#read<{ n: number }>(
        `SELECT count(*) AS n FROM outbox WHERE ended_at IS NULL AND (state <> 'waiting' OR due_at <= ${this.clock.now()})`,
      )[0]?.n;
    };
    await expect.poll(dueOrUnderWay, { timeout: 60_000, interval: 5 }).toBe(0);
    this.#note();
  }

  /** Goes on so long, and stands at each moment at which something is due on the way. */
  async walk(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      const [next] = this.#read<{ at: number | null }>('SELECT min(due_at) AS at FROM outbox WHERE ended_at IS NULL');
      const until = Math.min(end, Math.max(next?.at ?? end, this.clock.now() + 1));
      this.clock.suspend(until - this.clock.now());
      await this.settle();
    }
  }

  #note(): void {
    const columns = 'first_attempt_at AS began, last_attempt_at AS last FROM outbox o JOIN';
    const rows = this.#read<Row>(
      `SELECT d.id, d.attempts AS tries, ${columns} deliveries d ON d.outbox_id = o.id WHERE d.attempts > 0
       UNION ALL SELECT d.id, d.attempts, ${columns} webhook_deliveries d ON d.outbox_id = o.id WHERE d.attempts > 0`,
    );
    for (const { id, tries, began, last } of rows) {
      const noted = this.tries.get(id) ?? [];
      if (noted.length < tries) noted.push(Math.round((last - began) / 1000));
      this.tries.set(id, noted);
    }
  }

  #read<Found>(sql: string): readonly Found[] {
    const db = new SqliteDatabase(join(this.folder, 'gosip.db'), { readonly: true });
    try {
      return db.prepare<[], Found>(sql).all();
    } finally {
      db.close();
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.mail[Symbol.asyncDispose]().catch(() => {});
    await Promise.all([this.gotify.close(), this.program.close()]);
  }
}
