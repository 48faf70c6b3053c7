import { expect, test } from 'vitest';
import type { CallId, DeviceId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import { entityOf, eventSource, stateSource } from '#testing/harness/state-source.ts';
import { CallBook } from './call-book.ts';
import { callEntities } from './call-entities.ts';
import type { CallSnapshot } from './call-occurrences.ts';

const hall = { id: 'dev_hall', name: 'Hall', extension: '10' } as unknown as Device;
const desk = { id: 'dev_desk', name: 'Desk', extension: '11', personId: 'person_anna' } as unknown as Device;
const door = { id: 'dev_door', name: 'Door', extension: '12', type: 'door-station' } as unknown as Device;
const anna = { id: 'person_anna', name: 'Anna' } as const;
const party = (id: DeviceId | undefined, number: string, name: string) => ({
  deviceId: id,
  personId: id === desk.id ? anna.id : undefined,
  number,
  name,
});
const record = {
  id: 'call_1',
  direction: 'inbound',
  startedAt: 0,
  ringingAt: 1000,
  answeredAt: undefined,
  endedAt: undefined,
  verdict: undefined,
  dialled: '+14165550100',
  caller: party(undefined, '+14165550123', ''),
  callee: { ...party(undefined, '+14165550100', 'Home'), personId: anna.id },
  number: '+14165550100',
  trunk: 'twilio',
  transferredFrom: undefined,
  reasons: [],
} as const;
const leg = { id: 'leg_1', role: 'callee', deviceId: desk.id, personId: anna.id, ringingAt: 1000 } as const;

function house(call: object, phase: 'ringing' | 'in_call' = 'ringing', isEmergency = false) {
  const snapshot = { record, legs: [leg], ...call } as unknown as CallSnapshot;
  const hungUp: string[] = [];
  const dialled: unknown[] = [];
  const open = { ...snapshot.record, id: 'call_open' as const, endedAt: undefined };
  const devices = { all: () => [hall, desk, door], byId: (id: string) => [hall, desk, door].find((one) => one.id === id) };
  const list = () => [{ ...snapshot, phase }];
  const entities = callEntities({
    clock: { now: () => 61_000 },
    calls: {
      find: (id: CallId) => (id === 'call_1' ? snapshot : undefined),
      get: (id: CallId) => (id === 'call_1' ? { isEmergency } : undefined) as never,
      list: list as never,
      hangUpAll: (id) => hungUp.push(id ?? ''),
    },
    search: { find: (filter) => ({ items: filter.deviceId === hall.id ? [] : [open, snapshot.record], total: 0 }) },
    book: new CallBook({ devices, people: { all: () => [anna] }, contacts: () => [], canRing: () => true }),
    control: { call: async (asked, by) => (dialled.push([asked, by]), { record: { id: 'call_2' } }) as never },
    devices,
    people: { all: () => [anna] },
    names: {
      device: (id) => [hall, desk, door].find((one) => one.id === id)?.name,
      person: (id) => (id === anna.id ? anna.name : undefined),
      number: (number, personId) => (number === '+14165550123' && personId === anna.id ? 'Doctor' : undefined),
    },
    voicemailOf: (id) =>
      id === 'vm_1'
        ? { id, personId: anna.id, callId: 'call_1', number: '+14165550123', name: 'Doctor', seconds: 6.6 }
        : undefined,
  });
  const of = (owner: 'exchange' | 'device', key: string) => entityOf(entities, owner, key);
  const occurs = (
    owner: 'exchange' | 'device' | 'person',
    name: 'call.started' | 'leg.changed' | 'call.ended' | 'voicemail.left',
    fact: object,
  ) => eventSource(entityOf(entities, owner, 'call')).occursBy[name]?.(fact as never);
  return { of, occurs, hungUp, dialled };
}

test('the exchange counts its calls, anew after each that begins, changes or ends', () => {
  const active = stateSource(house({}).of('exchange', 'active_calls'));
  expect([...active.owners()]).toEqual([{ id: 'exchange', name: 'GoSIP' }]);
  expect(active.state('exchange')).toBe(1);
  expect(Object.keys(active.changedBy)).toEqual(['call.started', 'call.changed', 'call.ended']);
  expect(active.changedBy['call.started']?.({ callId: 'call_1' })).toBe('exchange');
});

test('a phone that rings says who calls, by the address book of its owner, and another phone nothing', async () => {
  const state = stateSource(house({}).of('device', 'call_state'));
  expect(['dev_desk', 'dev_hall', 'dev_gone'].map((id) => state.state(id))).toEqual(['ringing', 'idle', undefined]);
  const inbound = { direction: 'inbound', called: '+14165550100' };
  expect(await state.attributes?.('dev_desk')).toEqual({
    call_id: 'call_1',
    number: '+14165550123',
    name: 'Doctor',
    ...inbound,
  });
  expect(await state.attributes?.('dev_hall')).toEqual({
    call_id: null,
    number: null,
    name: null,
    direction: null,
    called: null,
  });
});

test('an incoming call is an event of the phone, its owner and the house, with who calls whom', () => {
  const { occurs } = house({});
  const ringing = { callId: 'call_1', deviceId: desk.id, state: 'ringing' };
  const said = { call_id: 'call_1', number: '+14165550123', name: 'Doctor', direction: 'inbound', called: '+14165550100' };
  const attributes = { ...said, device: 'Desk', person: 'Anna' };
  for (const owner of ['device', 'person', 'exchange'] as const) {
    const ownerId = { device: desk.id, person: anna.id, exchange: 'exchange' }[owner];
    expect(occurs(owner, 'leg.changed', ringing)).toEqual([{ ownerId, type: 'incoming', attributes }]);
  }
  expect(occurs('device', 'leg.changed', { ...ringing, state: 'over' })).toEqual([]);
  expect(occurs('device', 'leg.changed', { ...ringing, callId: 'call_gone' })).toEqual([]);
});

test('a call for help is an event at once, for the phone, its owner and the house; no other call is', () => {
  const caller = { deviceId: desk.id, personId: anna.id, number: '11', name: 'Desk' };
  const help = { record: { ...record, direction: 'outbound', caller, callee: party(undefined, '911', '') }, legs: [] };
  const { occurs } = house(help, 'ringing', true);
  for (const [owner, ownerId] of [
    ['device', desk.id],
    ['person', anna.id],
    ['exchange', 'exchange'],
  ] as const) {
    expect(occurs(owner, 'call.started', { callId: 'call_1' })).toMatchObject([
      { ownerId, type: 'emergency', attributes: { number: '911', called: '911', device: 'Desk', person: 'Anna' } },
    ]);
  }
  expect(house(help).occurs('exchange', 'call.started', { callId: 'call_1' })).toEqual([]);
});

test('who hides their number has neither number nor name', () => {
  const { occurs } = house({ record: { ...record, caller: party(undefined, '', '') } });
  const [event] = occurs('device', 'leg.changed', { callId: 'call_1', deviceId: desk.id, state: 'ringing' }) ?? [];
  expect(event?.attributes).toMatchObject({ number: '', name: '' });
});

test('a call that is over says how it ended and for how long they talked', () => {
  const answered = { record: { ...record, answeredAt: 1000 }, legs: [{ ...leg, answeredAt: 1000 }] };
  const { occurs } = house(answered, 'in_call');
  const fact = { callId: 'call_1', disposition: 'answered', reason: 'caller-hung-up' };
  expect(occurs('person', 'call.ended', fact)).toMatchObject([
    { ownerId: anna.id, type: 'ended', attributes: { verdict: 'answered', seconds: 60, name: 'Doctor' } },
  ]);
  const missed = { callId: 'call_1', disposition: 'voicemail', reason: 'no-answer' };
  expect(house({}).occurs('exchange', 'call.ended', missed)).toMatchObject([
    { ownerId: 'exchange', type: 'missed', attributes: { verdict: 'voicemail', seconds: 0 } },
  ]);
});

test('a voicemail is an event of its call too, and without words of it', () => {
  const [event] = house({}).occurs('exchange', 'voicemail.left', { voicemailId: 'vm_1', personId: anna.id }) ?? [];
  expect(event).toMatchObject({
    type: 'voicemail',
    attributes: { voicemail_id: 'vm_1', call_id: 'call_1', number: '+14165550123', name: 'Doctor', seconds: 7 },
  });
  expect(house({}).occurs('exchange', 'voicemail.left', { voicemailId: 'vm_gone', personId: null })).toEqual([]);
});

test('the last call that is over is shown by its start, whoever else is calling now', async () => {
  const { of } = house({ record: { ...record, endedAt: 60_000, verdict: { disposition: 'missed', reason: 'no-answer' } } });
  const last = stateSource(of('exchange', 'last_call'));
  expect(await last.state('exchange')).toBe('1970-01-01T00:00:00.000Z');
  expect(await last.attributes?.('exchange')).toEqual({
    caller: '+14165550123',
    name: 'Doctor',
    number: '+14165550123',
    called: '+14165550100',
    verdict: 'missed',
    direction: 'inbound',
  });
  const hallsLast = stateSource(of('device', 'last_call'));
  expect([await hallsLast.state(hall.id), (await hallsLast.attributes?.(hall.id))?.['caller']]).toEqual([undefined, null]);
  expect(last.changedBy['call.changed']?.({ callId: 'call_1', state: 'in_call' })).toBe('');
  expect(last.changedBy['call.changed']?.({ callId: 'call_1', state: 'voicemail' })).toBe('exchange');
});

test('what is entered to dial is called from that phone, by number or name', async () => {
  const { of, dialled } = house({});
  const dial = of('device', 'dial');
  if (dial?.kind !== 'text') throw new Error('This is no text');
  await dial.source.enter(desk.id, 'hall');
  await dial.source.enter(desk.id, '+1 416 555 0177');
  expect(dialled).toEqual(
    ['10', '+1 416 555 0177'].map((to) => [{ deviceId: desk.id, to, autoAnswer: false }, { id: 'token_home-assistant' }]),
  );
  await expect(dial.source.enter('dev_gone', '10')).rejects.toThrow('no such phone');
});

test('one press hangs up what the phone is in', async () => {
  const { of, hungUp } = house({});
  const button = of('device', 'hang_up');
  if (button?.kind !== 'button') throw new Error('This is no button');
  await button.source.press(desk.id);
  expect(hungUp).toEqual([desk.id]);
});

test('a door station that calls the house is somebody who rings at the door; other phones are not', () => {
  const from = (id: DeviceId, more = {}) =>
    house({ record: { ...record, direction: 'internal', caller: party(id, '12', ''), ...more } });
  const rings = ({ of }: ReturnType<typeof house>) =>
    eventSource(of('device', 'doorbell')).occursBy['call.started']?.({ callId: 'call_1' });
  const called = { call_id: 'call_1', called: '+14165550100' };
  expect(rings(from(door.id))).toEqual([{ ownerId: door.id, type: 'ring', attributes: called }]);
  expect([rings(from(hall.id)), rings(from(door.id, { transferredFrom: 'call_0' })), rings(house({}))]).toEqual([[], [], []]);
  const { source } = from(door.id).of('device', 'doorbell')!;
  expect([...source.owners()].map(({ name }) => name)).toEqual(['Door']);
});
