import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { photographPages } from '#testing/home-assistant/device-pages.ts';
import { HomeAssistantHarness } from '#testing/harness/home-assistant-harness.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

/** Entity id, name, device class, category, icon where the class has none, state. */
const table = [
  'binary_sensor.gate_registered | Gate Registered | connectivity | diagnostic | - | off',
  'binary_sensor.gosip_problem | GoSIP Problem | problem | diagnostic | - | off',
  'binary_sensor.gosip_twilio | GoSIP Twilio | connectivity | diagnostic | - | unknown',
  'binary_sensor.kitchen_registered | Kitchen Registered | connectivity | diagnostic | - | on',
  'button.anna_mark_all_heard | Anna Mark all as heard | - | - | mdi:email-open | unknown',
  'button.gate_hang_up | Gate Hang up | - | - | mdi:phone-hangup | unknown',
  'button.gosip_restart_registration | GoSIP Register with trunks again | restart | config | - | unknown',
  'button.kitchen_hang_up | Kitchen Hang up | - | - | mdi:phone-hangup | unknown',
  'event.anna_call | Anna Call | - | - | mdi:phone | unknown',
  'event.anna_message | Anna Message | - | - | mdi:message-text | unknown',
  'event.anna_voicemail | Anna Voicemail | - | - | mdi:voicemail | unknown',
  'event.gate_call | Gate Call | - | - | mdi:phone | unknown',
  'event.gate_doorbell | Gate Doorbell | doorbell | - | - | unknown',
  'event.gosip_call | GoSIP Call | - | - | mdi:phone | unknown',
  'event.gosip_escalation | GoSIP Escalation | - | - | mdi:alarm-light | unknown',
  'event.gosip_message | GoSIP Message | - | - | mdi:message-text | unknown',
  'event.kitchen_call | Kitchen Call | - | - | mdi:phone | unknown',
  'notify.gosip_send_sms | GoSIP Send SMS | - | - | mdi:message-arrow-right | unknown',
  'sensor.anna_new_voicemails | Anna New voicemails | - | - | mdi:voicemail | 0',
  'sensor.gate_call_state | Gate Call state | enum | - | mdi:phone-classic | idle',
  'sensor.gate_last_call | Gate Last call | timestamp | - | mdi:phone-log | unknown',
  'sensor.gosip_active_calls | GoSIP Active calls | - | - | mdi:phone-in-talk | 0',
  'sensor.gosip_active_escalations | GoSIP Active escalations | - | - | mdi:alarm-light | 0',
  'sensor.gosip_last_call | GoSIP Last call | timestamp | - | mdi:phone-log | unknown',
  'sensor.kitchen_call_state | Kitchen Call state | enum | - | mdi:phone-classic | idle',
  'sensor.kitchen_last_call | Kitchen Last call | timestamp | - | mdi:phone-log | unknown',
  'switch.anna_dnd | Anna Do not disturb | - | - | mdi:minus-circle | off',
  'switch.gate_dnd | Gate Do not disturb | - | - | mdi:minus-circle | off',
  'switch.gate_recording | Gate Recording | - | - | mdi:record-rec | off',
  'switch.gosip_dnd | GoSIP Do not disturb | - | - | mdi:minus-circle | off',
  'switch.kitchen_dnd | Kitchen Do not disturb | - | - | mdi:minus-circle | off',
  'switch.kitchen_recording | Kitchen Recording | - | - | mdi:record-rec | off',
  'text.gate_dial | Gate Dial | - | - | mdi:dialpad | ',
  'text.kitchen_dial | Kitchen Dial | - | - | mdi:dialpad | ',
];

