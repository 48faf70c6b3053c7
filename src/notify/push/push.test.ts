import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { startHttpPeer } from '#testing/peers/http-peer.ts';
import type { HttpPeer } from '#testing/peers/http-peer.ts';
import { systemClock } from '#base/clock.ts';
import { newId } from '#base/ids.ts';
import type { Delivery, SavedChannel } from '../kinds/channel.ts';
import type { Told } from '../kinds/content.ts';
import type { Target } from '../kinds/target.ts';
import { Gotify } from './gotify.ts';
import { Ntfy } from './ntfy.ts';
import type { RenderShort } from './push-service.ts';

let peer: HttpPeer;
let saved: SavedChannel | undefined;
let commits = 0;
beforeEach(async () => {
  peer = await startHttpPeer();
  saved = { isEnabled: true, settings: { url: peer.url, allowsOwnNetwork: true }, secrets: { token: 'tk_secret' } };
  commits = 0;
});
afterEach(() => peer.close());

const link = { path: 'calls/call_1', url: 'https://pbx.example.org/calls/call_1' };
const missed: Told = { kind: 'missed-call', at: 0, caller: { name: 'Élodie', number: '' }, called: 'Home', link };
const ringing: Told = { ...missed, kind: 'incoming-call' };
const alert: Told = { kind: 'alert', alertId: 'trunk-down', about: '', values: {}, since: 0, isUrgent: false, link };
const render: RenderShort = ([told]) => ({ short: { title: `Missed call ☎ ${told.kind}`, body: 'Élodie <b>x</b>\n\u{1f4de}' } });
const signal = new AbortController().signal;

function delivery(change: Partial<Delivery> & { readonly secret?: string | undefined } = {}): Delivery {
  const { secret, ...rest } = { secret: 'AbC.secret', ...change };
  const target: Target = {
    ...{ id: newId('tgt'), personId: newId('person'), channel: 'gotify', name: 'Phone', address: '' },
    ...{ settings: {}, secret, isEnabled: true },
  };
  return {
    ...{ id: newId('dlv'), target, language: 'fr', told: [missed], tag: 'call:call_1', messageId: 'dlv_1', actions: [] },
    ...{ isSilent: false, ttlSeconds: 60, priority: 'normal' },
    ...rest,
  };
}

const fence = { clock: systemClock, ownPorts: () => [] };
const attempt = { signal, commit: () => void (commits += 1) };
const gotify = () => new Gotify({ read: () => saved, fence, render });
const ntfy = () => new Ntfy({ read: () => saved, fence, render });
const bodyOf = (at = 0) => JSON.parse(peer.requests[at]?.body ?? '') as Record<string, unknown>;

