import { beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import type { Device } from '#devices/device.ts';
import type { Registration } from '#devices/registration.ts';
import type { RingGroup } from '#routing/ring-group.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { routingHarness } from '#testing/harness/routing-harness.ts';
import { CallControl } from './call-control.ts';
import { callRoutes } from './call-routes.ts';
import type { FactSources } from './gather-facts.ts';
import { CallSearch } from './call-search.ts';
import type { Party } from './call.ts';
import { Calls } from './calls.ts';
import { CdrStore } from './cdr-store.ts';
import { TollFraudGuard } from './toll-fraud-guard.ts';
import { OutgoingStore } from './outgoing-store.ts';
import type { Attempt, CallerLeg, LegListener, OutgoingLeg, PstnCallTracker, RingTarget } from './ports.ts';
import type { Verdict } from './verdict.ts';

const device = (extension: string, personId: string): Device => ({
  id: `dev_${extension}` as DeviceId,
  name: `Phone ${extension}`,
  extension,
  username: extension,
  type: 'softphone',
  transports: ['udp'],
  personId: personId as PersonId,
  recordingEnabled: false,
  sha256: false,
  enabled: true,
  createdAt: 0,
});
const devices = [
  ...[device('20', 'usr_eva'), device('21', 'usr_tom'), device('22', 'usr_ann')],
  { ...device('23', 'usr_ann'), enabled: false },
];

/** Rings the phones of two people, then a mobile. */
const family: RingGroup = {
  id: 'group_1',
  name: 'Family',
  extension: '60',
  order: 'one-after-another',
  seconds: 10,
  createdAt: 0,
  members: [
    { kind: 'device', id: devices[1]!.id },
    { kind: 'number', number: '+14165550177' },
  ],
};

/** A caller's leg that notes what it is told. */
class FakeLeg implements CallerLeg {
  readonly sipCallId = 'sip-1';
  readonly address = 'udp 192.0.2.1:5060';
  readonly told: string[] = [];
  readonly rung: { target: RingTarget; listener: LegListener }[] = [];
  /** What the house says to it; without ears it hears nothing. */
  readonly spoken: { target: Extract<RingTarget, { kind: 'voice' }>; listener: LegListener }[] = [];
  hasEars = false;

  ring(target: RingTarget, listener: LegListener): OutgoingLeg {
    if (target.kind === 'voice') return this.#hear(target, listener);
    this.rung.push({ target, listener });
    const n = this.rung.length;
    return {
      sipCallId: `out-${n}`,
      pass: (status: number) => void this.told.push(`pass ${n} ${status}`),
      connect: () => void this.told.push(`connect ${n}`),
      cancel: (why: string) => void this.told.push(`cancel ${n} ${why}`),
      release: (why: string) => void this.told.push(`release ${n} ${why}`),
    };
  }

  #hear(target: Extract<RingTarget, { kind: 'voice' }>, listener: LegListener): OutgoingLeg {
    if (this.hasEars) this.spoken.push({ target, listener });
    else listener.failed('no-media', undefined);
    const tell = (what: string) => void this.told.push(what);
    return { sipCallId: '', pass: () => {}, connect: () => {}, cancel: (why) => tell(`silence ${why}`), release: () => {} };
  }

  reject(verdict: Verdict): void {
    this.told.push(`reject ${verdict.reason}`);
  }
  hangUp(why: string): void {
    this.told.push(`hang up ${why}`);
  }
}

let clock: FakeClock;
let db: OpenedDatabase['db'];
let store: CdrStore;
let calls: Calls;
let facts: string[];
let legFacts: string[];
let log: string[];
let leg: FakeLeg;

beforeEach(() => {
  clock = new FakeClock();
  log = [];
  ({ db } = openDatabase({ path: ':memory:', log: createLog({ level: 'silent' }), clock }));
  build(db);
});

type Built = {
  readonly maxCalls?: number;
  readonly tollFraudGuard?: TollFraudGuard;
  readonly trunks?: readonly string[];
  readonly routing?: Partial<FactSources>;
  readonly pstnCalls?: PstnCallTracker;
};

