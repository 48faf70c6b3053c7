import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { House } from '#testing/harness/house.ts';
import { smtpSaved } from '#testing/harness/mail-harness.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';
import type { SmtpStep } from '#testing/peers/smtp-peer.ts';

type Delivery = { readonly state: string; readonly reason: string | null; readonly canResend: boolean; readonly id: string };

/** Killed while a mail about a missed call is on its way, and started again. */
class KilledHouse implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'gosip-mail-kill-'));
  house!: House;
  peer!: SmtpPeer;
  readonly phones: SimulatedPhone[] = [];

  static async start(): Promise<KilledHouse> {
    const killed = new KilledHouse();
    killed.peer = await SmtpPeer.start({ security: 'none' });
    killed.house = await House.start({ dataDirectory: join(killed.folder, 'data') });
    const { settings, secrets } = smtpSaved(killed.peer.port);
    await killed.house.api('PUT', '/notifications/channels/mail', { channel: 'mail', settings, secrets });
    return killed;
  }

  /** Somebody is called, and whoever calls gives up. */
  async miss(): Promise<void> {
    const { house } = this;
    const { id: personId } = await house.api<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna' });
    await house.api('PATCH', `/notifications/preferences/${personId}`, { internalCalls: true });
    await house.api('POST', '/notifications/targets', { channel: 'mail', address: 'anna@example.org', personId });
    const caller = await this.#phone('11');
    const called = await this.#phone('20', { personId });
    await called.register();
    const call = caller.call('20');
    await call.reached('ringing');
    await caller.hangup(call);
  }

  async #phone(extension: string, more = {}): Promise<SimulatedPhone> {
    const { username, password } = await this.house.addDevice(extension, more);
    const { address, registrar } = this.house;
    // Nobody picks up, however long whoever calls takes to give up.
    const phone = await SimulatedPhone.start({ address, username, password, registrar, incomingCallAction: 'ring' });
    this.phones.push(phone);
    return phone;
  }

  async killAndStart(): Promise<void> {
    const { token, sipPort, dataDirectory } = this.house;
    process.kill(this.house.program.pid, 'SIGKILL');
    await this.house.program.ended;
    this.peer.fault = undefined;
    this.house = await House.start({ dataDirectory, sipPort, token });
  }

  async delivery(): Promise<Delivery | undefined> {
    const { items } = await this.house.api<{ items: Delivery[] }>('GET', '/notifications/deliveries?kind=missed-call');
    return items[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const phone of this.phones) await phone[Symbol.asyncDispose]();
    await this.house[Symbol.asyncDispose]();
    await this.peer[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const patience = { timeout: 60_000, interval: 200 };

describe('a house that is killed while a mail is on its way', { timeout: 240_000 }, () => {
  let killed: KilledHouse;
  beforeEach(async () => {
    killed = await KilledHouse.start();
  }, 120_000);
  afterEach(() => killed[Symbol.asyncDispose]());

  /** Until the server has been told so much, and says nothing more. */
  const stalledAt = async (at: SmtpStep): Promise<void> => {
    const { peer } = killed;
    peer.fault = { at, does: 'stall' };
    await killed.miss();
    await expect.poll(() => peer.stalled, patience).toBe(1);
  };

  it('sends it after the start, once, where the server had not asked for it', async () => {
    await stalledAt('rcpt');
    await killed.killAndStart();
    await expect.poll(() => killed.peer.mails.length, patience).toBe(1);
    await expect.poll(async () => (await killed.delivery())?.state, patience).toBe('delivered');
    expect(killed.peer.mails).toHaveLength(1);
  });

  it('does not send it again where the server may have it, says so, and sends it when somebody wants that', async () => {
    await stalledAt('message');
    await killed.killAndStart();
    await expect.poll(async () => (await killed.delivery())?.state, patience).toBe('unknown');
    const delivery = await killed.delivery();
    expect(delivery).toMatchObject({ reason: 'lost-in-restart', canResend: true });
    expect(killed.peer.mails).toEqual([]);
    await killed.house.api('POST', `/notifications/deliveries/${delivery?.id}/resend`);
    await expect.poll(() => killed.peer.mails.length, patience).toBe(1);
    // The one that it may have had is the same to mail programs.
    expect(killed.peer.mails[0]?.mail.messageId).toBe(`<${delivery?.id}@example.org>`);
  });
});