describe('Gotify', () => {
  it('shows a missed call with a sound, and opens it; the token is in no address', async () => {
    peer.answers.push({ status: 200, body: '{"id":25,"message":"Élodie","title":"Missed"}' });
    const outcome = await gotify().deliver(delivery(), attempt);
    expect(outcome).toMatchObject({ kind: 'delivered', reply: { status: 200, reply: '{"id":25}' } });
    expect(peer.requests[0]).toMatchObject({ method: 'POST', path: '/message', headers: { 'x-gotify-key': 'AbC.secret' } });
    expect(bodyOf()).toEqual({
      title: 'Missed call ☎ missed-call',
      message: 'Élodie <b>x</b>\n\u{1f4de}',
      priority: 5,
      extras: { 'client::display': { contentType: 'text/plain' }, 'client::notification': { click: { url: link.url } } },
    });
    expect(JSON.stringify(outcome)).not.toMatch(/secret|Élodie|Missed/);
    expect(commits).toBe(1);
  });

  it.each([
    [{ told: [ringing], priority: 'high' }, 8],
    [{ told: [missed] }, 5],
    [{ told: [alert] }, 4],
    [{ told: [alert], priority: 'high' }, 8],
    [{ priority: 'low' }, 2],
    [{ told: [{ ...missed, kind: 'call-over' }], isSilent: true }, 0],
  ] as const)('is as loud as what it tells: %o has priority %i', async (change, priority) => {
    await gotify().deliver(delivery(change as Partial<Delivery>), attempt);
    expect(bodyOf()['priority']).toBe(priority);
  });

  it('is reached below a prefix, and needs no address of the panel', async () => {
    saved = { isEnabled: true, settings: { url: `${peer.url}/gotify/`, allowsOwnNetwork: true }, secrets: {} };
    await gotify().deliver(delivery({ told: [{ ...missed, link: { path: 'calls', url: undefined } }] }), attempt);
    expect(peer.requests[0]?.path).toBe('/gotify/message');
    expect(bodyOf()['extras']).toEqual({ 'client::display': { contentType: 'text/plain' } });
  });

  it.each([
    [400, 'permanent', 'refused-content'],
    [401, 'permanent', 'refused-login'],
    [404, 'temporary', 'server-error'],
    [413, 'permanent', 'too-large'],
    [429, 'temporary', 'busy'],
    [500, 'temporary', 'server-error'],
    [502, 'temporary', 'server-error'],
    [302, 'permanent', 'redirect-refused'],
  ])('that answers %i: %s', async (status, kind, reason) => {
    peer.otherwise = { status, body: '{"error":"token AbC.secret is wrong"}' };
    const outcome = await gotify().deliver(delivery(), attempt);
    expect(outcome).toMatchObject({ kind, reason, reply: { status, reply: '{"error":"token … is wrong"}' } });
  });

  it('says what the server said, and whose token it is that it does not take', async () => {
    const refuse = (words: string) =>
      peer.answers.push({ status: 400, body: JSON.stringify({ error: 'Bad Request', errorCode: 400, errorDescription: words }) });
    refuse('appid is required when not authenticating with an application token');
    const ofClient = await gotify().deliver(delivery(), attempt);
    expect(ofClient).toMatchObject({
      kind: 'permanent',
      reason: 'refused-login',
      detail: expect.stringContaining('token of a client'),
    });
    refuse("Field 'AbC.secret' is not valid");
    const detail = "The server answered with status 400: Field '…' is not valid";
    expect(await gotify().deliver(delivery(), attempt)).toMatchObject({ reason: 'refused-content', detail });
  });

  it('is never without a text, which it would refuse: an empty message is told by its title', async () => {
    const empty: RenderShort = () => ({ short: { title: 'Message from Mum', body: '' } });
    await new Gotify({ read: () => saved, fence, render: empty }).deliver(delivery(), attempt);
    await new Ntfy({ read: () => saved, fence, render: empty }).deliver(delivery(), attempt);
    expect([0, 1].map((at) => bodyOf(at)['message'])).toEqual(['Message from Mum', 'Message from Mum']);
  });

  it('that is not allowed in the own network, or switched off, or not set up, is asked nothing', async () => {
    saved = { isEnabled: true, settings: { url: peer.url, allowsOwnNetwork: false }, secrets: {} };
    expect(await gotify().deliver(delivery(), attempt)).toMatchObject({ kind: 'permanent', reason: 'address-forbidden' });
    saved = { ...saved, isEnabled: false };
    expect([gotify().problem(), (await gotify().deliver(delivery(), attempt)).kind]).toEqual(['switched-off', 'permanent']);
    saved = undefined;
    expect(gotify().problem()).toBe('not-set-up');
    expect(await gotify().deliver(delivery({ secret: undefined }), attempt)).toMatchObject({ kind: 'permanent' });
    expect([commits, peer.connections()]).toEqual([0, 0]);
  });

  it('that keeps silent is in doubt after a while, and nobody waits longer', async () => {
    const clock = new FakeClock();
    peer.otherwise = 'stall';
    const channel = new Gotify({ read: () => saved, fence: { clock, ownPorts: () => [] }, render });
    const delivering = channel.deliver(delivery(), attempt);
    await peer.received(1);
    await clock.advanceAsync(15_000);
    expect(await delivering).toMatchObject({ kind: 'temporary', reason: 'timed-out', inDoubt: true });
  });
});

describe('ntfy', () => {
  it('shows it with all its letters, takes the place of what it showed of it, and keeps the topic out of the address', async () => {
    peer.answers.push({ status: 200, body: '{"id":"aBc","topic":"my-secret-topic","message":"Élodie"}' });
    const sent = delivery({ secret: 'my-secret-topic' });
    const outcome = await ntfy().deliver(sent, attempt);
    expect(outcome).toMatchObject({ kind: 'delivered', reply: { reply: '{"id":"aBc"}' } });
    expect(peer.requests[0]).toMatchObject({ method: 'POST', path: '/', headers: { authorization: 'Bearer tk_secret' } });
    expect(bodyOf()).toEqual({
      topic: 'my-secret-topic',
      title: 'Missed call ☎ missed-call',
      message: 'Élodie <b>x</b>\n\u{1f4de}',
      priority: 3,
      sequence_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      click: link.url,
    });
    expect(JSON.stringify(outcome)).not.toMatch(/secret|Élodie|Missed/);
    await ntfy().deliver(delivery({ told: [ringing] }), attempt);
    await ntfy().deliver(delivery({ tag: 'call:call_2' }), attempt);
    const [first, same, other] = [0, 1, 2].map((at) => bodyOf(at)['sequence_id']);
    expect([same === first, other === first]).toEqual([true, false]);
  });

  it.each([
    [{ told: [ringing], priority: 'high' }, 5],
    [{ told: [alert], priority: 'high' }, 4],
    [{ told: [alert] }, 3],
    [{ priority: 'low' }, 2],
    [{ isSilent: true }, 2],
  ] as const)('is as loud as what it tells: %o has priority %i', async (change, priority) => {
    await ntfy().deliver(delivery(change as Partial<Delivery>), attempt);
    expect(bodyOf()['priority']).toBe(priority);
  });

  it('cuts what would become an attachment, and no letter in two', async () => {
    const long = new Ntfy({
      read: () => saved,
      fence,
      render: () => ({ short: { title: 'x', body: '\u{1f4de}'.repeat(2000) } }),
    });
    await long.deliver(delivery(), attempt);
    const message = String(bodyOf()['message']);
    expect(Buffer.byteLength(message)).toBeLessThan(4096);
    expect(message).toMatch(/^(\u{1f4de})+…$/u);
  });

  it('tells a token that it does not know from one that may not write to the topic', async () => {
    for (const [status, error, reason] of [
      [401, 'unauthorized', 'refused-login'],
      [403, 'forbidden', 'refused-recipient'],
    ] as const) {
      peer.answers.push({ status, body: JSON.stringify({ code: status * 100 + 1, http: status, error }) });
      const detail = `The server answered with status ${status}: ${error}`;
      expect(await ntfy().deliver(delivery(), attempt)).toMatchObject({ kind: 'permanent', reason, detail });
    }
  });

  it('that has no more room, or refuses the token, says so', async () => {
    saved = { isEnabled: true, settings: { url: peer.url, allowsOwnNetwork: true }, secrets: {} };
    for (const [status, expected] of [
      [429, { kind: 'temporary', reason: 'busy' }],
      [507, { kind: 'temporary', reason: 'busy' }],
      [403, { kind: 'permanent', reason: 'refused-login' }],
    ] as const) {
      peer.otherwise = { status };
      expect(await ntfy().deliver(delivery(), attempt)).toMatchObject(expected);
    }
    expect(peer.requests[0]?.headers).not.toHaveProperty('authorization');
    saved = { ...saved, secrets: 'locked' };
    expect(ntfy().problem()).toBe('secret-locked');
    expect(await ntfy().deliver(delivery(), attempt)).toMatchObject({ kind: 'permanent', reason: 'secret-locked' });
  });
});

