import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#testing/base/free-port.ts';
import { MqttObserver } from '#testing/home-assistant/mqtt-observer.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { waitFor } from '#testing/harness/twilio-harness.ts';

// The real process with a broker of its own, seen from where Home Assistant stands.
const login = { username: 'house', password: 'of the broker' };
let stack: AsyncDisposableStack;
let house: House;
let observer: MqttObserver;
let kitchen: DeviceLogin;
let broker: { url: string; login: () => Login };
type Login = { host: string; port: number; username: string; password: string };

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  broker = { url, login: () => ({ host: '127.0.0.1', port, ...login }) };
  const environment = {
    GOSIP_MQTT: 'embedded',
    GOSIP_MQTT_URL: url,
    GOSIP_MQTT_USERNAME: login.username,
    GOSIP_MQTT_PASSWORD: login.password,
  };
  house = stack.use(await House.start({ environment }));
  // The start of the house does not wait for it.
  observer = stack.use(
    await waitFor('the broker of the house', 20, () => MqttObserver.connect(broker, 4).catch(() => undefined)),
  );
  kitchen = await house.addDevice('21', { name: 'Küche' });
});
afterAll(() => stack.disposeAsync());

const discovery = (ownerId: string) => JSON.parse(observer.on(`homeassistant/device/gosip_${ownerId}/config`).at(-1) ?? '{}');

test('Home Assistant is told of the exchange and of a phone that is added while it looks', async () => {
  await observer.hears('gosip/status', 'online');
  expect(discovery('exchange').components.dnd).toMatchObject({
    platform: 'switch',
    unique_id: 'gosip_exchange_dnd',
    default_entity_id: 'switch.gosip_dnd',
    name: 'Do not disturb',
  });
  await observer.hears(`gosip/${kitchen.id}/dnd`, 'OFF');
  expect(discovery(kitchen.id)).toMatchObject({
    device: { identifiers: [`gosip_${kitchen.id}`], name: 'Küche', via_device: 'gosip_exchange' },
    components: { dnd: { default_entity_id: 'switch.kuche_dnd' } },
  });
});

test('whoever calls the house offline is answered once, not each time with all that there is', async () => {
  const told = () => observer.on('homeassistant/device/gosip_exchange/config').length;
  await observer.hears('gosip/status', 'online');
  const before = told();
  for (let index = 0; index < 50; index += 1) await observer.publish('gosip/status', 'offline');
  await observer.hears('gosip/status', 'online');
  expect(told() - before).toBeLessThan(10);
});

test('do not disturb is switched from Home Assistant and from the house, and both show it', async () => {
  await observer.hears(`gosip/${kitchen.id}/dnd`, 'OFF');
  await observer.publish(`gosip/${kitchen.id}/dnd/set`, 'ON');
  await observer.hears(`gosip/${kitchen.id}/dnd`, 'ON');
  const { devices } = await house.api<{ devices: { deviceId: string; isOn: boolean }[] }>('GET', '/dnd');
  expect(devices).toMatchObject([{ deviceId: kitchen.id, isOn: true }]);
  await house.api('PUT', '/dnd/house', { isOn: true });
  await observer.hears('gosip/exchange/dnd', 'ON');
  await house.api('PUT', '/dnd/house', { isOn: false });
  await observer.hears('gosip/exchange/dnd', 'OFF');
});

test('a phone that is renamed keeps its ids; one that is deleted is gone from Home Assistant, its states too', async () => {
  const hall = await house.addDevice('22', { name: 'Hall' });
  await observer.hears(`gosip/${hall.id}/dnd`, 'OFF');
  const { unique_id: before } = discovery(hall.id).components.dnd;
  await house.api('PATCH', `/devices/${hall.id}`, { name: 'Cellar' });
  await expect.poll(() => discovery(hall.id).device.name).toBe('Cellar');
  expect(discovery(hall.id).components.dnd.unique_id).toBe(before);
  await house.api('DELETE', `/devices/${hall.id}`);
  await observer.hears(`homeassistant/device/gosip_${hall.id}/config`, '');
  await observer.hears(`gosip/${hall.id}/dnd`, '');
});

test('nobody without the password gets onto the broker of the house', async () => {
  const stranger = { ...broker, login: () => ({ ...broker.login(), password: 'guessed' }) };
  await expect(MqttObserver.connect(stranger, 4)).rejects.toThrow('Bad username or password');
});

test('Home Assistant that starts again is told everything again', async () => {
  const topics = ['homeassistant/device/gosip_exchange/config', 'gosip/exchange/dnd', 'gosip/status'];
  const before = topics.map((topic) => observer.on(topic).length);
  await observer.publish('homeassistant/status', 'online');
  const isAgain = () => topics.every((topic, index) => observer.on(topic).length > (before[index] ?? 0));
  await expect.poll(isAgain, { timeout: 20_000 }).toBe(true);
});

test('a house that is stopped says so', async () => {
  await house.program.stop();
  await observer.hears('gosip/status', 'offline');
});
