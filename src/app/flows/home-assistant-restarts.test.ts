import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '#testing/harness/house.ts';
import type { DeviceLogin } from '#testing/harness/house.ts';
import { waitFor } from '#testing/harness/twilio-harness.ts';
import { HomeAssistantHarness } from '#testing/harness/home-assistant-harness.ts';
import { missingHomeAssistant } from '#testing/home-assistant/home-assistant.ts';
import { SimulatedPhone } from '#testing/peers/simulated-phone.ts';

/** How soon all must be right again; Home Assistant itself looks for its broker every ten seconds. */
const limitSeconds = 10;
const coreReconnectSeconds = 10;

describe.skipIf((await missingHomeAssistant()) !== undefined)('after a restart Home Assistant shows what is so', () => {
  let stack: AsyncDisposableStack;
  let harness: HomeAssistantHarness;
  let house: House;
  let kitchen: SimulatedPhone;
  let study: SimulatedPhone;
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    harness = stack.use(await HomeAssistantHarness.start());
    house = await House.start({ environment: harness.environment });
    stack.defer(() => house[Symbol.asyncDispose]());
    kitchen = await startPhone(await house.addDevice('21', { name: 'Kitchen' }));
    study = await startPhone(await house.addDevice('22', { name: 'Study' }));
    await showingAll();
  }, 240_000);
  afterAll(() => stack.disposeAsync());

  async function startPhone({ username, password }: DeviceLogin): Promise<SimulatedPhone> {
    const options = { address: '127.0.0.1', username, password, registrar: house.registrar, incomingCallAction: 'ring' } as const;
    const phone = stack.use(await SimulatedPhone.start(options));
    expect(await phone.register()).toBe(200);
    return phone;
  }

  /** Everything that this house has as it is: two phones, nobody calls. */
  const quiet: Record<string, string> = {
    'binary_sensor.kitchen_registered': 'on',
    'binary_sensor.study_registered': 'on',
    'sensor.gosip_active_calls': '0',
    'sensor.kitchen_call_state': 'idle',
    'sensor.study_call_state': 'idle',
    'switch.gosip_dnd': 'off',
    'switch.kitchen_dnd': 'off',
    'switch.study_dnd': 'off',
  };

  /** Seconds until every state is the right one. */
  async function showingAll(changes: Record<string, string> = {}, limit = 60): Promise<number> {
    const wanted = Object.entries({ ...quiet, ...changes });
    const began = performance.now();
    let wrong: string[] = [];
    await waitFor('all states', limit, async () => {
      const states = await harness.entities.states();
      wrong = wanted
        .filter(([id, state]) => states.get(id)?.state !== state)
        .map(([id, state]) => `${id} is ${states.get(id)?.state}, not ${state}`);
      return wrong.length === 0 || undefined;
    }).catch((error: unknown) => {
      throw new Error(wrong.join('\n'), { cause: error });
    });
    return (performance.now() - began) / 1000;
  }

  async function missCall(): Promise<void> {
    const incoming = kitchen.incomingCall();
    const call = study.call('21');
    await incoming;
    await call.reached('ringing');
    await study.hangup(call);
  }

  /** The types of the phone's events as they went through the broker. */
  const published = () =>
    harness.observer.messages
      .filter(({ topic, text }) => /\/dev_[^/]+\/call$/.test(topic) && text.includes('event_type'))
      .map(({ text }) => (JSON.parse(text) as { event_type: string }).event_type);

  it('of Home Assistant: no state is left over, and no event comes a second time', async () => {
    await missCall();
    await waitFor('the event', 10, () => published().includes('missed') || undefined);
    await waitFor(
      'the event there',
      10,
      async () => (await harness.entities.state('event.kitchen_call'))?.attributes['event_type'] === 'missed' || undefined,
    );
    const before = published();
    const { state: last } = (await harness.entities.state('event.kitchen_call')) ?? {};
    await harness.restartCore();
    expect(await showingAll()).toBeLessThan(limitSeconds);
    expect(published()).toEqual(before);
    expect((await harness.entities.state('event.kitchen_call'))?.state).toBe(last);
  });

  it('of Home Assistant while a phone rings', async () => {
    const incoming = kitchen.incomingCall();
    const call = study.call('21');
    await incoming;
    await harness.showing('sensor.kitchen_call_state', 'ringing');
    await harness.restartCore('SIGKILL');
    const ringing = {
      'sensor.kitchen_call_state': 'ringing',
      'sensor.study_call_state': 'dialing',
      'sensor.gosip_active_calls': '1',
    };
    expect(await showingAll(ringing)).toBeLessThan(limitSeconds);
    await study.hangup(call);
    await showingAll();
  }, 120_000);

  it('of the broker: a call that was missed meanwhile is told once, and its states are right', async () => {
    const fired: string[] = [];
    const device = (await harness.entities.mqttEntities()).find(({ entity_id: id }) => id === 'event.kitchen_call')?.device_id;
    const triggers = await harness.entities.deviceTriggers(device ?? '');
    const missed = triggers.find(({ type }) => String(type).toLowerCase().includes('miss'));
    expect(missed).toBeDefined();
    const stop = await harness.entities.onTrigger(missed, () => fired.push('missed'));
    // Whoever reads everything would be taken for Home Assistant.
    await harness.observer.leave();
    await harness.broker.stop();
    await missCall();
    await house.api('PUT', '/dnd/house', { isOn: true });
    await harness.broker.startAgain();
    expect(await showingAll({ 'switch.gosip_dnd': 'on' })).toBeLessThan(limitSeconds + coreReconnectSeconds);
    await waitFor('the trigger', limitSeconds, () => fired.length > 0 || undefined);
    await harness.observer.back();
    await house.api('PUT', '/dnd/house', { isOn: false });
    await showingAll();
    await missCall();
    await waitFor('the next one', limitSeconds, () => fired.length > 1 || undefined);
    expect(fired).toHaveLength(2);
    await stop();
  });

  it('of the house, whose power failed while a phone rang: unavailable meanwhile, then nobody calls, and nothing is told again', async () => {
    const call = study.call('21');
    await kitchen.incomingCall();
    await harness.showing('sensor.gosip_active_calls', '1');
    await house.api('PUT', '/dnd/house', { isOn: true });
    await harness.showing('switch.gosip_dnd', 'on');
    const { token, sipPort, dataDirectory } = house;
    process.kill(house.program.pid, 'SIGKILL');
    await house.program.ended;
    await harness.showing('switch.gosip_dnd', 'unavailable');
    await harness.showing('sensor.kitchen_call_state', 'unavailable');
    const before = published();
    house = await House.start({ token, sipPort, dataDirectory, environment: harness.environment });
    expect(await showingAll({ 'switch.gosip_dnd': 'on' })).toBeLessThan(limitSeconds);
    const types = published().slice(before.length);
    expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
    expect(types).not.toContain('incoming');
    await house.api('PUT', '/dnd/house', { isOn: false });
    expect(call.state).not.toBe('answered');
  }, 120_000);

  it('Home Assistant logged no error or warning about any of it', () => {
    expect(harness.complaints()).toEqual([]);
  });
});
