import { afterAll, beforeAll, expect, test } from 'vitest';
import { Mosquitto } from '#testing/home-assistant/mosquitto.ts';
import { MqttObserver } from '#testing/home-assistant/mqtt-observer.ts';
import { SupervisedHouse } from '#testing/home-assistant/supervised-house.ts';

// The house as an app of Home Assistant: its broker is named by the Supervisor, some time after the start.
let stack: AsyncDisposableStack;
let house: SupervisedHouse;
let broker: Mosquitto;
let observer: MqttObserver;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  broker = stack.use(await Mosquitto.start());
  observer = stack.use(await MqttObserver.connect(broker));
  house = stack.use(await SupervisedHouse.start());
});
afterAll(() => stack.disposeAsync());

test('a broker that is installed after GoSIP is found, and the pages of devices lead into the panel', async () => {
  expect(observer.on('gosip/status')).toEqual([]);
  const { host, port, username, password } = broker.login('gosip');
  house.supervisor.mqtt = { addon: 'core_mosquitto', host, port, ssl: false, protocol: '3.1.1', username, password };
  await observer.hears('gosip/status', 'online');
  const told = JSON.parse(observer.on('homeassistant/device/gosip_exchange/config').at(-1) ?? '{}');
  expect(told.device.configuration_url).toBe(`homeassistant://app/${house.supervisor.app.slug}`);
});
