import { setImmediate } from 'node:timers/promises';
import { createLog } from '#base/log.ts';
import { newId } from '#base/ids.ts';
import { systemClock } from '#base/clock.ts';
import { Blocklist } from '#routing/blocklist.ts';
import { BlocklistStore } from '#routing/blocklist-store.ts';
import { decide } from '#routing/decide.ts';
import type { CallQuestion, RoutingFacts } from '#routing/decision.ts';
import { dndOff } from '#routing/dnd.ts';
import type { Route } from '#routing/route.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import type { Row } from './row.ts';

const rules = 500;
const blocked = 50_000;
const decisions = 20_000;

/** A decision with the caller looked up in the blocklist, over rules of which none but the last applies: the most there is to look at. */
export async function benchRouting(): Promise<Row[]> {
  const { db } = openDatabase({ path: ':memory:', log: createLog({ level: 'silent' }), clock: systemClock });
  const blocklist = await fullBlocklist(db);
  const quiet = measure(blocklist, Date.parse('2026-12-01T12:00:00Z'));
  await setImmediate();
  const changing = measure(blocklist, Date.parse('2026-10-25T00:30:00Z'));
  db.close();
  const what = `a routing decision, ${rules} rules and ${blocked.toLocaleString('en')} blocked numbers`;
  return [
    { what: `${what}: p50, p99`, measured: quiet, aim: 'p99 < 1 ms' },
    { what: `${what}, in the night when clocks are changed: p50, p99`, measured: changing, aim: 'p99 < 1 ms' },
  ];
}

async function fullBlocklist(db: ReturnType<typeof openDatabase>['db']): Promise<Blocklist> {
  const insert = db.prepare(
    `INSERT INTO blocklist (id, kind, pattern, reason, is_enabled, created_at) VALUES (?, ?, ?, '', 1, 0)`,
  );
  db.transaction(() => {
    for (let index = 0; index < blocked; index += 1) {
      const kind = index % 10 === 0 ? 'prefix' : 'exact';
      insert.run(`block_${index}`, kind, `+1900${String(index).padStart(7, '0')}`);
    }
  })();
  const log = createLog({ level: 'silent' });
  const read = { number: (text: string) => text, prefix: (text: string) => text };
  return new Blocklist({
    store: new BlocklistStore(db),
    writes: new WriteBatch({ db, log }),
    clock: systemClock,
    newId,
    log,
    read,
  });
}

function measure(blocklist: Blocklist, now: number): string {
  const times: number[] = [];
  for (let index = 0; index < decisions; index += 1) {
    const number = `+4930${String(index).padStart(7, '0')}`;
    const before = performance.now();
    const { plan } = decide(question(number, blocklist), facts, now + index);
    times.push(performance.now() - before);
    if (plan.kind !== 'reject' || plan.verdict.reason !== 'busy-by-route') throw new Error('It was decided otherwise');
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => `${(times[Math.floor(times.length * share)] ?? 0).toFixed(3)} ms`;
  return `${at(0.5)}, ${at(0.99)}`;
}

function question(number: string, blocklist: Blocklist): CallQuestion {
  const nothing = {
    contact: undefined,
    houseContactGroups: [],
    dialledAt: undefined,
    listed: undefined,
    lastCallAt: undefined,
    spamScore: undefined,
  };
  const nobody = { deviceId: undefined, personId: undefined, name: '', isWithheld: false };
  const blockedBy = blocklist.match(number);
  return {
    caller: { kind: 'outside', ...nobody, ...nothing, number, country: 'DE', blocked: blockedBy },
    called: {
      kind: 'number',
      number: { id: 'num_1', number: '+14155550199', name: '', ownerPersonId: 'person_1', voiceEnabled: true, createdAt: 0 },
    },
    via: 'webhook',
  };
}

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];

const routes = Array.from({ length: rules }, (_, index): Route => {
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
    id: `route_${index}` as const,
    numberId: 'num_1',
    name: `Rule ${index}`,
    isEnabled: true,
    conditions: {
      times: isLast ? [] : index % 2 === 0 ? [time] : [{ ...time, dates: [], to: '22:00', from: '22:00' }],
      callers: isLast || index % 2 === 0 ? [] : [{ kind: 'prefix', prefix: `+1${index}` }],
      states: [],
    },
    action: { kind: 'reject', tone: 'busy' },
    createdAt: 0,
  };
});

const facts: RoutingFacts = {
  devices: [],
  persons: [],
  routes,
  groups: [],
  dnd: { house: dndOff, persons: new Map(), devices: new Map() },
  childLines: new Map(),
  states: () => undefined,
  emergencyUntil: undefined,
  settings: {
    timeZone: 'Europe/Berlin',
    holidays: [],
    spamThreshold: 0.7,
    anonymousPolicy: 'allow',
    challenge: undefined,
    repeatedCallMinutes: 3,
    repeatedCallsOf: 'anyone',
    vipGroups: [],
    trustedDays: 90,
    emergencyMinutes: 30,
    ringSeconds: 30,
  },
  isReachable: true,
  isFull: false,
  mayForward: () => true,
};