describe.skipIf((await missingHomeAssistant()) !== undefined)('a house in Home Assistant', () => {
  let stack: AsyncDisposableStack;
  let harness: HomeAssistantHarness;
  let house: House;
  let kitchen: DeviceLogin;
  let gate: DeviceLogin;
  let anna = '';
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    harness = stack.use(await HomeAssistantHarness.start());
    house = await House.start({ environment: harness.environment });
    stack.defer(() => house[Symbol.asyncDispose]());
    anna = (await house.api<{ id: string }>('POST', '/users', { username: 'anna', name: 'Anna' })).id;
    kitchen = await house.addDevice('21', { name: 'Kitchen', personId: anna });
    const { username, password } = kitchen;
    const phone = stack.use(await SimulatedPhone.start({ address: '127.0.0.1', username, password, registrar: house.registrar }));
    await phone.register();
    gate = await house.addDevice('22', { name: 'Gate', type: 'door-station' });
    await harness.showing('binary_sensor.kitchen_registered', 'on');
    await harness.showing('switch.gate_dnd', 'off');
    await harness.showing('switch.anna_dnd', 'off');
  }, 240_000);
  afterAll(() => stack.disposeAsync());

  it('has a device for the exchange, each phone and each person, all reached by way of the exchange', async () => {
    const devices = await harness.entities.mqttDevices();
    const exchange = devices.get('gosip_exchange');
    const rows = [...devices].map(([identifier, { name, manufacturer, via_device_id: via }]) => ({
      identifier,
      name,
      manufacturer,
      isViaExchange: via === exchange?.id,
    }));
    expect(rows.toSorted((one, other) => one.identifier.localeCompare(other.identifier))).toEqual([
      { identifier: `gosip_${kitchen.id}`, name: 'Kitchen', manufacturer: 'GoSIP', isViaExchange: true },
      { identifier: `gosip_${gate.id}`, name: 'Gate', manufacturer: 'GoSIP', isViaExchange: true },
      { identifier: 'gosip_exchange', name: 'GoSIP', manufacturer: 'GoSIP', isViaExchange: false },
      { identifier: `gosip_${anna}`, name: 'Anna', manufacturer: 'GoSIP', isViaExchange: true },
    ]);
    expect(exchange?.sw_version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('has the entities of the table, by id, name, class, category and state', async () => {
    const states = await harness.entities.states();
    const rows = (await harness.entities.mqttEntities()).map(({ entity_id: id, entity_category: category }) => {
      const { state = '', attributes = {} } = states.get(id) ?? {};
      const { friendly_name: name, device_class: deviceClass, icon } = attributes;
      return [id, name, deviceClass ?? '-', category ?? '-', icon ?? '-', state].join(' | ');
    });
    expect(rows.toSorted()).toEqual(table);
  });

  it('has unique ids that never change: owner and key', async () => {
    const ids = (await harness.entities.mqttEntities()).map(({ entity_id: id, unique_id: unique }) => [id, unique]);
    const key = (id: string) => id.slice(id.indexOf('.') + 1).replace(/^(gosip|kitchen|gate|anna)_/, '');
    const owners: Record<string, string> = { gosip: 'exchange', kitchen: kitchen.id, gate: gate.id, anna };
    const owner = (id: string) => owners[/\.(gosip|kitchen|gate|anna)_/.exec(id)?.[1] ?? ''];
    expect(ids).toEqual(ids.map(([id = '']) => [id, `gosip_${owner(id)}_${key(id)}`]));
  });

  it('offers each type of event as a trigger of its device, in words', async () => {
    const devices = await harness.entities.mqttDevices();
    const states = await harness.entities.states();
    for (const [identifier, entityIds] of Object.entries({
      gosip_exchange: ['event.gosip_call', 'event.gosip_escalation', 'event.gosip_message'],
      [`gosip_${kitchen.id}`]: ['event.kitchen_call'],
      [`gosip_${gate.id}`]: ['event.gate_call', 'event.gate_doorbell'],
      [`gosip_${anna}`]: ['event.anna_call', 'event.anna_message', 'event.anna_voicemail'],
    })) {
      const triggers = await harness.entities.deviceTriggers(devices.get(identifier)?.id ?? '');
      const ours = triggers.filter(({ domain }) => domain === 'mqtt');
      const types = entityIds.flatMap((id) => states.get(id)?.attributes['event_types'] as string[]);
      expect(ours).toHaveLength(types.length);
      expect(
        ours.map(({ type, subtype }) => `${String(type)} ${String(subtype)}`).filter((words) => /_|undefined/.test(words)),
      ).toEqual([]);
    }
  });

  it('has device pages', async () => {
    const devices = await harness.entities.mqttDevices();
    const page = (identifier: string) => `/config/devices/device/${devices.get(identifier)?.id}`;
    await photographPages(harness.entities.client, {
      exchange: page('gosip_exchange'),
      door: page(`gosip_${gate.id}`),
      phone: page(`gosip_${kitchen.id}`),
      person: page(`gosip_${anna}`),
    });
  });

  it('Home Assistant logged no error or warning about any of it', () => {
    expect(harness.complaints()).toEqual([]);
  });
});