function build(on: OpenedDatabase['db'], { trunks = [], routing, ...more }: Built = {}): void {
  db = on;
  store = new CdrStore(db);
  facts = [];
  leg = new FakeLeg();
  const root = createLog({ level: 'info', destination: { write: (line: string) => void log.push(line) } });
  const events = new Events<Facts>(root);
  legFacts = [];
  events.on('leg.changed', ({ deviceId, state }) => legFacts.push(`${deviceId} ${state}`));
  events.on('call.answered', () => legFacts.push('answered'));
  for (const name of ['call.started', 'call.changed', 'call.ended', 'storage.failed'] as const) {
    events.on(name, (fact) => facts.push(`${name} ${'state' in fact ? fact.state : 'reason' in fact ? fact.reason : ''}`.trim()));
  }
  const registration = {
    contactUri: 'sip:x@192.0.2.2',
    source: { protocol: 'udp', address: '192.0.2.2', port: 5060 },
  } as Registration;
  const registrations = { of: (id: string) => (id === 'dev_22' ? [] : [registration]) };
  calls = new Calls({
    clock,
    log: root,
    newId,
    events,
    store,
    trunks: { names: () => trunks },
    ringSeconds: 30,
    ...more,
    registrations,
    decideCall: routingHarness({ registrations, devices: { all: () => devices }, clock, ...routing }),
    facts: {
      country: 'CA',
      devices: {
        byExtension: (extension) => devices.find((one) => one.extension === extension),
        byId: (id) => devices.find((one) => one.id === id),
        ofPerson: () => [],
      },
      hotlineOf: () => undefined,
      groupByExtension: (extension) => (extension === '60' ? family : undefined),
      byNumber: () => undefined,
      callerIdOf: () => undefined,
      anyCallerId: () => undefined,
      nameOf: () => undefined,
    },
  });
}

const attempt = (dialled: string): Attempt => ({ caller: { kind: 'device', device: devices[0]! }, dialled, leg });