describe('a check of a server', () => {
  const inShort = (steps: readonly { step: string; outcome: string }[]) => steps.map(({ step, outcome }) => `${step} ${outcome}`);
  const check = async (channel: Gotify | Ntfy, settings: object, secrets: Record<string, string> = {}) =>
    inShort((await channel.check({ settings: { allowsOwnNetwork: true, ...settings }, secrets }, signal)).steps);

  it('goes all the way, and sends nothing that would be kept', async () => {
    peer.otherwise = ({ path }) =>
      path === '/version'
        ? { status: 200, body: '{"version":"2.6.1","commit":"x","buildDate":"y"}' }
        : { status: 200, body: '{"healthy":true}' };
    const found = ['address ok', 'connect ok', 'tls skipped', 'certificate skipped', 'server ok'];
    expect(await check(gotify(), { url: peer.url })).toEqual(found);
    expect(await check(ntfy(), { url: peer.url })).toEqual([...found, 'token skipped']);
    expect(await check(ntfy(), { url: peer.url }, { token: 'tk' })).toEqual([...found, 'token ok']);
    expect(peer.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'GET']);
    peer.otherwise = ({ path }) => (path === '/v1/health' ? { status: 200, body: '{"healthy":true}' } : { status: 401 });
    expect(await check(ntfy(), { url: peer.url }, { token: 'tk' })).toEqual([...found, 'token failed']);
  });

  it('names the step that fails', async () => {
    const skipped = ['connect skipped', 'tls skipped', 'certificate skipped', 'server skipped'];
    expect(await check(gotify(), { url: 'http://169.254.169.254' })).toEqual(['address failed', ...skipped]);
    expect(await check(gotify(), { url: peer.url, allowsOwnNetwork: false })).toEqual(['address failed', ...skipped]);
    expect(await check(gotify(), { url: 'ftp://x' })).toEqual(['address failed', ...skipped]);
    expect(await check(gotify(), { url: 'https://no-such-name.invalid' })).toEqual(['address failed', ...skipped]);
    const https = peer.url.replace('http:', 'https:');
    expect(await check(gotify(), { url: https })).toEqual([
      'address ok',
      'connect ok',
      'tls failed',
      'certificate skipped',
      'server skipped',
    ]);
    peer.otherwise = { status: 200, body: '<html>A web site</html>' };
    expect((await check(ntfy(), { url: peer.url })).slice(-2)).toEqual(['server failed', 'token skipped']);
    peer.otherwise = 'drop';
    expect((await check(ntfy(), { url: peer.url })).slice(-2)).toEqual(['server failed', 'token skipped']);
    const { port } = peer;
    await peer.close();
    expect((await check(gotify(), { url: `http://127.0.0.1:${port}` })).slice(0, 2)).toEqual(['address ok', 'connect failed']);
    peer = await startHttpPeer();
  });
});

it('refuses to save a server that nothing can be sent to, at its field', () => {
  const own = { url: 'http://gotify.lan', allowsOwnNetwork: false };
  for (const channel of [gotify(), ntfy()]) {
    expect(channel.wrongSettings(own)).toEqual([
      { field: 'settings.url', message: 'is in your own network: set allowsOwnNetwork to send there' },
    ]);
    expect(channel.wrongSettings({ ...own, allowsOwnNetwork: true })).toEqual([]);
    expect(channel.wrongSettings({ url: 'http://169.254.169.254/', allowsOwnNetwork: true })).toHaveLength(1);
  }
});
