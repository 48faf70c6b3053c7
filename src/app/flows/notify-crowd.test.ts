import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { smtpSaved } from '#testing/harness/mail-harness.ts';
import { plantDeliveries } from '#testing/harness/plant-deliveries.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer } from '#testing/peers/http-peer.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';
import { SmtpPeer } from '#testing/peers/smtp-peer.ts';

// The real process, a mail server that says nothing any more, and Gotify and a program that may; what is promised is counted, not timed.

type Id = { readonly id: string };
type Told = { readonly id: string; readonly state: string; readonly reason: string | null; readonly canResend: boolean };
type Page<Item> = { readonly items: readonly Item[]; readonly total: number };

const patience = { timeout: 60_000, interval: 100 };
const [atOnce, crowd] = [2, 1_000];

describe('a mail server that says nothing any more', { timeout: 240_000 }, () => {
  let dataDirectory: string;
  let house: House;
  let mail: SmtpPeer;
  let gotify: HttpPeer;
  let program: HttpPeer;
  let anna: string;
  let target: string;
  let kitchen: DeviceLogin;
  let desk: DeviceLogin;
  let destination: string;

  beforeEach(async () => {
    dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-crowd-'));
    [mail, gotify, program] = [await SmtpPeer.start({ security: 'none' }), await startHttpPeer(), await startHttpPeer()];
    house = await House.start({ dataDirectory });
    const person = { username: 'anna', name: 'Anna', role: 'admin' };
    anna = (await house.api<Id>('POST', '/users', person)).id;
    kitchen = await house.addDevice('21', { personId: anna });
    desk = await house.addDevice('22');
    const kinds = { 'incoming-call': { channels: [] } };
    await house.api('PATCH', `/notifications/preferences/${anna}`, { internalCalls: true, kinds });
    await house.api('PUT', '/notifications/channels/mail', { channel: 'mail', ...smtpSaved(mail.port) });
    const settings = { url: gotify.url, allowsOwnNetwork: true };
    await house.api('PUT', '/notifications/channels/gotify', { channel: 'gotify', settings });
    target = (
      await house.api<Id>('POST', '/notifications/targets', { channel: 'mail', address: 'anna@example.org', personId: anna })
    ).id;
    await house.api('POST', '/notifications/targets', { channel: 'gotify', token: 'Atokenofanna', name: 'Anna', personId: anna });
    const hook = { name: 'Program', url: program.url, allowsPrivate: true, events: ['call.ended'] };
    destination = (await house.api<Id>('POST', '/external', hook)).id;
  }, 120_000);
  afterEach(async () => {
    await house[Symbol.asyncDispose]();
    await Promise.all([mail[Symbol.asyncDispose](), gotify.close(), program.close()]);
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  const stop = async () => {
    await house.program.stop('SIGKILL');
    return { dataDirectory, sipPort: house.sipPort, token: house.token };
  };
  const told = (query: string) => house.api<Page<Told>>('GET', `/notifications/deliveries?${query}`);
  const phone = async (login: DeviceLogin) => {
    const { username, password } = login;
    const at = { address: house.address, registrar: house.registrar, retryMs: 10 ** 8 };
    const made = await SimulatedPhone.start({ ...at, username, password, incomingCallAction: 'ring' });
    expect(await made.register()).toBe(200);
    return made;
  };
  const miss = async () => {
    await using callee = await phone(kitchen);
    await using caller = await phone(desk);
    const call = caller.call('21');
    await callee.incomingCall();
    await caller.hangup(call);
  };

  it('holds up nothing else with a thousand mails that wait: calls ring, the API answers, Gotify and webhooks tell', async () => {
    mail.fault = { at: 'mail', does: 'stall' };
    const again = await stop();
    plantDeliveries(join(dataDirectory, 'gosip.db'), { channel: 'mail', personId: anna, targetId: target, count: crowd });
    house = await House.start(again);
    await expect.poll(() => mail.stalled, patience).toBe(atOnce);
    await miss();
    await Promise.all([gotify.received(1), program.received(1)]);
    const deliveries = await told('channel=mail&state=waiting');
    expect(deliveries.total).toBeGreaterThan(crowd - 2 * atOnce - 2);
    expect(await house.api('GET', '/cdrs')).toMatchObject({ total: 1 });
    expect(await house.addDevice('23')).toMatchObject({ extension: '23' });
    // However many wait, so many are tried at a time.
    expect(mail.mails).toEqual([]);
    expect(mail.open).toBeLessThanOrEqual(atOnce);
    mail.fault = undefined;
    mail.dropAll();
    await expect.poll(async () => (await told('channel=mail&state=delivered')).total, patience).toBeGreaterThan(100);
  });

  it('and everything else beside it when the house is killed: each says or repeats what its way allows, nothing is lost', async () => {
    mail.fault = { at: 'message', does: 'stall' };
    [gotify.otherwise, program.otherwise] = ['stall', 'stall'];
    await miss();
    await Promise.all([gotify.received(1), program.received(1)]);
    await expect.poll(() => mail.stalled, patience).toBe(1);
    const again = await stop();
    mail.fault = undefined;
    [gotify.otherwise, program.otherwise] = [{ status: 200 }, { status: 200 }];
    house = await House.start(again);
    await program.received(2);
    expect(program.requests[1]?.headers['webhook-id']).toBe(program.requests[0]?.headers['webhook-id']);
    expect(program.requests[1]?.body).toBe(program.requests[0]?.body);
    const all = async () => (await told('kind=missed-call')).items;
    const unknown = { state: 'unknown', reason: 'lost-in-restart', canResend: true };
    await expect.poll(all, patience).toMatchObject([unknown, unknown]);
    expect([mail.mails.length, gotify.requests.length]).toEqual([0, 1]);
    for (const { id } of await all()) await house.api('POST', `/notifications/deliveries/${id}/resend`);
    await expect.poll(() => [mail.mails.length, gotify.requests.length], patience).toEqual([1, 2]);
    const hooks = await house.api<Page<Told>>('GET', `/external/${destination}/deliveries`);
    expect(hooks.items.map(({ state }) => state)).toEqual(['delivered']);
  });
});