describe('a call', () => {
  it('has a record from the attempt on, with times and one verdict at the end', async () => {
    const call = calls.place(attempt('21'));
    const { id } = call.record;
    expect(store.get(id)).toMatchObject({ endedAt: undefined, verdict: undefined, dialled: '21' });
    clock.advance(2000);
    leg.rung[0]!.listener.progressed(180, false);
    clock.advance(3000);
    leg.rung[0]!.listener.answered();
    expect(store.get(id)?.answeredAt).toBe(clock.now());
    clock.advance(60_000);
    call.hungUp({ disposition: 'answered', reason: 'callee-hung-up' });
    const record = store.get(id)!;
    const { startedAt } = record;
    expect(record).toMatchObject({ ringingAt: startedAt + 2000, answeredAt: startedAt + 5000, endedAt: startedAt + 65_000 });
    expect(record.verdict).toEqual({ disposition: 'answered', reason: 'callee-hung-up' });
    expect(store.legsOf(id).map(({ role, sipCallId, outcome, sipStatus }) => [role, sipCallId, outcome, sipStatus])).toEqual([
      ['caller', 'sip-1', 'answered', 200],
      ['callee', 'out-1', 'answered', 200],
    ]);
    expect(facts).toEqual(['call.started', 'call.changed ringing', 'call.changed in_call', 'call.ended callee-hung-up']);
    expect(leg.told).toEqual(['pass 1 180', 'connect 1']);
    expect(calls.list()).toEqual([]);
  });

  it('tells when each phone begins to ring and no longer rings, and once that it was answered', () => {
    const call = calls.place(attempt('21'));
    const { listener } = leg.rung[0]!;
    listener.progressed(180, false);
    listener.progressed(183, true);
    expect(legFacts).toEqual(['dev_21 ringing']);
    listener.failed('busy', 486);
    expect([legFacts, call.record.verdict?.reason]).toEqual([['dev_21 ringing', 'dev_21 over'], 'busy']);
    legFacts.length = 0;
    const second = calls.place(attempt('21'));
    leg.rung[1]!.listener.answered();
    second.held(true);
    second.held(false);
    second.hungUp({ disposition: 'answered', reason: 'caller-hung-up' });
    expect(legFacts).toEqual(['dev_21 ringing', 'answered']);
  });

  it('can be looked up when it is over, also while nothing can be written', () => {
    const call = calls.place(attempt('21'));
    const { id } = call.record;
    expect(calls.find(id)).toMatchObject({ record: { id, verdict: undefined }, legs: [{ role: 'caller' }, { role: 'callee' }] });
    db.pragma('query_only = ON');
    leg.rung[0]!.listener.failed('declined', 603);
    expect(calls.find(id)).toMatchObject({ record: { verdict: { reason: 'declined' } }, legs: [{}, { outcome: 'declined' }] });
    expect(calls.find('call_unknown')).toBeUndefined();
  });

  it('whose way out throws is refused all the same, and its record closed', () => {
    leg.ring = () => {
      throw new Error('A fault on purpose');
    };
    const { record } = calls.place(attempt('21'));
    expect(leg.told).toEqual(['reject internal']);
    expect(store.get(record.id)?.verdict).toEqual({ disposition: 'failed', reason: 'internal' });
    expect(calls.list()).toEqual([]);
    expect(log.join('')).toContain('Internal error in a call; the call is ended');
  });

  it('that throws while it is connected is hung up, and its record closed', () => {
    const ring = leg.ring.bind(leg);
    leg.ring = (...asked) => ({
      ...ring(...asked),
      connect: () => {
        throw new Error('A fault on purpose');
      },
    });
    const { record } = calls.place(attempt('21'));
    leg.rung[0]!.listener.answered();
    expect(leg.told).toEqual(['hang up fault']);
    expect(store.get(record.id)?.verdict).toEqual({ disposition: 'failed', reason: 'internal' });
  });

  it('is refused to its caller although the PSTN call it belongs to cannot be written', () => {
    const pstnCalls: PstnCallTracker = {
      attachSipLeg: () => ({ kind: 'unknown' }),
      recordToWrite: (record) => record,
      openCallIds: () => [],
      recordOf: () => undefined,
      linkCallSid: () => {},
      legEnded: () => {
        throw new Error('disk full');
      },
    };
    build(db, { pstnCalls });
    calls.place(attempt('21'));
    leg.rung[0]!.listener.failed('busy', 486);
    expect(leg.told).toEqual(['reject busy']);
    expect(calls.list()).toEqual([]);
  });

  it('ends after the ring time', async () => {
    calls.place(attempt('21'));
    leg.rung[0]!.listener.progressed(180, false);
    clock.advance(29_999);
    expect(leg.told).toEqual(['pass 1 180']);
    clock.advance(1);
    expect(leg.told).toEqual(['pass 1 180', 'cancel 1 no-answer', 'reject no-answer']);
  });

  it('to a phone that answers nothing says in its record that the phone could not be reached', () => {
    const { record } = calls.place(attempt('21'));
    clock.advance(30_000);
    expect(leg.told).toEqual(['cancel 1 no-answer', 'reject unreachable']);
    expect(store.get(record.id)?.verdict).toEqual({ disposition: 'missed', reason: 'unreachable' });
    expect(store.legsOf(record.id)[1]).toMatchObject({ ringingAt: undefined, outcome: 'unreachable' });
  });

  it('to a phone that is not registered says so in its legs', () => {
    const { record } = calls.place(attempt('22'));
    expect(record.verdict).toEqual({ disposition: 'missed', reason: 'offline' });
    expect(store.legsOf(record.id)[1]).toMatchObject({ deviceId: 'dev_22', outcome: 'offline' });
  });

  it('to a phone that is switched off rings nowhere, though it is still registered', () => {
    const { record } = calls.place(attempt('23'));
    expect(record.verdict).toEqual({ disposition: 'missed', reason: 'no-devices' });
    expect(leg.rung).toEqual([]);
  });

  it('that may not ring is seen by the one it was for', () => {
    const { record } = calls.place(attempt('20'));
    expect(record.verdict?.reason).toBe('calling-itself');
    expect(store.legsOf(record.id).map(({ role, personId, outcome }) => [role, personId, outcome])).toEqual([
      ['caller', 'usr_eva', undefined],
      ['callee', 'usr_eva', undefined],
    ]);
  });

  it('is held and taken up again', () => {
    const call = calls.place(attempt('21'));
    call.held(true);
    expect(call.phase).toBe('ringing');
    leg.rung[0]!.listener.answered();
    call.held(true);
    expect(call.phase).toBe('held');
    call.held(false);
    expect(call.phase).toBe('in_call');
  });

  it('logs one line when it begins and one when it ends, without whole numbers', () => {
    calls.place(attempt('+14165550123'));
    const lines = log.map((line) => JSON.parse(line) as { msg: string });
    expect(lines.map(({ msg }) => msg)).toEqual(['Call started', 'Call not answered: no trunk is set up for outbound calls']);
    expect(log.join('')).not.toContain('4165550123');
  });

  it('is refused where too many go on, but for an emergency', () => {
    build(db, { maxCalls: 1 });
    calls.place(attempt('21'));
    expect(calls.place(attempt('21')).record.verdict).toEqual({ disposition: 'failed', reason: 'too-many-calls' });
    expect(calls.place(attempt('911')).record.verdict?.reason).toBe('no-trunk');
  });

  it('goes on when its record cannot be written, and says so once', () => {
    const call = calls.place(attempt('21'));
    db.close();
    leg.rung[0]!.listener.answered();
    call.hungUp({ disposition: 'answered', reason: 'caller-hung-up' });
    expect(leg.told).toContain('connect 1');
    expect(facts.filter((fact) => fact.startsWith('storage.failed'))).toHaveLength(1);
  });

  it('whose end could not be written is closed as soon as the disk takes it', () => {
    const call = calls.place(attempt('21'));
    leg.rung[0]!.listener.answered();
    db.pragma('query_only = ON');
    call.hungUp({ disposition: 'answered', reason: 'caller-hung-up' });
    const later = calls.place(attempt('22'));
    expect([store.get(call.record.id)?.verdict, store.get(later.record.id)]).toEqual([undefined, undefined]);
    clock.advance(5_000);
    expect(store.get(call.record.id)?.verdict).toBeUndefined();
    db.pragma('query_only = OFF');
    clock.advance(5_000);
    expect(store.get(call.record.id)?.verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
    expect(store.get(later.record.id)?.verdict?.reason).toBe('offline');
    expect(store.legsOf(later.record.id)).toHaveLength(2);
    expect(log.at(-1)).toContain('stored now');
  });

  it('that a killed process left open is closed by the next start', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gosip-calls-'));
    try {
      const open = () => openDatabase({ path: join(directory, 'a.db'), log: createLog({ level: 'silent' }), clock }).db;
      build(open());
      const { record } = calls.place(attempt('21'));
      leg.rung[0]!.listener.answered();
      const answeredAt = clock.now();
      build(open());
      clock.advance(5000);
      calls.start();
      expect(store.get(record.id)).toMatchObject({
        endedAt: answeredAt,
        verdict: { disposition: 'failed', reason: 'interrupted' },
      });
      expect(store.legsOf(record.id).every(({ endedAt }) => endedAt === answeredAt)).toBe(true);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('may be joined of two sides that talk already', () => {
    const party = (extension: string): Party => ({
      deviceId: `dev_${extension}` as const,
      personId: undefined,
      number: extension,
      name: extension,
    });
    const call = calls.join({
      caller: party('20'),
      callee: party('21'),
      leg,
      direction: 'internal',
      transferredFrom: 'call_1',
      requestedBy: undefined,
      calleeLeg: { sipCallId: 'c', address: '' },
    });
    expect(call.phase).toBe('in_call');
    calls.hangUp(call.record.id);
    expect(leg.told).toEqual(['hang up requested']);
    expect(store.get(call.record.id)?.verdict).toEqual({ disposition: 'answered', reason: 'hung-up-by-house' });
    expect(() => calls.hangUp(call.record.id)).toThrow('no such call');
  });
});

describe('calls outside', () => {
  const limits = { calls: 3, callsPerPhone: 2, minutesADay: 1200, minutesADayPerPhone: 600, callMinutes: 240 };
  const outside = (dialled: string, from = 0) => {
    leg = new FakeLeg();
    return calls.place({ caller: { kind: 'device', device: devices[from]! }, dialled, leg, source: '203.0.113.9' });
  };

  beforeEach(() => {
    const silent = createLog({ level: 'silent' });
    const tollFraudGuard = new TollFraudGuard({
      clock,
      log: silent,
      events: new Events<Facts>(silent),
      country: 'CA',
      limits,
      isLocalAddress: () => true,
      store: new OutgoingStore(db),
      writes: new WriteBatch({ db, log: silent }),
      registrations: { of: () => [] },
    });
    tollFraudGuard.start();
    build(db, { tollFraudGuard, trunks: ['provider'] });
  });

  const abroad = '01137167000000';
  const hearing = (dialled: string) => {
    leg = new FakeLeg();
    leg.hasEars = true;
    return calls.place({ caller: { kind: 'device', device: devices[0]! }, dialled, leg, source: '203.0.113.9' });
  };

  it('that are refused are over once the caller has heard why, and count for nothing meanwhile', () => {
    const refused = hearing(abroad);
    expect(leg.spoken.map(({ target }) => target)).toEqual([
      { kind: 'voice', by: 'early-media', say: [{ kind: 'prompt', name: 'not-permitted' }] },
    ]);
    expect(leg.rung).toEqual([]);
    expect(store.get(refused.record.id)?.verdict).toBeUndefined();
    expect([outside('4165550123'), outside('4165550124')].map(({ record }) => record.verdict)).toEqual([undefined, undefined]);
    expect(store.legsOf(refused.record.id).map(({ outcome }) => outcome)).not.toContain('answered');
  });

  it('that are refused one after the other are spoken to one at a time', () => {
    hearing(abroad);
    const first = leg;
    expect(hearing(abroad).record.verdict?.reason).toBe('destination-not-allowed');
    first.spoken[0]?.listener.failed('answered', undefined);
    expect(first.told).toEqual(['reject destination-not-allowed']);
    expect(hearing(abroad).record.verdict).toBeUndefined();
    expect(leg.spoken).toHaveLength(1);
  });

  it('at one time are as many as a phone and the house may have, and emergency calls are none of them', () => {
    const reasons = (...placed: [string, number?][]) =>
      placed.map(([dialled, from]) => outside(dialled, from).record.verdict?.reason);
    expect(reasons(['911'], ['911'], ['911'], ['911'])).toEqual([undefined, undefined, undefined, undefined]);
    expect(reasons(['4165550123'], ['988'], ['4165550124'], ['4165550125'])).toEqual([
      ...[undefined, undefined, undefined],
      'outgoing-limit',
    ]);
    expect(reasons(['4165550126', 1], ['4165550127', 1], ['911'], ['988'])).toEqual([
      undefined,
      'outgoing-limit',
      undefined,
      undefined,
    ]);
    calls.hangUpAll('dev_20');
    expect(reasons(['4165550127', 1], ['+37120000000', 1])).toEqual([undefined, 'destination-not-allowed']);
  });

  it('are bounded too where a phone sends a call on by itself', () => {
    const sentOn = (to: string) => {
      leg = new FakeLeg();
      const call = calls.place(attempt('21'));
      leg.rung[0]!.listener.failed('redirected', 302, { to: [to], reason: 'unconditional' });
      return { call, rung: leg.rung.slice(1).map(({ target }) => target.kind === 'trunk' && target.number) };
    };
    expect(sentOn('+19005551234').rung).toEqual([]);
    const [first, second, third] = [sentOn('4165550123'), sentOn('4165550124'), sentOn('4165550125')];
    expect([first, second, third].map(({ rung }) => rung)).toEqual([['+14165550123'], ['+14165550124'], []]);
    calls.revoke('dev_21');
    expect(first.call.record.verdict?.reason).toBe('revoked');
  });

  it('for help go on to the next trunk beside one that is silent', () => {
    build(db, { trunks: ['dead', 'alive'] });
    outside('911');
    const trunks = () => leg.rung.map(({ target }) => target.kind === 'trunk' && target.trunk);
    clock.advance(3_499);
    expect(trunks()).toEqual(['dead']);
    clock.advance(1);
    expect(trunks()).toEqual(['dead', 'alive']);
    leg.rung[1]!.listener.trying();
    clock.advance(8_499);
    expect(trunks()).toEqual(['dead', 'alive']);
  });

  it('use up the minutes of their phone, and emergency calls use none', () => {
    const talk = (dialled: string) => {
      const call = outside(dialled);
      leg.rung.at(-1)?.listener.answered();
      clock.advance(4 * 3_600_000);
      if (calls.list().includes(call)) call.hungUp({ disposition: 'answered', reason: 'caller-hung-up' });
      return call.record.verdict?.reason;
    };
    expect(['911', '911', '911'].map(talk)).toEqual(['caller-hung-up', 'caller-hung-up', 'caller-hung-up']);
    expect(['4165550123', '4165550123', '4165550123', '4165550123'].map(talk)).toEqual([
      ...['too-long', 'too-long', 'too-long'],
      'minutes-used-up',
    ]);
    expect(talk('911')).toBe('caller-hung-up');
  });

  it('for help are tried once more two seconds after every trunk failed', () => {
    outside('911');
    leg.rung[0]!.listener.failed('unreachable', undefined);
    clock.advance(1_999);
    expect(leg.rung).toHaveLength(1);
    clock.advance(1);
    expect(leg.rung).toHaveLength(2);
  });

  it('for help end neither by an order for all calls nor with the password of their phone', () => {
    const help = outside('911');
    leg.rung[0]!.listener.answered();
    expect([calls.hangUpAll(), calls.hangUpAll('dev_20')]).toEqual([0, 0]);
    calls.revoke('dev_20');
    expect(calls.list()).toEqual([help]);
    calls.hangUp(help.record.id);
    expect(calls.list()).toEqual([]);
  });

  it('end after the longest time, but not one for help', () => {
    const [usual, help] = ['4165550123', '911'].map((dialled) => {
      const call = outside(dialled);
      leg.rung[0]!.listener.answered();
      return call;
    });
    clock.advance(4 * 3_600_000 - 1);
    expect(calls.list()).toEqual([usual, help]);
    clock.advance(1);
    expect(calls.list()).toEqual([help]);
    expect(usual?.record.verdict).toEqual({ disposition: 'answered', reason: 'too-long' });
  });
});

describe('a phone that may call no more', () => {
  it('loses the calls it is a side of, at once, and others go on', () => {
    const own = calls.place(attempt('21'));
    leg.rung[0]!.listener.answered();
    const [first] = [leg];
    leg = new FakeLeg();
    const other = calls.place({ caller: { kind: 'device', device: devices[1]! }, dialled: '20', leg });
    calls.revoke('dev_22');
    expect(calls.list()).toEqual([own, other]);
    calls.revoke('dev_20');
    expect(first.told).toContain('hang up revoked');
    expect(store.get(own.record.id)?.verdict).toEqual({ disposition: 'answered', reason: 'revoked' });
    expect(leg.told).toEqual(['cancel 1 unregistered', 'reject offline']);
    expect(calls.list()).toEqual([]);
  });

  it('loses a call outside that it transferred, and keeps what it transferred inside', () => {
    const party = (deviceId: DeviceId | undefined, number: string) => ({ deviceId, personId: undefined, number, name: '' });
    const join = (callee: ReturnType<typeof party>, direction: 'internal' | 'outbound') =>
      calls.join({
        caller: party(undefined, '+1900'),
        callee,
        leg,
        direction,
        transferredFrom: 'call_1',
        requestedBy: 'dev_20',
        calleeLeg: { sipCallId: 'c', address: '' },
      });
    const outside = join(party(undefined, '+1901'), 'outbound');
    const inside = join(party('dev_21', '21'), 'internal');
    calls.revoke('dev_20');
    expect(calls.list()).toEqual([inside]);
    expect(store.get(outside.record.id)?.verdict?.reason).toBe('revoked');
    expect(calls.hangUpAll('dev_20')).toBe(0);
  });

  it('loses the call that it has answered', () => {
    const call = calls.place(attempt('21'));
    leg.rung[0]!.listener.answered();
    calls.revoke('dev_21');
    expect(leg.told).toContain('hang up revoked');
    expect(call.record.verdict).toEqual({ disposition: 'answered', reason: 'revoked' });
  });

  it('is ended with everybody by an admin’s one order, or alone', () => {
    calls.place(attempt('21'));
    leg = new FakeLeg();
    calls.place({ caller: { kind: 'device', device: devices[1]! }, dialled: '22', leg });
    const other = calls.place({ caller: { kind: 'device', device: devices[2]! }, dialled: '21', leg });
    expect(ask('hangUpAllCalls', { body: { deviceId: 'dev_20' } })).toEqual({ ended: 1 });
    expect(calls.list()).toEqual([other]);
    expect(ask('hangUpAllCalls', { body: {} })).toEqual({ ended: 1 });
    expect(store.get(other.record.id)?.verdict).toEqual({ disposition: 'cancelled', reason: 'hung-up-by-house' });
  });
});

const admin: Identity = { kind: 'token', id: 'token_1', personId: undefined, role: 'admin' };
const person = (personId: string | undefined): Identity => ({
  kind: 'token',
  id: 'token_2',
  personId: personId as PersonId | undefined,
  role: 'user',
});

type Reply = { items: { id: string; caller: { number: string } }[]; total: number; legs: unknown[]; state: string };

type Given = { identity?: Identity; query?: object; params?: object; body?: object };

function ask(id: string, given: Given = {}): Reply {
  const { reply, schema } = run(id, given);
  schema.parse(reply);
  return reply as Reply;
}

async function list(given: Given): Promise<Reply> {
  const { reply, schema } = run('listCallRecords', given);
  return schema.parse(await reply) as Reply;
}

function run(id: string, given: Given) {
  const none = { devices: { byId: () => undefined }, registrations: { of: () => [] }, nameOf: () => undefined };
  const control = new CallControl({
    ...none,
    calls,
    house: { open: () => Promise.resolve(undefined) },
    log: createLog({ level: 'silent' }),
  });
  const route = callRoutes({ calls, control, store, search: new CallSearch(db) }).find(({ endpoint }) => endpoint.id === id)!;
  const query = route.endpoint.query?.parse(given.query ?? {});
  const { params = {}, body, identity = admin } = given;
  return { reply: route.run({ params, query, body, identity } as never), schema: route.endpoint.reply };
}

describe('a call while the clock is set', () => {
  it.each([8 * 3_600_000, -3 * 86_400_000])('lasts as long as it really did (%i ms)', (byMs) => {
    const call = calls.place(attempt('21'));
    leg.rung[0]?.listener.progressed(180, false);
    clock.advance(4_000);
    clock.jump(byMs);
    clock.advance(1_000);
    leg.rung[0]?.listener.answered();
    clock.advance(2_000);
    clock.jump(byMs);
    call.hungUp({ disposition: 'answered', reason: 'caller-hung-up' });
    const { startedAt, answeredAt, endedAt } = store.get(call.record.id) ?? call.record;
    expect([(answeredAt ?? 0) - startedAt, (endedAt ?? 0) - (answeredAt ?? 0)]).toEqual([5_000, 2_000]);
    expect(ask('getCallRecord', { params: { id: call.record.id } })).toMatchObject({ durationSeconds: 2 });
    for (const one of store.legsOf(call.record.id)) expect(one.endedAt).toBeGreaterThanOrEqual(one.startedAt);
  });

  it('is not waited for in vain for longer than it was (the log)', () => {
    const call = calls.place(attempt('21'));
    clock.advance(3_000);
    clock.jump(-86_400_000);
    call.callerGone();
    expect(log.at(-1)).toContain('"waitedSeconds":3');
  });
});

describe('the routes', () => {
  it('list, filter and page the records', async () => {
    for (const dialled of ['21', '22', '99']) {
      const call = calls.place(attempt(dialled));
      if (dialled === '21') call.callerGone();
      clock.advance(60_000);
    }
    const start = clock.now() - 180_000;
    const count = async (query: object) => (await list({ query })).total;
    expect(await count({})).toBe(3);
    expect(await count({ number: '21' })).toBe(1);
    expect(await count({ number: '20' })).toBe(3);
    expect(await count({ device: 'dev_22' })).toBe(1);
    expect(await count({ person: 'usr_tom' })).toBe(1);
    expect(await count({ disposition: 'cancelled' })).toBe(1);
    expect(await count({ disposition: 'failed', direction: 'internal' })).toBe(1);
    expect(await count({ from: new Date(start + 1).toISOString() })).toBe(2);
    expect(await count({ to: new Date(start + 1).toISOString() })).toBe(1);
    expect(await count({ text: 'phone 2' })).toBe(3);
    expect(await count({ text: '100%' })).toBe(0);
    expect(await count({ text: '_' })).toBe(0);
    const page = await list({ query: { per_page: 2, page: 2, order: 'asc' } });
    expect(page.items).toHaveLength(1);
    expect(ask('getCallRecord', { params: { id: page.items[0]!.id } }).legs).toHaveLength(1);
  });

  it('show a user the calls that rang or left their devices, and no others', async () => {
    const { record } = calls.place(attempt('21'));
    for (const [identity, seen] of [
      [person('usr_eva'), 1],
      [person('usr_tom'), 1],
      [person('usr_ann'), 0],
      [person(undefined), 0],
    ] as const) {
      expect((await list({ identity })).total).toBe(seen);
      expect(ask('listCalls', { identity }).total).toBe(seen);
      const look = () => [ask('getCallRecord', { identity, params: record }), ask('getCall', { identity, params: record })];
      if (seen === 0) expect(look).toThrow('no such call');
      else expect(look()[1]?.state).toBe('ringing');
    }
    expect(() => ask('hangUpCall', { identity: person('usr_ann'), params: record })).toThrow('no such call');
    ask('hangUpCall', { identity: person('usr_tom'), params: record });
    expect(ask('listCalls').total).toBe(0);
  });
});

describe('a call to a ring group', () => {
  it('rings its phones one after another, then the mobile, with the time that each has', () => {
    build(db, { trunks: ['provider'], routing: { groups: () => [family] } });
    const call = calls.place(attempt('60'));
    expect(leg.rung.map(({ target }) => target.kind)).toEqual(['phone']);
    clock.advance(10_000);
    expect(
      leg.rung.map(({ target }) =>
        target.kind === 'phone' ? target.device.extension : target.kind === 'trunk' ? target.number : 'voice',
      ),
    ).toEqual(['21', '+14165550177']);
    leg.rung[1]?.listener.answered();
    expect(call.record).toMatchObject({ direction: 'internal', trunk: 'provider', callee: { number: '60', name: 'Family' } });
  });

  it('asks whoever answers at the mobile for a key, who calls and which key', () => {
    build(db, { trunks: ['provider'], routing: { groups: () => [family] } });
    calls.place(attempt('60'));
    clock.advance(10_000);
    const target = leg.rung[1]?.target;
    expect(target?.kind === 'trunk' ? target.screen : undefined).toMatchObject({
      accept: ['1'],
      say: [
        { kind: 'prompt', name: 'call-from' },
        { kind: 'number', digits: '20' },
        { kind: 'prompt', name: 'press-to-accept' },
      ],
    });
  });

  it('does not call the mobile where the house may not call such numbers', () => {
    build(db, { trunks: ['provider'], routing: { groups: () => [family], mayForward: () => false } });
    calls.place(attempt('60'));
    clock.advance(10_000);
    expect(leg.rung).toHaveLength(1);
    expect(leg.told.at(-1)).toMatch(/^reject/);
  });
});
