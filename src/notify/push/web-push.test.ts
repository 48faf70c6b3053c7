import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryId, PersonId, TargetId } from '#base/ids.ts';
import type { PushPayload } from '#contract/push-payload.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { PushService, decrypted } from '#testing/peers/push-service.ts';
import type { PushBrowser } from '#testing/peers/push-service.ts';
import type { Delivery, SavedChannel } from '../kinds/channel.ts';
import type { Told } from '../kinds/content.ts';
import { isUsable, newPushKeys } from './web-push-request.ts';
import { WebPush } from './web-push.ts';
import type { WebPushDeps } from './web-push.ts';

const link = { path: 'calls/call_1', url: undefined };
const missed: Told = {
  kind: 'missed-call',
  at: 0,
  caller: { name: 'Cara', number: '+14155550123' },
  called: '',
  link,
};

describe('Web Push', () => {
  let service: PushService;
  let browser: PushBrowser;
  let clock: FakeClock;
  let saved: SavedChannel;

  beforeEach(async () => {
    clock = new FakeClock();
    service = await PushService.start();
    service.now = () => clock.now();
    browser = service.signUp();
    const { publicKey, privateKey } = newPushKeys();
    service.senderKey = publicKey;
    saved = { isEnabled: true, settings: { publicKey }, secrets: { privateKey } };
  });

  afterEach(() => service[Symbol.asyncDispose]());

  const channel = (change: Partial<WebPushDeps> = {}) =>
    new WebPush({
      read: () => saved,
      fence: { clock, ownPorts: () => [] },
      render: (told) => ({ short: { title: 'Missed call', body: `Cara (${told.length})` } }),
      linkTo: (path) => `/app/gosip/${path}`,
      tokenOf: ({ id }, action) => `gosip:${action}:${id}:mac`,
      subject: () => 'mailto:anna@example.org',
      standIn: service.origin,
      ...change,
    });

  function delivery(change: Partial<Delivery> = {}, via = 'own'): Delivery {
    const { endpoint, keys } = browser;
    return {
      id: 'dlv_1' as DeliveryId,
      target: {
        id: 'tgt_1' as TargetId,
        personId: 'user_1' as PersonId,
        channel: 'web-push',
        name: 'Firefox',
        address: 'hash',
        settings: { via },
        secret: JSON.stringify({ endpoint, keys }),
        isEnabled: true,
      },
      language: 'en',
      told: [missed],
      tag: 'call:call_1',
      messageId: 'dlv_1',
      actions: ['call-back'],
      isSilent: false,
      ttlSeconds: 30,
      priority: 'high',
      ...change,
    };
  }

  const commits: string[] = [];
  const attempt = () => ({ signal: new AbortController().signal, commit: () => void commits.push('commit') });
  const payload = () => JSON.parse(browser.messages.at(-1)?.text ?? '') as PushPayload;

  it('shows a browser what its person is told, encrypted for it alone', async () => {
    expect(await channel().deliver(delivery(), attempt())).toMatchObject({ kind: 'delivered' });
    expect(payload()).toEqual({
      title: 'Missed call',
      body: 'Cara (1)',
      tag: 'call:call_1',
      path: 'calls/call_1',
      page: null,
      isSilent: false,
      alertsAgain: false,
      isOver: false,
      actions: [{ action: 'gosip:call-back:dlv_1:mac', title: 'Call back' }],
    });
    const [message] = browser.messages;
    expect(message?.headers).toMatchObject({ ttl: '30', urgency: 'high', topic: expect.stringMatching(/^[\w-]{32}$/) });
    expect(message?.claims).toEqual({ aud: service.origin, exp: clock.now() / 1000 + 43_200, sub: 'mailto:anna@example.org' });
    expect(commits).not.toEqual([]);
  });

  it('replaces what rings where the call is over, at the push service too', async () => {
    await channel().deliver(delivery({ told: [{ ...missed, kind: 'incoming-call' }] }), attempt());
    await channel().deliver(delivery({ told: [{ ...missed, kind: 'call-over' }], isSilent: true }), attempt());
    const [first, second] = browser.messages;
    expect(first?.headers['topic']).toBe(second?.headers['topic']);
    expect(payload()).toMatchObject({ tag: 'call:call_1', isOver: true, isSilent: true });
  });

  it('leads a browser that came through Home Assistant to its page there', async () => {
    await channel().deliver(delivery({}, 'ingress'), attempt());
    expect(payload()).toMatchObject({ path: 'calls/call_1', page: '/app/gosip/calls/call_1' });
  });

  it('leaves out the end of words that are too many, and never half a character', async () => {
    const render = () => ({ short: { title: 'x', body: '👩‍👩‍👧'.repeat(2000) } });
    expect(await channel({ render }).deliver(delivery(), attempt())).toMatchObject({ kind: 'delivered' });
    expect(Buffer.byteLength(browser.messages[0]?.text ?? '')).toBeLessThanOrEqual(3000);
    expect(payload().body).not.toContain('\uFFFD');
  });

  it.each([
    ['a browser that took its permission away', 404, 'permanent', 'target-gone', true],
    ['a browser that is gone', 410, 'permanent', 'target-gone', true],
    ['keys that are not those it signed up with', 403, 'permanent', 'refused-login', undefined],
    ['a message that is too large', 413, 'permanent', 'too-large', undefined],
    ['too many messages', 429, 'temporary', 'busy', undefined],
    ['a push service that is ill', 500, 'temporary', 'server-error', undefined],
  ])('knows what becomes of it after %s', async (_what, status, kind, reason, isTargetGone) => {
    service.answers.push({ status, headers: { 'retry-after': '7' }, body: `${browser.endpoint} ${browser.keys.auth}` });
    const outcome = await channel().deliver(delivery(), attempt());
    expect(outcome).toMatchObject({ kind, reason });
    expect('isTargetGone' in outcome ? outcome.isTargetGone : undefined).toBe(isTargetGone);
    const { pathname } = new URL(browser.endpoint);
    expect(JSON.stringify(outcome)).not.toContain(pathname.split('/').at(-1));
    expect(JSON.stringify(outcome)).not.toContain(browser.keys.auth);
  });

  it('asks for no address of the own network, which a person could give as a browser’s', async () => {
    const outcome = await channel({ standIn: undefined }).deliver(delivery(), attempt());
    expect(outcome).toMatchObject({ kind: 'permanent', reason: 'address-forbidden' });
    expect(browser.messages).toEqual([]);
  });

  it('says that its keys are locked, and sends nothing then', async () => {
    saved = { ...saved, secrets: 'locked' };
    expect(channel().problem()).toBe('secret-locked');
    expect(await channel().deliver(delivery(), attempt())).toMatchObject({ kind: 'permanent', reason: 'secret-locked' });
  });
});

it('reads what RFC 8291 gives as its example', () => {
  const keys = {
    privateKey: Buffer.from('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url'),
    publicKey: Buffer.from(
      'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      'base64url',
    ),
    auth: Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url'),
  };
  const body =
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN';
  expect(decrypted(Buffer.from(body, 'base64url'), keys)).toBe('When I grow up, I want to be a watermelon');
});

it('knows a browser’s key that is no point of the curve', () => {
  const auth = Buffer.alloc(16, 1).toString('base64url');
  expect(isUsable({ p256dh: Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]).toString('base64url'), auth })).toBe(false);
  expect(isUsable({ p256dh: newPushKeys().publicKey, auth })).toBe(true);
});
