import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { waitFor } from '#testing/harness/twilio-harness.ts';
import type { RegisteredDevice, RegisteredEntity } from '#testing/home-assistant/core-entities.ts';
import { HomeAssistantHarness } from '#testing/harness/home-assistant-harness.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';

type Discovery = { readonly components: Record<string, Record<string, unknown>> } & Record<string, unknown>;

describe.skipIf((await missingHomeAssistant()) !== undefined)('the devices in Home Assistant', () => {
  let stack: AsyncDisposableStack;
  let harness: HomeAssistantHarness;
  let house: House;
  let kitchen: DeviceLogin;
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    harness = stack.use(await HomeAssistantHarness.start());
    house = await House.start({ environment: harness.environment });
    stack.defer(() => house[Symbol.asyncDispose]());
    kitchen = await house.addDevice('21', { name: 'Kitchen' });
  }, 240_000);
  afterAll(() => stack.disposeAsync());

  const deviceOf = async ({ id }: DeviceLogin): Promise<RegisteredDevice | undefined> =>
    (await harness.entities.mqttDevices()).get(`gosip_${id}`);
  const entitiesOf = async (login: DeviceLogin): Promise<RegisteredEntity[]> => {
    const device = await deviceOf(login);
    const all = await harness.entities.mqttEntities();
    return device === undefined ? [] : all.filter(({ device_id: id }) => id === device.id);
  };
  const idsOf = async (login: DeviceLogin) => (await entitiesOf(login)).map((one) => one.entity_id).toSorted();

  it('a renamed phone keeps its entity ids, and its device has the new name', async () => {
    await harness.showing('switch.kitchen_dnd', 'off');
    const before = await idsOf(kitchen);
    await house.api('PATCH', `/devices/${kitchen.id}`, { name: 'Cellar' });
    await waitFor('the new name', 10, async () => (await deviceOf(kitchen))?.name === 'Cellar' || undefined);
    expect(await idsOf(kitchen)).toEqual(before);
    await house.api('PATCH', `/devices/${kitchen.id}`, { name: 'Kitchen' });
    await waitFor('the old name', 10, async () => (await deviceOf(kitchen))?.name === 'Kitchen' || undefined);
  });

  it('a deleted phone takes its device and entities away, and leaves nothing at the broker', async () => {
    const attic = await house.addDevice('22', { name: 'Attic' });
    await harness.showing('switch.attic_dnd', 'off');
    expect((await entitiesOf(attic)).length).toBeGreaterThan(3);
    await house.api('DELETE', `/devices/${attic.id}`);
    await waitFor('no device', 10, async () => (await deviceOf(attic)) === undefined || undefined);
    expect([...(await harness.entities.states()).keys()].filter((id) => id.includes('attic'))).toEqual([]);
    await waitFor(
      'nothing retained',
      10,
      () => ![...harness.observer.retained.keys()].some((topic) => topic.includes(attic.id)) || undefined,
    );
  });

  it('a phone deleted while the broker was away is gone when it is back', async () => {
    const shed = await house.addDevice('23', { name: 'Shed' });
    await harness.showing('switch.shed_dnd', 'off');
    await harness.observer.leave();
    await harness.broker.stop();
    await house.api('DELETE', `/devices/${shed.id}`);
    await harness.broker.startAgain();
    await waitFor('no device', 30, async () => (await deviceOf(shed)) === undefined || undefined);
    harness.observer.retained.clear();
    await harness.observer.back();
    await waitFor(
      'nothing retained',
      10,
      () => ![...harness.observer.retained.keys()].some((topic) => topic.includes(shed.id)) || undefined,
    );
  });

  it('what an older version showed otherwise, or shows no more, leaves no orphan after the update', async () => {
    const topic = `homeassistant/device/gosip_${kitchen.id}/config`;
    const told = await waitFor('what is told of it', 10, () => harness.observer.retained.get(topic));
    const now = JSON.parse(told) as Discovery;
    const wanted = await idsOf(kitchen);
    const data = house.dataDirectory;
    const { token, sipPort } = house;
    await house.program.stop();

    const { dnd, registered, ...others } = now.components;
    const older = {
      ...now,
      components: {
        ...others,
        // The same key, but a sensor; and one that is nowhere any more.
        dnd: {
          ...registered,
          platform: 'binary_sensor',
          unique_id: dnd?.['unique_id'],
          default_entity_id: 'binary_sensor.kitchen_dnd',
        },
        mood: { ...registered, unique_id: `gosip_${kitchen.id}_mood`, default_entity_id: 'binary_sensor.kitchen_mood' },
      },
    };
    await harness.observer.publish(topic, '', { retain: true });
    await waitFor('no device', 10, async () => (await deviceOf(kitchen)) === undefined || undefined);
    await harness.observer.publish(topic, older, { retain: true });
    await waitFor(
      'the older entities',
      10,
      async () => (await idsOf(kitchen)).includes('binary_sensor.kitchen_mood') || undefined,
    );
    expect(await idsOf(kitchen)).toContain('binary_sensor.kitchen_dnd');

    house = await House.start({ dataDirectory: data, token, sipPort, environment: harness.environment });
    await harness.showing('switch.kitchen_dnd', 'off');
    await waitFor(
      'the entities of this version alone',
      10,
      async () => JSON.stringify(await idsOf(kitchen)) === JSON.stringify(wanted) || undefined,
    );
    const states = await harness.entities.states();
    expect([...states.keys()].filter((id) => id.includes('kitchen')).toSorted()).toEqual(wanted);
  });

  it('Home Assistant logged no error or warning about any of it', () => {
    expect(harness.complaints()).toEqual([]);
  });
});
