import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { smtpSaved } from '#testing/harness/mail-harness.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';

// The real process, a call that nobody takes, and a mail server that may be killed, hang or refuse.

type Created = { readonly id: string };
type Delivery = {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly canResend: boolean;
};
type Page = { readonly items: readonly Delivery[]; readonly total: number };

let folder: string;
let peer: SmtpPeer;
let house: House;
let anna: string;
let ben: string;
let kitchen: DeviceLogin;
let desk: DeviceLogin;

const settingsOf = (port: number) => ({ channel: 'mail', ...smtpSaved(port) });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-notify-'));
  peer = await SmtpPeer.start({ security: 'none' });
  house = await House.start({ dataDirectory: folder });
  anna = (await house.api<Created>('POST', '/users', { username: 'anna', name: 'Anna' })).id;
  ben = (await house.api<Created>('POST', '/users', { username: 'ben', name: 'Ben' })).id;
  kitchen = await house.addDevice('21', { personId: anna });
  desk = await house.addDevice('22', { name: 'Desk of Ben', personId: ben });
  await house.api('PUT', '/notifications/channels/mail', settingsOf(peer.port));
  for (const [personId, address] of [
    [anna, 'anna@example.org'],
    [ben, 'ben@example.org'],
  ]) {
    await house.api('POST', '/notifications/targets', { channel: 'mail', address, personId });
    await house.api('PATCH', `/notifications/preferences/${personId}`, { internalCalls: true });
  }
});

afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Ben calls Anna, and gives up while it rings. */
async function missACall(): Promise<void> {
  const { registrar, address } = house;
  await using caller = await SimulatedPhone.start({ ...desk, address, registrar });
  await using callee = await SimulatedPhone.start({ ...kitchen, address, registrar, incomingCallAction: 'ring' });
  await caller.register();
  await callee.register();
  const call = caller.call('21');
  await call.reached('ringing');
  await caller.hangup(call);
}

async function deliveries(): Promise<readonly Delivery[]> {
  return (await house.api<Page>('GET', '/notifications/deliveries')).items;
}

async function until(state: string): Promise<Delivery> {
  let found: Delivery | undefined;
  await expect
    .poll(
      async () => {
        found = (await deliveries()).find((one) => one.state === state);
        return found?.state;
      },
      { timeout: 60_000, interval: 100 },
    )
    .toBe(state);
  if (found === undefined) throw new Error(`Nothing is ${state}`);
  return found;
}

async function restart(): Promise<void> {
  await house.program.stop('SIGKILL');
  house = await House.start({ dataDirectory: folder, token: house.token });
}

/** The mail server says nothing any more. */
async function stalled(): Promise<void> {
  await expect.poll(() => peer.fault?.times, { timeout: 60_000 }).toBe(0);
}

/** What waits for its next try is tried now. */
async function saveAgain(): Promise<void> {
  await house.api('PUT', '/notifications/channels/mail', settingsOf(peer.port));
}

test('a missed call comes as one mail to whom it was for, names who called, and leads to the call', async () => {
  await missACall();
  await until('delivered');
  expect(peer.mails.map(({ to }) => to)).toEqual([['anna@example.org']]);
  const mail = peer.mails[0]?.mail;
  expect(mail?.subject).toContain('Desk of Ben');
  expect(mail?.from?.text).toContain('house@example.org');
  expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(await deliveries()).toMatchObject([{ kind: 'missed-call', state: 'delivered', attempts: 1, canResend: false }]);
});

test('the house is killed before the mail server takes the mail: it arrives after the restart, once', async () => {
  peer.fault = { at: 'rcpt', does: 'stall', times: 1 };
  await missACall();
  await stalled();
  await restart();
  await until('delivered');
  expect(peer.mails).toHaveLength(1);
  expect(await deliveries()).toHaveLength(1);
});

test('the house is killed while the mail server takes the mail: nobody can know, it is said, and sent again by hand alone', async () => {
  peer.fault = { at: 'message', does: 'stall', times: 1 };
  await missACall();
  // The whole mail is there, and not answered.
  await stalled();
  await restart();
  const unknown = await until('unknown');
  expect(unknown).toMatchObject({ reason: 'lost-in-restart', canResend: true });
  expect(peer.mails).toHaveLength(0);
  await house.api('POST', `/notifications/deliveries/${unknown.id}/resend`, {});
  await until('delivered');
  expect(peer.mails[0]?.mail.messageId).toBe(`<${unknown.id}@example.org>`);
});

test('the mail server is away when it should be told: it waits, and is sent as soon as the server is there', async () => {
  const { port } = peer;
  await peer[Symbol.asyncDispose]();
  await missACall();
  const waiting = await until('waiting');
  await expect.poll(async () => (await deliveries())[0]?.attempts, { timeout: 60_000 }).toBe(1);
  expect((await deliveries())[0]).toMatchObject({ id: waiting.id, reason: 'unreachable' });
  peer = await SmtpPeer.start({ security: 'none', port });
  await saveAgain();
  await until('delivered');
  expect(peer.mails).toHaveLength(1);
});

test('a wrong password is not tried again and again, but said to administrators, and put right sends what failed', async () => {
  const wrong = settingsOf(peer.port);
  await house.api('PUT', '/notifications/channels/mail', { ...wrong, secrets: { password: 'wrong' } });
  await missACall();
  const failed = await until('failed');
  expect(failed).toMatchObject({ reason: 'refused-login', attempts: 1, canResend: true });
  const alerts = await house.api<{ open: { alertId: string; about: string }[] }>('GET', '/system/alerts');
  expect(alerts.open).toContainEqual(expect.objectContaining({ alertId: 'notifications-failing', about: 'mail' }));
  await saveAgain();
  const since = new Date(Date.now() - 3_600_000).toISOString();
  expect(await house.api('POST', '/notifications/deliveries/resend', { since })).toMatchObject({ resent: 1, left: 0 });
  await until('delivered');
  expect(peer.mails.map(({ to }) => to)).toEqual([['anna@example.org']]);
});

test('settings that are wrong are named step by step before they are saved, and a test of the saved ones arrives', async () => {
  const wrong = { ...settingsOf(peer.port), secrets: { password: 'wrong' } };
  const { steps } = await house.api<{ steps: { step: string; outcome: string; reason: string | null }[] }>(
    'POST',
    '/notifications/channels/mail/check',
    wrong,
  );
  expect(steps.find(({ outcome }) => outcome === 'failed')).toMatchObject({ step: 'login', reason: 'refused-login' });
  const tried = await house.api('POST', '/notifications/channels/mail/test', { address: 'somebody@example.org' });
  expect(tried).toMatchObject({ isDelivered: true, reason: null });
  expect(peer.mails.map(({ to }) => to)).toEqual([['somebody@example.org']]);
  const shown = JSON.stringify(await house.api('GET', '/notifications/channels'));
  expect(shown).toContain('"password":true');
  expect(shown).not.toContain('right');
});
