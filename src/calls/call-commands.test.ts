import { expect, test } from 'vitest';
import type { Device } from '#devices/device.ts';
import { CallBook } from './call-book.ts';
import { callCommands } from './call-commands.ts';
import type { CallPage } from './call-search.ts';
import type { CallFilter } from './call-scope.ts';

const kitchen = { id: 'dev_10', name: 'Kitchen', extension: '10', enabled: true } as unknown as Device;
const anna = { id: 'person_anna', name: 'Anna' } as const;
const party = (number: string, name: string, personId?: string) => ({ number, name, personId });
const record = {
  id: 'call_1',
  direction: 'inbound',
  startedAt: 0,
  answeredAt: undefined,
  endedAt: 20_000,
  caller: party('+14165550123', 'Doctor'),
  callee: party('+14165550100', '', anna.id),
  number: '+14165550100',
  verdict: { disposition: 'missed', reason: 'no-answer' },
};
const outgoing = {
  ...record,
  id: 'call_2',
  direction: 'outbound',
  caller: party('11', 'Desk', anna.id),
  callee: party('+14165550177', ''),
};

function house(going: readonly { id: string; isEmergency?: boolean }[] = []) {
  const done: unknown[] = [];
  const calls = going.map(({ id, isEmergency = false }) => ({ record: { id }, isEmergency }));
  const commands = callCommands({
    calls: {
      get: () => undefined,
      list: () => calls as never,
      hangUp: (id) => void done.push(id),
      hangUpAll: (id) => (done.push(id), id === kitchen.id && calls.length > 0 ? 1 : 0),
    },
    control: { call: async (asked, by) => (done.push({ ...asked, by: by.id }), { record: { id: 'call_3' } }) as never },
    search: {
      find: (filter: CallFilter, page: CallPage) => (
        done.push(filter.visibleTo, page.limit),
        { items: [outgoing, record] as never, total: 2 }
      ),
    },
    book: new CallBook({
      devices: { all: () => [kitchen] },
      people: { all: () => [anna] },
      contacts: () => [],
      canRing: () => true,
    }),
    names: { device: () => '', person: () => '', number: (number) => (number === '+14165550177' ? 'Baker' : undefined) },
  });
  const run = (name: string, input: object) => {
    const command = commands.find(({ declaration }) => declaration.name === name)!;
    return command.run(command.declaration.input.parse(input));
  };
  return { run, done };
}

test('a call is made by the phone that is named, as the administrator of the house', async () => {
  const { run, done } = house();
  expect(await run('call', { device: 'kitchen', to: 5550177 })).toEqual({ call_id: 'call_3', device: 'Kitchen' });
  expect(done).toEqual([{ deviceId: kitchen.id, to: '5550177', autoAnswer: false, by: 'token_home-assistant' }]);
  await expect(run('call', { device: 'garage', to: '10' })).rejects.toThrow('There is no garage. There are: Kitchen');
  expect(() => void run('call', { device: 'kitchen', to: '10', force: true })).toThrow('Unrecognized key');
});

test('the call that is named is hung up, else the only one; a call for help is never meant unless it is named', async () => {
  const one = house([{ id: 'call_7' }, { id: 'call_help', isEmergency: true }]);
  expect(await one.run('hang_up', {})).toEqual({ ended: 1 });
  await one.run('hang_up', { call_id: 'call_help' });
  expect(one.done).toEqual(['call_7', 'call_help']);
  await expect(house([{ id: 'call_7' }, { id: 'call_8' }]).run('hang_up', {})).rejects.toThrow('say which phone');
  await expect(house([{ id: 'call_help', isEmergency: true }]).run('hang_up', {})).rejects.toThrow('no such call');
  await expect(one.run('hang_up', { call_id: 'call_gone' })).rejects.toThrow('no such call');
});

test('a phone that is named is hung up, or said to be in no call', async () => {
  expect(await house([{ id: 'call_7' }]).run('hang_up', { device: 'Kitchen' })).toEqual({ ended: 1 });
  await expect(house().run('hang_up', { device: 'Kitchen' })).rejects.toThrow('Kitchen is not in a call');
});

test('the last calls are told with who was at the other end, for a person by what they may see', async () => {
  const { run, done } = house();
  const { calls } = (await run('calls', { person: 'anna', limit: '5' })) as { calls: object[] };
  expect(done).toEqual([anna.id, 5]);
  expect(calls).toEqual([
    {
      call_id: 'call_2',
      at: '1970-01-01T00:00:00.000Z',
      direction: 'outbound',
      number: '+14165550177',
      name: 'Baker',
      called: '+14165550177',
      by_us: true,
      verdict: 'missed',
      reason: 'no-answer',
      seconds: 0,
    },
    expect.objectContaining({ call_id: 'call_1', number: '+14165550123', name: 'Doctor', by_us: false }),
  ]);
  await run('calls', {});
  expect(done.slice(2)).toEqual([undefined, 10]);
  expect(() => void run('calls', { limit: 500 })).toThrow('<=50');
});
