import { afterAll, beforeAll, expect, test } from 'vitest';
import { AedesBroker } from '#testing/home-assistant/aedes-broker.ts';
import { MqttPeer } from '#testing/home-assistant/mqtt-peer.ts';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';

// The real process and a broker of its own, seen from where Home Assistant stands.
let stack: AsyncDisposableStack;
let house: House;
let peer: MqttPeer;
let kitchen: DeviceLogin;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const broker = stack.use(await AedesBroker.start());
  peer = stack.use(await MqttPeer.connect(broker.url));
  house = stack.use(await House.start({ environment: { GOSIP_MQTT_URL: broker.url } }));
  kitchen = await house.addDevice('21', { name: 'Küche' });
});
afterAll(() => stack.disposeAsync());

const discovery = (ownerId: string) => JSON.parse(peer.last(`homeassistant/device/gosip_${ownerId}/config`) ?? '{}');

test('Home Assistant is told of the exchange and of a phone that is added while it looks', async () => {
  await peer.hears('gosip/status', 'online');
  expect(discovery('exchange').components.dnd).toMatchObject({
    platform: 'switch',
    unique_id: 'gosip_exchange_dnd',
    default_entity_id: 'switch.gosip_dnd',
    name: 'Do not disturb',
  });
  await peer.hears(`gosip/${kitchen.id}/dnd`, 'OFF');
  expect(discovery(kitchen.id)).toMatchObject({
    device: { identifiers: [`gosip_${kitchen.id}`], name: 'Küche', via_device: 'gosip_exchange' },
    components: { dnd: { default_entity_id: 'switch.kuche_dnd' } },
  });
});

test('do not disturb is switched from Home Assistant and from the house, and both show it', async () => {
  await peer.hears(`gosip/${kitchen.id}/dnd`, 'OFF');
  await peer.say(`gosip/${kitchen.id}/dnd/set`, 'ON');
  await peer.hears(`gosip/${kitchen.id}/dnd`, 'ON');
  const { devices } = await house.api<{ devices: { deviceId: string; isOn: boolean }[] }>('GET', '/dnd');
  expect(devices).toMatchObject([{ deviceId: kitchen.id, isOn: true }]);
  await house.api('PUT', '/dnd/house', { isOn: true });
  await peer.hears('gosip/exchange/dnd', 'ON');
  await house.api('PUT', '/dnd/house', { isOn: false });
  await peer.hears('gosip/exchange/dnd', 'OFF');
});

test('a phone that is deleted is gone from Home Assistant, its states too', async () => {
  const hall = await house.addDevice('22', { name: 'Hall' });
  await peer.hears(`gosip/${hall.id}/dnd`, 'OFF');
  await house.api('DELETE', `/devices/${hall.id}`);
  await peer.hears(`homeassistant/device/gosip_${hall.id}/config`, '');
  await peer.hears(`gosip/${hall.id}/dnd`, '');
});

test('a house that is stopped says so', async () => {
  await house.program.stop();
  await peer.hears('gosip/status', 'offline');
});
