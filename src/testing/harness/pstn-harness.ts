// Builds the part of the house that takes PSTN calls, on a real database, for tests and the benchmark of the webhooks.
// Called by tests of calls and twilio; nothing here runs in the product.
// Must stay true: calls, records and SQL are the real thing; phones, SIP legs, clock and tokens are not.
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { CallId, DeviceId } from '#base/ids.ts';
import { Calls } from '#calls/calls.ts';
import { callDecider } from '#calls/gather-facts.ts';
import type { FactSources } from '#calls/gather-facts.ts';
import { CdrStore } from '#calls/cdr-store.ts';
import { PstnCalls } from '#calls/pstn-calls.ts';
import { PstnCallStore } from '#calls/pstn-call-store.ts';
import type { Attempt, CallerLeg, LegListener, RingTarget } from '#calls/ports.ts';
import type { Verdict } from '#calls/verdict.ts';
import type { Facts } from '#contract/facts.ts';
import type { Device } from '#devices/device.ts';
import type { Registration } from '#devices/registration.ts';
import type { OurNumber } from '#numbers/number.ts';
import { openDatabase } from '#storage/database.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { factSources } from './routing-harness.ts';

export const ourNumber: OurNumber = {
  id: 'num_1',
  number: '+14165550100',
  name: 'Home',
  ownerPersonId: 'person_eva',
  voiceEnabled: true,
  createdAt: 0,
};

/** A phone of the number's owner. */
export function ownerPhone(extension: string): Device {
  return {
    id: `dev_${extension}` as DeviceId,
    name: `Phone ${extension}`,
    extension,
    username: extension,
    type: 'softphone',
    transports: ['udp'],
    personId: 'person_eva',
    recordingEnabled: false,
    sha256: false,
    enabled: true,
    createdAt: 0,
  };
}

/** A SIP leg of the network that records its commands. */
export class FakeCallerLeg implements CallerLeg {
  readonly sipCallId = 'sip-1';
  readonly address = 'tls 198.51.100.1:5061';
  readonly commands: string[] = [];
  readonly ringRequests: { readonly target: RingTarget; readonly listener: LegListener }[] = [];

  ring(target: RingTarget, listener: LegListener) {
    this.ringRequests.push({ target, listener });
    return {
      sipCallId: `out-${this.ringRequests.length}`,
      pass: () => {},
      connect: () => void this.commands.push('connect'),
      cancel: (why: string) => void this.commands.push(`cancel ${why}`),
      release: () => {},
    };
  }

  reject({ reason }: Verdict): void {
    this.commands.push(`reject ${reason}`);
  }

  hangUp(why: string): void {
    this.commands.push(`hang up ${why}`);
  }
}

export type PstnHarnessOptions = {
  readonly clock?: FakeClock;
  readonly db?: OpenedDatabase['db'];
  readonly path?: string;
  readonly numbers?: readonly OurNumber[];
  readonly phones?: readonly Device[];
  /** Ids of the phones that can be reached. */
  readonly registered?: readonly string[];
  readonly maxCalls?: number;
  /** Rules, switches and lists, in place of none. */
  readonly routing?: Partial<FactSources>;
};

/** PSTN calls, calls and their database; `publishedFacts` is what they emitted. */
export class PstnHarness {
  readonly clock: FakeClock;
  readonly db: OpenedDatabase['db'];
  readonly cdrs: CdrStore;
  readonly pstnCalls: PstnCalls;
  readonly calls: Calls;
  /** What calls are decided by. */
  readonly sources: FactSources;
  readonly events: Events<Facts>;
  readonly publishedFacts: string[] = [];

