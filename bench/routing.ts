import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { BlocklistHarness } from '#testing/harness/blocklist-harness.ts';
import { routingHarness } from '#testing/harness/routing-harness.ts';
import { percentile } from './load.ts';
import type { Row } from './row.ts';

const rules = 500;
const blocked = 50_000;
const decisions = 20_000;

/** A decision with the caller looked up in the blocklist, over rules of which none but the last applies: the most there is to look at. */
export async function benchRouting(): Promise<Row[]> {
  const blocklist = fullBlocklist();
  const quiet = measure(blocklist, Date.parse('2026-12-01T12:00:00Z'));
  await setImmediate();
  const changing = measure(blocklist, Date.parse('2026-10-25T00:30:00Z'));
  const what = `a routing decision, ${rules} rules and ${blocked.toLocaleString('en')} blocked numbers`;
  return [
    { what: `${what}: p50, p99`, measured: quiet, aim: 'p99 < 1 ms' },
    { what: `${what}, in the night when clocks are changed: p50, p99`, measured: changing, aim: 'p99 < 1 ms' },
  ];
}

function fullBlocklist(): ReturnType<BlocklistHarness['open']> {
  const harness = new BlocklistHarness();
  const insert = harness.db.prepare(
    `INSERT INTO blocklist (id, kind, pattern, reason, is_enabled, created_at) VALUES (?, ?, ?, '', 1, 0)`,
  );
  harness.db.transaction(() => {
    for (let index = 0; index < blocked; index += 1) {
      const kind = index % 10 === 0 ? 'prefix' : 'exact';
      insert.run(`block_${index}`, kind, `+1900${String(index).padStart(7, '0')}`);
    }
  })();
  return harness.open();
}

function measure(blocklist: ReturnType<BlocklistHarness['open']>, start: number): string {
  const clock = new FakeClock(start);
  const decide = routingHarness({
    clock,
    blocklist,
    devices: { all: () => [] },
    registrations: { of: () => [] },
    routesOf: () => routes,
  });
  const times: number[] = [];
  for (let index = 0; index < decisions; index += 1) {
    const call = callFrom(`+4930${String(index).padStart(7, '0')}`);
    const before = performance.now();
    const { plan } = decide(call);
    times.push(performance.now() - before);
    if (plan.kind !== 'reject' || plan.verdict.reason !== 'busy-by-route') throw new Error('It was decided otherwise');
    clock.advance(1);
  }
  times.sort((a, b) => a - b);
  return [0.5, 0.99].map((share) => `${percentile(times, share).toFixed(3)} ms`).join(', ');
}

const ours = {
  id: 'num_1',
  number: '+14155550199',
  name: '',
  ownerPersonId: 'person_1',
  voiceEnabled: true,
  createdAt: 0,
} as const;

function callFrom(number: string) {
  const nobody = { deviceId: undefined, personId: undefined, name: '', isWithheld: false, spamScore: undefined };
  const caller = { kind: 'outside', ...nobody, number } as const;
  return { caller, called: { kind: 'number', number: ours }, via: 'webhook', isReachable: true, isFull: false } as const;
}

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];

const routes = Array.from({ length: rules }, (_, index) => {
  const isLast = index === rules - 1;
  const time = {
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    from: '22:00',
    to: '21:59',
    dates: [{ from: '2001-01-01', to: '2001-12-31' }],
    holidays: 'any' as const,
    timeZone: zones[index % zones.length],
  };
  return {
    id: `route_${index}`,
    numberId: ours.id,
    name: `Rule ${index}`,
    isEnabled: true,
    conditions: {
      times: isLast ? [] : index % 2 === 0 ? [time] : [{ ...time, dates: [], to: '22:00', from: '22:00' }],
      callers: isLast || index % 2 === 0 ? [] : [{ kind: 'prefix' as const, prefix: `+1${index}` }],
      states: [],
    },
    action: { kind: 'reject', tone: 'busy' },
    createdAt: 0,
  } as const;
});
