import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { FakeCore } from '#testing/home-assistant/fake-core.ts';
import { FakeCorePhones } from '#testing/home-assistant/fake-core-phones.ts';
import type { FakePhone } from '#testing/home-assistant/fake-core-phones.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// The real process is killed after it did something that must not be done twice, and asked for the same again.

const annas: FakePhone = { deviceId: 'p1', name: 'Anna’s Phone', target: 'mobile_app_annas_phone', userId: 'user-anna' };
const patience = { timeout: 60_000, interval: 50 };

type Shown = {
  readonly title?: string;
  readonly message: string;
  readonly data: { readonly actions?: readonly { readonly action: string }[] };
};

let dataDirectory: string;
let core: FakeCore;
let phones: FakeCorePhones;
let house: House;
let anna: string;
let kitchen: DeviceLogin;
let desk: DeviceLogin;

const environment = () => ({ GOSIP_HOME_ASSISTANT_URL: core.url, GOSIP_HOME_ASSISTANT_TOKEN: core.token, GOSIP_MEDIA: 'direct' });

beforeEach(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-once-'));
  core = await FakeCore.start();
  phones = new FakeCorePhones(core, [annas]);
  house = await House.start({ dataDirectory, environment: environment() });
  const person = { username: 'anna', name: 'Anna', homeAssistantUserId: 'user-anna' };
  anna = (await house.api<{ id: string }>('POST', '/users', person)).id;
  kitchen = await house.addDevice('21', { personId: anna, name: 'Kitchen' });
  desk = await house.addDevice('22', { name: 'Desk' });
}, 120_000);

afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await core.end();
  rmSync(dataDirectory, { recursive: true, force: true });
});

const phone = (login: DeviceLogin) => {
  const { username, password } = login;
  return SimulatedPhone.start({
    ...{ address: house.address, registrar: house.registrar, username, password, incomingCallAction: 'ring', retryMs: 10 ** 8 },
  });
};

async function killAndStart(): Promise<void> {
  const { sipPort, token } = house;
  await house.program.stop('SIGKILL');
  house = await House.start({ dataDirectory, sipPort, token, environment: environment() });
}

/** A request with an Idempotency-Key; its status and reply. */
async function ask(path: string, key: string, body: object) {
  const headers = { authorization: `Bearer ${house.token}`, 'content-type': 'application/json', 'idempotency-key': key };
  const url = `http://${house.address}:${house.httpPort}/api${path}`;
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: reply.status, body: (await reply.json()) as { readonly id?: string } };
}

test('a call is placed once, also where its request comes again after a kill', { timeout: 120_000 }, async () => {
  await using ringing = await phone(kitchen);
  await using other = await phone(desk);
  expect([await ringing.register(), await other.register()]).toEqual([200, 200]);
  const body = { deviceId: kitchen.id, to: '22' };
  const rang = ringing.incomingCall();
  const first = await ask('/calls', 'call-the-desk', body);
  expect(first).toMatchObject({ status: 201 });
  await rang;
  await killAndStart();
  await Promise.all([ringing.register(), other.register()]);
  expect(await ask('/calls', 'call-the-desk', body)).toEqual(first);
  expect((await ask('/calls', 'call-the-desk', { ...body, to: '23' })).status).toBe(409);
  expect(await house.api('GET', '/calls')).toMatchObject({ total: 0 });
  expect((await ask('/calls', 'call-it-again', body)).status).toBe(201);
});

test(
  'a button of a notification works after a kill, and one that was pressed is not done again',
  { timeout: 180_000 },
  async () => {
    await house.api('PATCH', `/notifications/preferences/${anna}`, { internalCalls: true });
    const { target } = annas;
    await house.api('POST', '/notifications/targets', { channel: 'home-assistant', target, personId: anna });
    const shown = () => phones.of(target) as unknown as readonly Shown[];
    const untilShown = async (fits: (one: Shown) => boolean) => {
      let found: Shown | undefined;
      await expect.poll(() => (found = shown().findLast(fits)), patience).toBeDefined();
      return found as Shown;
    };
    const press = (action: string | undefined) => core.fire('mobile_app_notification_action', { action });
    await using ringing = await phone(kitchen);
    await using caller = await phone(desk);
    await Promise.all([ringing.register(), caller.register()]);
    const miss = async (count: number) => {
      const call = caller.call('21');
      await call.reached('ringing');
      await caller.hangup(call);
      const told = () => shown().filter(({ data }) => data.actions !== undefined);
      await expect.poll(() => told().length, patience).toBe(count);
      return told().at(-1)?.data.actions?.[0]?.action;
    };
    const [first, second] = [await miss(1), await miss(2)];
    const rang = ringing.incomingCall();
    press(first);
    await rang;
    await untilShown(({ title }) => title === 'Call back');
    await killAndStart();
    const problem = async () =>
      (await house.api<{ problem: string | null }>('GET', '/notifications/home-assistant/targets')).problem;
    await expect.poll(problem, patience).toBeNull();
    press(first);
    await untilShown(({ message }) => message.includes('done already'));
    expect(await house.api('GET', '/calls')).toMatchObject({ total: 0 });
    const rings = ringing.incomingCall();
    press(second);
    await rings;
  },
);
