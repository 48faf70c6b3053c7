import { beforeEach, expect, test } from 'vitest';
import { Events } from '#base/events.ts';
import { createLog } from '#base/log.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import type { Device } from '#devices/device.ts';
import type { Registration } from '#devices/registration.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { TollFraudGuard } from './toll-fraud-guard.ts';
import type { ActiveOutgoingCall } from './toll-fraud-guard.ts';
import { outgoingRoutes } from './outgoing-routes.ts';
import { OutgoingStore } from './outgoing-store.ts';

const device = { id: 'dev_1', name: 'Kitchen' } as unknown as Device;
const limits = { calls: 5, callsPerPhone: 2, minutesADay: 1200, minutesADayPerPhone: 600, callMinutes: 240 };
const hourMs = 3_600_000;

let clock: FakeClock;
let db: OpenedDatabase['db'];
let log: string[];
let refusals: Facts['outgoing.refused'][];
let tollFraudGuard: TollFraudGuard;

function open(country = 'US'): TollFraudGuard {
  const root = createLog({ level: 'info', destination: { write: (line: string) => void log.push(line) } });
  const events = new Events<Facts>(root);
  events.on('outgoing.refused', (fact) => refusals.push(fact));
  const writes = new WriteBatch({ db, log: root, defer: (commit) => commit() });
  const registered = [{ source: { protocol: 'udp', address: '198.51.100.7', port: 5060 } } as Registration];
  tollFraudGuard = new TollFraudGuard({
    clock,
    log: root,
    events,
    writes,
    store: new OutgoingStore(db),
    country,
    limits,
    registrations: { of: (id) => (id === 'dev_1' ? registered : []) },
    isLocalAddress: (address) => address.startsWith('192.168.'),
  });
  tollFraudGuard.start();
  return tollFraudGuard;
}

const reasonFor = (number: string, source = '192.168.1.2', ongoing: ActiveOutgoingCall[] = []) =>
  tollFraudGuard.refusal({ device, number, shortCost: undefined, source, ongoing })?.reason;

function called(number: string, answeredAt: number | null = 0, minutes = 1): void {
  db.prepare(
    `INSERT INTO cdrs (id, direction, started_at, answered_at, ended_at, disposition, reason, dialled, caller_device_id, caller_number,
       caller_name, callee_number, callee_name)
     VALUES (?, 'outbound', 0, ?, ?, 'answered', 'caller-hung-up', ?, 'dev_1', '', '', ?, '')`,
  ).run(`${number} ${answeredAt}`, answeredAt, (answeredAt ?? 0) + minutes * 60_000, number, number);
}

beforeEach(() => {
  clock = new FakeClock();
  log = [];
  refusals = [];
  ({ db } = openDatabase({ path: ':memory:', log: createLog({ level: 'silent' }), clock }));
});

test('a house that called abroad before goes on to, and to nowhere else, at every start', () => {
  for (const number of ['+37120000000', '+4930901820', '+19005551234', '+14165550123', '911']) called(number);
  called('+33142685300', null);
  open();
  expect(tollFraudGuard.allowed.map(({ destination, because }) => `${destination} ${because}`)).toEqual([
    '+19005551234 called-before',
    'DE called-before',
    'LV called-before',
  ]);
  expect(['+37129999999', '+4930901820', '+19005551234', '+33142685300'].map((number) => reasonFor(number))).toEqual([
    ...[undefined, undefined, undefined],
    'destination-not-allowed',
  ]);
  called('+3545551234');
  open();
  expect(reasonFor('+3545551234')).toBe('destination-not-allowed');
});

test('only a phone that is registered where it calls from, or in the house, calls outside', () => {
  open();
  const from = ['192.168.1.2', '198.51.100.7', '::ffff:198.51.100.7', '203.0.113.5'];
  expect(from.map((source) => reasonFor('+14165550123', source))).toEqual([
    undefined,
    undefined,
    undefined,
    'not-registered-here',
  ]);
});

