import { afterEach, beforeEach, expect, test } from 'vitest';
import { apiCall } from '#testing/harness/api-call.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { FakeCorePhones } from '#testing/home-assistant/fake-core-phones.ts';
import type { FakePhone } from '#testing/home-assistant/fake-core-phones.ts';
import { PushService } from '#testing/peers/push-service.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// The real process beside a fake Core: calls that nobody takes are told on a phone with Home Assistant's app, and answered there.

const annas: FakePhone = { deviceId: 'p1', name: 'Anna’s Phone', target: 'mobile_app_annas_phone', userId: 'user-anna' };
const bens: FakePhone = { deviceId: 'p2', name: 'Ben’s Phone', target: 'mobile_app_bens_phone', userId: 'user-ben' };

type Created = { readonly id: string };
type Shown = {
  readonly title?: string;
  readonly message: string;
  readonly data: { readonly tag: string; readonly url?: string; readonly actions?: readonly { action: string; title: string }[] };
};

let core: FakeCore;
let phones: FakeCorePhones;
let house: House;
let anna: string;
let kitchen: DeviceLogin;
let desk: DeviceLogin;

beforeEach(async () => {
  core = await FakeCore.start();
  phones = new FakeCorePhones(core, [annas, bens]);
  const environment = { GOSIP_HOME_ASSISTANT_URL: core.url, GOSIP_HOME_ASSISTANT_TOKEN: core.token, GOSIP_MEDIA: 'direct' };
  house = await House.start({ environment });
  anna = (await house.api<Created>('POST', '/users', { username: 'anna', name: 'Anna', homeAssistantUserId: 'user-anna' })).id;
  const ben = await house.api<Created>('POST', '/users', { username: 'ben', name: 'Ben', homeAssistantUserId: 'user-ben' });
  kitchen = await house.addDevice('21', { personId: anna, name: 'Kitchen' });
  desk = await house.addDevice('22', { personId: ben.id, name: 'Desk of Ben' });
  await house.api('PATCH', `/notifications/preferences/${anna}`, { internalCalls: true });
});

afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await core.end();
});

async function asAnna() {
  const { token } = await house.api<{ token: string }>('POST', '/api-tokens', { name: 'Anna', personId: anna });
  return apiCall(`http://${house.address}:${house.httpPort}`, token);
}

const addAnnas = async () =>
  (await asAnna())<Created>('POST', '/notifications/targets', { channel: 'home-assistant', target: annas.target });
const shown = () => phones.of(annas.target) as unknown as readonly Shown[];

async function untilShown(fits: (one: Shown) => boolean): Promise<Shown> {
  let found: Shown | undefined;
  await expect.poll(() => (found = shown().findLast(fits)), { timeout: 30_000 }).toBeDefined();
  return found as Shown;
}

/** Ben calls Anna's kitchen, and gives up while it rings. */
async function missACall(): Promise<void> {
  await using caller = await SimulatedPhone.start({ ...desk, address: house.address, registrar: house.registrar });
  await caller.register();
  const call = caller.call('21');
  await call.reached('ringing');
  await untilShown(({ data }) => data.tag.startsWith('call:'));
  await caller.hangup(call);
}

test('a call that nobody takes is told on the phone of Home Assistant, in place of that it rings, and is called back from there', async () => {
  await addAnnas();
  await using callee = await SimulatedPhone.start({
    ...kitchen,
    address: house.address,
    registrar: house.registrar,
    incomingCallAction: 'ring',
  });
  await callee.register();
  await missACall();
  const missed = await untilShown(({ data }) => data.actions !== undefined);
  const [rang] = shown();
  expect(missed.data.tag).toBe(rang?.data.tag);
  // A phone of the house cannot be blocked.
  expect(missed.data.actions?.map(({ title }) => title)).toEqual(['Call back']);
  expect(phones.of(bens.target)).toEqual([]);
  const callBack = missed.data.actions?.[0]?.action ?? '';
  // Whoever fires it: a token of their own making does nothing.
  core.fire('mobile_app_notification_action', { action: `${callBack.slice(0, -4)}AAAA` });
  core.fire('mobile_app_notification_action', { action: callBack });
  const answer = await untilShown(({ title }) => title === 'Call back');
  expect(answer).toMatchObject({ message: expect.stringContaining('Kitchen'), data: { tag: missed.data.tag } });
  core.fire('mobile_app_notification_action', { action: callBack });
  await untilShown(({ message }) => message.includes('done already'));
  const { items } = await house.api<{ items: { kind: string; state: string }[] }>(
    'GET',
    '/notifications/deliveries?person=' + anna,
  );
  expect(items).toContainEqual(expect.objectContaining({ kind: 'missed-call', state: 'delivered' }));
}, 120_000);

test('a person may add a phone of Home Assistant that is theirs, and no other', async () => {
  const api = await asAnna();
  const ofBen = api('POST', '/notifications/targets', { channel: 'home-assistant', target: bens.target });
  await expect(ofBen).rejects.toThrow(/target/);
  const { id } = await addAnnas();
  expect(await api('POST', `/notifications/targets/${id}/test`)).toMatchObject({ isDelivered: true });
  phones.set([bens]);
  expect(await house.api('POST', `/notifications/targets/${id}/test`)).toMatchObject({
    isDelivered: false,
    reason: 'target-gone',
  });
});

test('a browser subscribes by the key of the house, which stays the same, and no address of the own network is one', async () => {
  const api = await asAnna();
  const first = await api<{ publicKey: string }>('GET', '/notifications/web-push');
  expect(Buffer.from(first.publicKey, 'base64url')).toHaveLength(65);
  expect(await api('GET', '/notifications/web-push')).toEqual(first);
  await using service = await PushService.start();
  const { keys } = service.signUp();
  const subscribe = (endpoint: string) => api<Created>('POST', '/notifications/web-push', { endpoint, keys, name: 'Firefox' });
  await expect(subscribe('https://127.0.0.1/push/1')).rejects.toThrow(/endpoint/);
  const { id } = await subscribe('https://push.example.org/push/1');
  expect((await subscribe('https://push.example.org/push/1')).id).toBe(id);
  const { items } = await api<{ items: { address: string }[] }>('GET', '/notifications/targets');
  expect(JSON.stringify(items)).not.toContain('push.example.org');
});
