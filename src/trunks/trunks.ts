// Owns the trunks of providers: what is kept of each, and the order in which they are called.
// Called by its routes, and by app/trunks.ts, which makes them into what SIP uses.
// Must stay true: secrets are sealed on the disk, and sent to no server they were not given for; a change holds once it is on the disk.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { NewId, TrunkId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import { parseJson } from '#base/json.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { maxTrunks, twilioInOrder } from './trunk.ts';
import type { Trunk, TrunkInput, TrunkSecrets } from './trunk.ts';
import { trunkProblems } from './trunk-problems.ts';
import type { TrunkStore } from './trunk-store.ts';

export type TrunksDeps = {
  readonly store: TrunkStore;
  readonly secrets: SealedSecrets;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** Makes numbers of a trunk numbers of the house. */
  readonly addNumbers: (numbers: readonly string[]) => Promise<unknown>;
};

/** What the secrets of a trunk are; `locked`: the key does not open them. */
export type OpenedSecrets = TrunkSecrets | 'locked';

export type TrunkChange = Partial<TrunkInput> & { readonly [Name in keyof TrunkSecrets]?: string | null | undefined };

/** Another value of these sends the password elsewhere, or less protected. */
const leadsTo = ['host', 'port', 'transport', 'proxy'] as const;

export class Trunks {
  readonly #deps: TrunksDeps;
  readonly #listeners = new Set<(changed: TrunkId | undefined) => void>();
  #all: ReadonlyMap<TrunkId, Trunk>;
  #order: readonly string[];

  constructor(deps: TrunksDeps) {
    this.#deps = deps;
    this.#all = new Map(deps.store.all().map((trunk) => [trunk.id, trunk]));
    this.#order = deps.store.order();
  }

