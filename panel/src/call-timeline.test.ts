import { expect, it } from 'vitest';
import { callMoments, rangSeconds } from './call-timeline.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 8, 0, second)).toISOString();
const leg = (name: string, more: object) =>
  ({
    role: 'callee',
    name,
    trunk: null,
    address: 'udp 192.0.2.7:5060',
    ringingAt: null,
    answeredAt: null,
    endedAt: null,
    outcome: null,
    ...more,
  }) as never;

it('tells what happened in a call in its order', () => {
  const legs = [
    leg('Kitchen', { ringingAt: at(1), answeredAt: at(9), endedAt: at(60), outcome: 'answered' }),
    leg('Office', { ringingAt: at(2), endedAt: at(9), outcome: 'answered-elsewhere' }),
    leg('Hall', { endedAt: at(0), outcome: 'offline' }),
    leg('Caller', { role: 'caller', ringingAt: at(0) }),
  ];
  const told = callMoments({ startedAt: at(0), endedAt: at(60), legs });
  expect(told.map(({ what, name, outcome }) => [what, name, outcome].join(' '))).toEqual([
    'began  ',
    'over Hall offline',
    'rang Kitchen answered',
    'rang Office answered-elsewhere',
    'answered Kitchen answered',
    'over Office answered-elsewhere',
    'ended  ',
  ]);
});

it('says how long a phone rang, where it did', () => {
  expect(rangSeconds({ ringingAt: at(2), answeredAt: null, endedAt: at(30) })).toBe(28);
  expect(rangSeconds({ ringingAt: null, answeredAt: null, endedAt: at(30) })).toBeUndefined();
});