test('a call whose source is unknown is not taken for one from elsewhere', () => {
  open();
  expect(tollFraudGuard.refusal({ device, number: '+14165550123', shortCost: undefined, source: undefined, ongoing: [] })).toBe(
    undefined,
  );
});

test('the first odd call is told: in the log, as a fact and in health, and a flood of its like not again', async () => {
  open();
  for (let n = 0; n < 500; n += 1) reasonFor(`+1900555${String(1000 + n)}`, '198.51.100.7');
  expect(refusals).toEqual([{ deviceId: 'dev_1', reason: 'destination-not-allowed', destination: 'premium-rate' }]);
  expect(log.filter((line) => line.includes('Outbound call refused'))).toHaveLength(1);
  expect(log.join('')).not.toContain('9005551000');
  expect(tollFraudGuard.health()).toEqual({
    status: 'degraded',
    message: expect.stringMatching(/^Kitchen was refused 500 times \(destination-not-allowed: premium-rate\)/),
  });
  await tollFraudGuard.allow('premium-rate');
  expect(tollFraudGuard.health().status).toBe('ok');
  reasonFor('+37120000000');
  clock.advance(24 * hourMs);
  expect(tollFraudGuard.health().status).toBe('ok');
});

test('what an admin allows is kept, and can be taken back', async () => {
  open();
  expect(await tollFraudGuard.allow('LV')).toMatchObject({ destination: 'LV', because: 'allowed' });
  expect(reasonFor('+37120000000')).toBeUndefined();
  open();
  expect(reasonFor('+37120000000')).toBeUndefined();
  expect(await tollFraudGuard.forbid('LV')).toBe(true);
  expect(await tollFraudGuard.forbid('LV')).toBe(false);
  open();
  expect(reasonFor('+37120000000')).toBe('destination-not-allowed');
});

test('the minutes of a day are counted over a restart, with the talk that goes on, and come back after 24 hours', () => {
  called('+14165550123', clock.now() - 10 * hourMs, 300);
  open();
  tollFraudGuard.ended({ deviceId: 'dev_1', talkTimeMs: 4 * hourMs });
  expect(reasonFor('+14165550123')).toBeUndefined();
  expect(reasonFor('+14165550123', '192.168.1.2', [{ deviceId: 'dev_1', talkTimeMs: hourMs }])).toBe('minutes-used-up');
  tollFraudGuard.ended({ deviceId: 'dev_1', talkTimeMs: hourMs });
  expect(reasonFor('+14165550123')).toBe('minutes-used-up');
  clock.advance(20 * hourMs);
  expect(reasonFor('+14165550123')).toBeUndefined();
});

const admin: Identity = { kind: 'token', id: 'token_1', personId: undefined, role: 'admin' };

test('the routes tell limits and refusals, and allow what there is', async () => {
  open();
  reasonFor('+37120000000');
  const run = (id: string, params: object = {}) => {
    const { endpoint, run: answer } = outgoingRoutes(tollFraudGuard).find((one) => one.endpoint.id === id)!;
    const parsed = endpoint.params?.parse(params) ?? params;
    return answer({ params: parsed, query: undefined, body: undefined, identity: admin } as never);
  };
  expect(run('getOutgoing')).toMatchObject({
    limits,
    home: ['US', 'CA', 'PR', 'VI'],
    refused: [{ deviceName: 'Kitchen', number: '+37120000000', destination: 'LV', times: 1 }],
  });
  await run('allowDestination', { destination: 'LV' });
  await run('allowDestination', { destination: '+49900' });
  expect(run('getOutgoing')).toMatchObject({ allowed: [{ destination: 'LV' }, { destination: '+49900' }], refused: [] });
  await expect(run('allowDestination', { destination: 'XX' })).rejects.toThrow('There is no country XX');
  expect(() => run('allowDestination', { destination: 'Latvia' })).toThrow('must be a country such as LV');
  await run('forbidDestination', { destination: 'LV' });
  await expect(run('forbidDestination', { destination: 'LV' })).rejects.toThrow('was not allowed');
});
