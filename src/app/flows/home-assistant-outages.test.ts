import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Mosquitto } from '#testing/home-assistant/mosquitto.ts';
import { MqttObserver } from '#testing/home-assistant/mqtt-observer.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

// The real process at a real Mosquitto (MQTT 5); the observer stands where Home Assistant does. One test leads to the next.
let stack: AsyncDisposableStack;
let folder: string;
let broker: Mosquitto;
let observer: MqttObserver;
let house: House;
let hall: DeviceLogin;
let kitchen: DeviceLogin;
let token: string;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'gosip-outages-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  broker = stack.use(await Mosquitto.start());
  observer = await MqttObserver.connect(broker);
  stack.defer(() => observer[Symbol.asyncDispose]());
  await plantLeftovers();
  await startHouse();
  stack.defer(() => house[Symbol.asyncDispose]());
  token = house.token;
  hall = await house.addDevice('21', { name: 'Hall' });
  kitchen = await house.addDevice('22', { name: 'Kitchen' });
});
afterAll(() => stack.disposeAsync());

async function startHouse(): Promise<void> {
  const { username, password } = broker.login('gosip');
  house = await House.start({
    dataDirectory: folder,
    ...(token === undefined ? {} : { token }),
    environment: { GOSIP_MQTT_URL: broker.url, GOSIP_MQTT_USERNAME: username, GOSIP_MQTT_PASSWORD: password },
  });
}

const exchangeTopic = 'homeassistant/device/gosip_exchange/config';

/** What an earlier version could have told, and what is of another GoSIP. */
async function plantLeftovers(): Promise<void> {
  const of = (base: string, components: object) => ({
    device: { identifiers: ['x'] },
    origin: { name: 'GoSIP' },
    availability_topic: `${base}/status`,
    components,
  });
  const old = { platform: 'sensor', unique_id: 'gosip_exchange_old', state_topic: 'gosip/exchange/old' };
  const dnd = { platform: 'binary_sensor', unique_id: 'gosip_exchange_dnd', state_topic: 'gosip/exchange/dnd' };
  await observer.publish('gosip/exchange/old', '7', { retain: true });
  await observer.publish(exchangeTopic, of('gosip', { old, dnd }), { retain: true });
  await observer.publish(
    'homeassistant/device/gosip_dev_gone/config',
    of('gosip', { old: { ...old, state_topic: 'gosip/dev_gone/old' } }),
    { retain: true },
  );
  await observer.publish('homeassistant/device/gosip_dev_foreign/config', of('cottage', { old }), { retain: true });
}

/** What came on the topic of the kitchen's calls. */
const callEvents = () =>
  observer.on(`gosip/${kitchen.id}/call`).map((text) => (JSON.parse(text) as { event_type: string }).event_type);

async function phoneOf({ username, password }: DeviceLogin): Promise<SimulatedPhone> {
  const { registrar } = house;
  const phone = await SimulatedPhone.start({ address: '127.0.0.1', username, password, registrar, incomingCallAction: 'ring' });
  await phone.register();
  return phone;
}

/** The hall calls the kitchen and gives up. */
async function missCall(): Promise<void> {
  await using caller = await phoneOf(hall);
  await using callee = await phoneOf(kitchen);
  const rang = callee.incomingCall();
  const call = caller.call(kitchen.extension);
  await rang;
  await caller.hangup(call);
}

test('what an earlier version told and what is gone is taken back; the devices of another GoSIP stay', async () => {
  await observer.hears('gosip/status', 'online');
  await observer.hears('homeassistant/device/gosip_dev_gone/config', '');
  await observer.hears('gosip/exchange/old', '');
  const told = observer
    .on(exchangeTopic)
    .map((text) => (JSON.parse(text) as { components: Record<string, { platform: string }> }).components);
  // The component of another platform goes before the new one comes.
  const removal = told.findIndex(({ dnd }) => dnd !== undefined && Object.keys(dnd).length === 1);
  expect(told[removal]).toMatchObject({ old: { platform: 'sensor' }, dnd: { platform: 'binary_sensor' } });
  expect(told.at(-1)).toMatchObject({ dnd: { platform: 'switch' } });
  expect(Object.keys(told.at(-1) ?? {})).not.toContain('old');
  expect(observer.retained.has('homeassistant/device/gosip_dev_foreign/config')).toBe(true);
});

test('a call missed while the broker is away is told once it is back, and only once', async () => {
  await observer.hears(`gosip/${kitchen.id}/dnd`, 'OFF');
  await missCall();
  await expect.poll(() => callEvents().filter((type) => type === 'missed'), { timeout: 20_000 }).toHaveLength(1);
  await broker.stop();
  await missCall();
  await house.api('PUT', '/dnd/house', { isOn: true });
  await broker.startAgain();
  await expect.poll(() => callEvents().filter((type) => type === 'missed'), { timeout: 30_000 }).toHaveLength(2);
  // States are right again, and nothing comes a second time.
  await observer.hears('gosip/exchange/dnd', 'ON');
  await missCall();
  await expect.poll(() => callEvents().filter((type) => type === 'missed'), { timeout: 20_000 }).toHaveLength(3);
});

test('a call missed while Home Assistant restarts is told when it is back', async () => {
  await observer.publish('homeassistant/status', 'offline');
  await observer.hears('homeassistant/status', 'offline');
  await observer[Symbol.asyncDispose]();
  await missCall();
  observer = await MqttObserver.connect(broker);
  await expect.poll(callEvents, { timeout: 20_000 }).toContain('missed');
  expect(callEvents().filter((type) => type === 'missed')).toHaveLength(1);
});

test('a house that is killed is offline at once, and right again after its start, without an event of before', async () => {
  const before = callEvents().length;
  await house.program.stop('SIGKILL');
  await observer.hears('gosip/status', 'offline');
  await startHouse();
  await observer.hears('gosip/status', 'online');
  await observer.hears('gosip/exchange/dnd', 'ON');
  await house.api('PUT', '/dnd/house', { isOn: false });
  await observer.hears('gosip/exchange/dnd', 'OFF');
  expect(callEvents()).toHaveLength(before);
});

test('a command that was retained at the broker is not done when the house starts', async () => {
  await house.program.stop();
  await observer.publish('gosip/exchange/dnd/set', 'ON', { retain: true });
  await startHouse();
  await expect.poll(() => house.program.output(), { timeout: 20_000 }).toContain('is retained');
  const { house: dnd } = await house.api<{ house: { isOn: boolean } }>('GET', '/dnd');
  expect(dnd.isOn).toBe(false);
});