  constructor(options: PstnHarnessOptions = {}) {
    const { numbers = [ourNumber], phones = [ownerPhone('20')] } = options;
    const { registered = phones.map(({ id }) => id), maxCalls } = options;
    this.clock = options.clock ?? new FakeClock();
    const log = createLog({ level: 'silent' });
    const clock = this.clock;
    this.db = options.db ?? openDatabase({ path: options.path ?? ':memory:', log, clock }).db;
    this.cdrs = new CdrStore(this.db);
    const events = new Events<Facts>(log);
    this.events = events;
    for (const name of ['call.started', 'call.changed', 'call.ended', 'storage.failed'] as const) {
      events.on(name, (fact) => void this.publishedFacts.push(textOf(name, fact)));
    }
    const registration = {
      contactUri: 'sip:x@192.0.2.2',
      source: { protocol: 'udp', address: '192.0.2.2', port: 5060 },
    } as Registration;
    const registrations = { of: (id: string) => (registered.includes(id) ? [registration] : []) };
    const devices = {
      byExtension: (extension: string) => phones.find((one) => one.extension === extension),
      byId: (id: string) => phones.find((one) => one.id === id),
      ofPerson: (personId: string) => phones.filter((one) => one.personId === personId),
    };
    const byNumber = (number: string) => numbers.find((one) => one.number === number);
    let tokens = 0;
    this.sources = factSources({
      registrations,
      devices: { all: () => phones },
      people: { all: () => [{ id: 'person_eva', name: 'Eva' }] },
      ...options.routing,
    });
    const decideCall = callDecider(this.sources, clock);
    this.pstnCalls = new PstnCalls({
      clock,
      log,
      newId,
      events,
      devices,
      byNumber,
      decideCall,
      cdrs: this.cdrs,
      store: new PstnCallStore(this.db),
      newToken: () => `token-${(tokens += 1)}-${newId('call')}`,
      ...(maxCalls === undefined ? {} : { maxCalls }),
    });
    this.calls = new Calls({
      clock,
      log,
      newId,
      events,
      registrations,
      decideCall,
      ringSeconds: 30,
      pstnCalls: this.pstnCalls.sipLegs,
      store: this.cdrs,
      trunks: { names: () => [] },
      facts: {
        country: 'CA',
        devices,
        byNumber,
        hotlineOf: () => undefined,
        groupByExtension: () => undefined,
        callerIdOf: () => undefined,
        anyCallerId: () => undefined,
        nameOf: () => undefined,
      },
    });
    this.pstnCalls.start();
    this.calls.start();
  }

  /** The network's SIP leg of a call, with the token it was given. */
  leg(joinToken: string | undefined): FakeCallerLeg {
    const leg = new FakeCallerLeg();
    const caller = { kind: 'trunk', trunk: 'twilio', number: 'anonymous', name: '' } as const;
    const attempt: Attempt = { caller, dialled: 'pbx', leg, joinToken };
    this.placed = this.calls.place(attempt);
    return leg;
  }

  /** The call of the last leg. */
  placed: ReturnType<Calls['place']> | undefined;

  /** Every record, in short, in the order of their start: direction, end, caller → number. */
  records(): readonly string[] {
    const rows = this.db.prepare<[], { id: CallId }>('SELECT id FROM cdrs ORDER BY rowid').all();
    return rows.map(({ id }) => {
      const record = this.cdrs.get(id);
      const end = record?.verdict === undefined ? 'open' : `${record.verdict.disposition}/${record.verdict.reason}`;
      return `${record?.direction} ${end} ${record?.caller.number === '' ? 'hidden' : record?.caller.number} → ${record?.number}`;
    });
  }

  /** The legs of the last record: role, name, outcome. */
  legs(): readonly string[] {
    const last = this.db.prepare<[], { id: CallId }>('SELECT id FROM cdrs ORDER BY rowid DESC LIMIT 1').get();
    return this.cdrs.legsOf(last?.id ?? 'call_').map(({ role, name, outcome }) => `${role} ${name} ${outcome}`);
  }

  [Symbol.dispose](): void {
    this.pstnCalls.stop();
    this.db.close();
  }
}

function textOf(name: string, fact: object): string {
  return `${name} ${'state' in fact ? String(fact.state) : 'reason' in fact ? String(fact.reason) : ''}`.trim();
}
