// Escalations over a real database, with persons who each have one phone and calls that a test takes in hand.
// Called by the tests of escalations and by the program that their kill test kills.
// Must stay true: all but the calls is what the product uses.
import type { Clock } from '#base/clock.ts';
import { Events } from '#base/events.ts';
import { newId } from '#base/ids.ts';
import type { DeviceId, EscalationChainId, PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Escalation, EscalationState } from '#calls/escalation.ts';
import { Escalations } from '#calls/escalations.ts';
import type { EscalationsDeps } from '#calls/escalations.ts';
import { EscalationStore } from '#calls/escalation-store.ts';
import type { Facts } from '#contract/facts.ts';
import type { Device } from '#devices/device.ts';
import { dndOff } from '#routing/dnd.ts';
import type { Dnd } from '#routing/dnd.ts';
import type { EscalationChain, EscalationTarget } from '#routing/escalation-chain.ts';
import { EscalationChainStore } from '#routing/escalation-chain-store.ts';
import { openDatabase } from '#storage/database.ts';
import { FakeEscalationCaller } from './fake-escalation-caller.ts';

export const outside = '+14165550101';
export const persons = ['Anna', 'Ben', 'Carla'] as const;
export const personIdOf = (name: string): PersonId => `person_${name}` as const;
export const phoneOf = (name: string): DeviceId => `dev_${name}` as const;

export type EscalationHarnessOptions = {
  readonly clock: Clock;
  /** In memory by default. */
  readonly path?: string;
  /** Called before each change is stored. */
  readonly onStore?: () => void;
  /** Called with each thing that is told. */
  readonly onTold?: (what: string) => void;
};

export class EscalationHarness {
  readonly caller = new FakeEscalationCaller();
  /** What was told, such as `taken Anna`. */
  readonly told: string[] = [];
  readonly offline = new Set<DeviceId>();
  readonly dnd = { house: dndOff, persons: new Map<PersonId, Dnd>(), devices: new Map<DeviceId, Dnd>() };
  /** Phones for which it is quiet hours. */
  readonly quiet = new Set<DeviceId>();
  mayCall = true;
  readonly #options: EscalationHarnessOptions;
  readonly #db: ReturnType<typeof openDatabase>['db'];
  readonly #chains: EscalationChainStore;
  readonly store: EscalationStore;
  #running: Escalations | undefined;

  constructor(options: EscalationHarnessOptions) {
    this.#options = options;
    const log = createLog({ level: 'silent' });
    const { db } = openDatabase({ path: options.path ?? ':memory:', log, clock: options.clock });
    this.#db = db;
    this.store = new EscalationStore(db);
    this.#chains = new EscalationChainStore(db);
    const insert = db.prepare(
      "INSERT OR IGNORE INTO users (id, username, name, role, created_at, changed_at) VALUES (:id, :name, :name, 'user', 1, 1)",
    );
    for (const name of persons) insert.run({ id: personIdOf(name), name });
    this.restart();
  }

  /** As after a kill: what was in memory is gone. */
  restart(): void {
    const { clock } = this.#options;
    this.#running?.stop();
    const log = createLog({ level: 'silent' });
    const events = new Events<Facts>(log);
    this.#listen(events);
    this.#running = new Escalations({
      clock,
      log,
      events,
      newId,
      caller: this.caller,
      language: 'en-US',
      store: this.#watched(),
      chainOf: (id) => this.#chains.all().find((one) => one.id === id),
      callees: {
        devices: { all: () => devices, byId: (id) => devices.find((one) => one.id === id) },
        registrations: { of: (id) => (this.offline.has(id) ? [] : [{}]) },
        people: { all: () => persons.map((name) => ({ id: personIdOf(name), name })) },
        dnd: () => this.dnd,
        isQuietHours: ({ id }) => this.quiet.has(id),
        mayCall: () => this.mayCall,
        nameOfContact: () => undefined,
        nameOfNumber: (number) => (number === outside ? 'Neighbour' : undefined),
      },
    });
  }

  get escalations(): Escalations {
    if (this.#running === undefined) throw new Error('It does not run');
    return this.#running;
  }

  /** Steps as names together: `['Anna Ben', 'Carla']`; a number is one outside. */
  chain(steps: readonly string[], more: Partial<EscalationChain> = {}): EscalationChainId {
    const id = newId('chain');
    const usual = { rounds: 1, pauseSeconds: 10, ignoresDnd: true, ifNobody: 'alert' } as const;
    const read = steps.map((names) => ({ targets: names.split(' ').map(toTarget), seconds: 20 }));
    this.#chains.save({ id, name: 'Smoke', steps: read, createdAt: this.#options.clock.now(), ...usual, ...more });
    return id;
  }

  begin(chainId: EscalationChainId, idempotencyKey?: string): Escalation {
    const message = { kind: 'text', text: 'Smoke in the kitchen', language: 'en-US' } as const;
    return this.escalations.begin({ chainId, message, idempotencyKey });
  }

  stateOf({ id }: Pick<Escalation, 'id'>): EscalationState {
    return this.escalations.get(id).state;
  }

  /** What became of each call, such as `Anna no-answer`. */
  legsOf(escalation: Pick<Escalation, 'id'>): readonly string[] {
    return this.stateOf(escalation).legs.map(({ name, outcome }) => `${name} ${outcome ?? 'open'}`);
  }

  /** Whether anything can be written. */
  setWritable(isWritable: boolean): void {
    this.#db.pragma(`query_only = ${isWritable ? 'OFF' : 'ON'}`);
  }

  close(): void {
    this.escalations.stop();
    this.#db.close();
  }

  #watched(): EscalationsDeps['store'] {
    const { onStore = () => {} } = this.#options;
    const { store } = this;
    return {
      save: (...given) => {
        onStore();
        store.save(...given);
      },
      byId: (id) => store.byId(id),
      byKey: (key) => store.byKey(key),
      current: () => store.current(),
      personsOf: (id) => store.personsOf(id),
      find: (...given) => store.find(...given),
    };
  }

  #listen(events: Events<Facts>): void {
    const tell = (what: string) => {
      this.told.push(what);
      this.#options.onTold?.(what);
    };
    events.on('escalation.started', ({ name }) => tell(`started ${name}`));
    events.on('escalation.taken', ({ takenBy }) => tell(`taken ${takenBy}`));
    events.on('escalation.exhausted', ({ name }) => tell(`exhausted ${name}`));
    events.on('escalation.cancelled', () => tell('cancelled'));
    events.on('escalation.stood-down', ({ name, takenBy }) => tell(`${name}: ${takenBy} has it`));
  }
}

const devices = persons.map(
  (name) => ({ id: phoneOf(name), personId: personIdOf(name), name: `${name}'s phone`, enabled: true }) as Device,
);

function toTarget(name: string): EscalationTarget {
  return name === 'outside' ? { kind: 'number', number: outside } : { kind: 'person', id: personIdOf(name) };
}