  /** Called when one has changed, or (undefined) their order. Returns the function that ends it. */
  onChange(listener: (changed: TrunkId | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** In the order in which they are called. */
  all(): readonly Trunk[] {
    const places = this.order();
    return [...this.#all.values()].toSorted((a, b) => places.indexOf(a.id) - places.indexOf(b.id));
  }

  /** Ids in the order in which they are called, with `twilio`, where it is set up or not; a new one is the last. */
  order(): readonly string[] {
    const known = new Set([...this.#all.keys(), twilioInOrder]);
    const set = this.#order.filter((id) => known.has(id));
    // Without an order, Twilio comes after the trunks that somebody entered.
    return [...set, ...[...known].filter((id) => !set.includes(id))];
  }

  byId(id: string): Trunk | undefined {
    return this.#all.get(id as TrunkId);
  }

  /** Throws `not-found`. */
  get(id: string): Trunk {
    const found = this.byId(id);
    if (found === undefined) throw new AppError('not-found', 'There is no such trunk');
    return found;
  }

  secretsOf(id: TrunkId): OpenedSecrets {
    const { secrets } = this.#deps;
    const opened = secrets.read(id);
    if (opened === undefined) return secrets.locked().includes(this.get(id).name) ? 'locked' : {};
    return (parseJson(opened) as TrunkSecrets | undefined) ?? 'locked';
  }

  /** The password that is kept, as long as it would go where it goes now. Throws `not-found`. */
  passwordFor(id: string, wanted: TrunkInput): string | undefined {
    const kept = this.get(id);
    const secrets = this.secretsOf(kept.id);
    return secrets === 'locked' || leadsElsewhere(kept, wanted) ? undefined : secrets.password;
  }

  /** Throws `invalid`, and `conflict` for a name that is taken. */
  async create(input: TrunkInput, given: TrunkSecrets): Promise<Trunk> {
    const { store, writes, newId, clock, addNumbers } = this.#deps;
    check(input, given);
    this.#checkName(input.name, undefined);
    if (this.#all.size >= maxTrunks)
      throw new AppError('conflict', `There are ${maxTrunks} trunks already`, because('limit-reached', { max: maxTrunks }));
    const trunk: Trunk = { ...input, id: newId('trunk'), createdAt: clock.now() };
    await addNumbers(input.numbers);
    await writes.write(() => {
      store.insert(trunk);
      this.#saveSecrets(trunk.id, given);
    });
    this.#keep(trunk);
    return trunk;
  }

  /** Throws `not-found`; `invalid` for another server without the password, which is not sent to a server it was not given for. */
  async change(id: string, { password, secretHeaderValue, ...change }: TrunkChange): Promise<Trunk> {
    const { store, writes, addNumbers } = this.#deps;
    const before = this.get(id);
    const trunk: Trunk = { ...before, ...change };
    const opened = this.secretsOf(before.id);
    const known = opened === 'locked' ? {} : opened;
    if (leadsElsewhere(before, trunk) && known.password !== undefined && password === undefined)
      throw invalid([{ field: 'password', message: 'must be given again for another server' }]);
    const secrets = {
      password: trunk.username === undefined ? undefined : changed(password, known.password),
      secretHeaderValue: trunk.secretHeaderName === undefined ? undefined : changed(secretHeaderValue, known.secretHeaderValue),
    };
    // One that is only switched or renamed keeps what cannot be opened now, for a key that is put back.
    const keepsLocked = opened === 'locked' && password === undefined && secretHeaderValue === undefined;
    if (!keepsLocked) check(trunk, secrets);
    this.#checkName(trunk.name, before.id);
    await addNumbers(trunk.numbers);
    await writes.write(() => {
      store.update(trunk);
      if (!keepsLocked) this.#saveSecrets(trunk.id, secrets);
    });
    this.#keep(trunk);
    return trunk;
  }

  /** Throws `not-found`. */
  async delete(id: string): Promise<void> {
    const { store, writes } = this.#deps;
    const trunk = this.get(id);
    await writes.write(() => store.delete(trunk.id));
    this.#all = new Map([...this.#all].filter(([one]) => one !== trunk.id));
    this.#order = this.#order.filter((one) => one !== id);
    this.#tell(trunk.id);
  }

  /** Those that are not named come after those that are. Throws `invalid` for an id that is none. */
  async setOrder(ids: readonly string[]): Promise<void> {
    const { store, writes } = this.#deps;
    const now = this.order();
    const unknown = ids.findIndex((id) => !now.includes(id));
    if (unknown !== -1) throw invalid([{ field: `ids.${unknown}`, message: 'is not the id of a trunk' }]);
    const order = [...new Set([...ids, ...now])];
    await writes.write(() => store.setOrder(order));
    this.#order = order;
    this.#tell(undefined);
  }

  #checkName(name: string, own: TrunkId | undefined): void {
    const same = (other: string) => other.localeCompare(name, undefined, { sensitivity: 'accent' }) === 0;
    if (![...this.#all.values()].some((other) => other.id !== own && same(other.name))) return;
    const details = [{ field: 'name', message: 'is the name of another trunk' }];
    throw new AppError('conflict', 'There is a trunk of this name already', { details });
  }

  #saveSecrets(id: TrunkId, { password, secretHeaderValue }: TrunkSecrets): void {
    const isEmpty = password === undefined && secretHeaderValue === undefined;
    this.#deps.secrets.save(id, isEmpty ? undefined : JSON.stringify({ password, secretHeaderValue }));
  }

  #keep(trunk: Trunk): void {
    this.#all = new Map([...this.#all, [trunk.id, trunk]]);
    this.#tell(trunk.id);
  }

  #tell(id: TrunkId | undefined): void {
    for (const listener of this.#listeners) {
      try {
        listener(id);
      } catch (error) {
        this.#deps.log.error({ err: error, trunk: id }, 'Trunk not applied');
      }
    }
  }
}

function leadsElsewhere(before: TrunkInput, after: TrunkInput): boolean {
  return leadsTo.some((field) => after[field] !== before[field]);
}

function changed(given: string | null | undefined, before: string | undefined): string | undefined {
  return given === undefined ? before : (given ?? undefined);
}

function check(trunk: TrunkInput, secrets: TrunkSecrets): void {
  const problems = trunkProblems(trunk, secrets);
  if (problems.length > 0) throw invalid(problems);
}

function invalid(details: readonly { readonly field: string; readonly message: string }[]): AppError {
  return new AppError('invalid', 'The trunk is not valid', { details: [...details] });
}
