import { expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeCoreConnection } from '#testing/home-assistant/fake-core-connection.ts';
import { CoreStates } from './core-states.ts';

const bedtime = 'input_boolean.bedtime';

async function setUp() {
  const clock = new FakeClock();
  const core = new FakeCoreConnection();
  const states = new CoreStates({ core, clock });
  // Core was there first.
  await Promise.resolve();
  const wanted = () => [...core.subscriptions].map(({ message }) => message['entity_ids']);
  const say = (change: object) => core.say('subscribe_entities', change);
  return { clock, core, states, wanted, say };
}

it('asks for nothing but what is needed, and again when that changes', async () => {
  const { states, wanted } = await setUp();
  expect(wanted()).toEqual([]);
  states.watch([bedtime, 'sensor.wind', bedtime]);
  states.watch(['sensor.wind', bedtime]);
  expect(wanted()).toEqual([[bedtime, 'sensor.wind']]);
  states.watch(['sensor.wind']);
  expect(wanted()).toEqual([['sensor.wind']]);
  states.watch([]);
  expect(wanted()).toEqual([]);
});

it('knows a state as long as the line is up, however long ago it changed', async () => {
  const { clock, states, say } = await setUp();
  states.watch([bedtime]);
  expect(states.of(bedtime)).toBeUndefined();
  say({ a: { [bedtime]: { s: 'off', a: {}, lc: 1 } } });
  say({ c: { [bedtime]: { '+': { s: 'on', lc: 2 } } } });
  await clock.advanceAsync(3_600_000);
  expect(states.of(bedtime)).toEqual({ value: 'on', at: clock.now() });
  say({ c: { [bedtime]: { '+': { a: { icon: 'mdi:bed' } } } } });
  expect(states.of(bedtime)?.value).toBe('on');
  say({ r: [bedtime] });
  expect(states.of(bedtime)).toBeUndefined();
});

it('tells how old a state is while Core is away, also when the clock of the machine is set', async () => {
  const { clock, core, states, say } = await setUp();
  states.watch([bedtime]);
  say({ a: { [bedtime]: { s: 'on', a: {} } } });
  await clock.advanceAsync(3_600_000);
  core.disconnect();
  await clock.advanceAsync(120_000);
  clock.jump(86_400_000);
  expect(clock.now() - states.of(bedtime)!.at).toBe(120_000);
});

it('does not take a Core that is starting for one that knows', async () => {
  const { clock, core, states, say } = await setUp();
  states.watch([bedtime, 'switch.alarm']);
  say({ a: { [bedtime]: { s: 'on', a: {} }, 'switch.alarm': { s: 'on', a: {} } } });
  core.disconnect();
  await clock.advanceAsync(30_000);
  core.connect();
  // Not there yet, and there by its name alone.
  say({ a: { 'switch.alarm': { s: 'unavailable', a: { restored: true } } } });
  for (const entityId of [bedtime, 'switch.alarm']) {
    expect(states.of(entityId)?.value).toBe('on');
    expect(clock.now() - states.of(entityId)!.at).toBe(30_000);
  }
  say({ c: { 'switch.alarm': { '+': { s: 'off' } } }, a: { [bedtime]: { s: 'off', a: {} } } });
  expect(states.of(bedtime)).toEqual({ value: 'off', at: clock.now() });
  expect(states.of('switch.alarm')).toEqual({ value: 'off', at: clock.now() });
});

it('is not disturbed by what it cannot read', async () => {
  const { states, say } = await setUp();
  states.watch([bedtime]);
  for (const odd of [{ a: [] }, { a: { [bedtime]: null } }, { c: { [bedtime]: {} } }, { r: 'x' }, { a: { [bedtime]: { s: 5 } } }])
    say(odd);
  expect(states.of(bedtime)).toBeUndefined();
});

it('leaves nothing behind', async () => {
  const { clock, states, wanted } = await setUp();
  states.watch([bedtime]);
  states.stop();
  expect(wanted()).toEqual([]);
  expect(clock.pending).toBe(0);
});
