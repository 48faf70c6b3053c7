// Owns our phone numbers: who owns each, whether it takes and makes calls.
// Called by its routes, by calls (who rings for a number, which number a person calls out with) and by messages (whose number it is).
// Every number is E.164 and there is one row for it.
import { AppError } from '#base/errors.ts';
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { NewId, NumberId, PersonId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { NumberQuery, NumberStore } from './number-store.ts';
import type { OurNumber } from './number.ts';

export type NumberInput = Pick<OurNumber, 'number' | 'name' | 'ownerPersonId' | 'voiceEnabled'>;
export type NumberChange = {
  readonly name?: string;
  readonly ownerPersonId?: PersonId | undefined;
  readonly voiceEnabled?: boolean;
};

type NumbersDeps = {
  readonly store: NumberStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
};

export class Numbers {
  readonly #store: NumberStore;
  readonly #writes: WriteBatch;
  readonly #clock: Clock;
  readonly #newId: NewId;
  readonly #events: Events<Facts>;

  constructor({ store, writes, clock, newId, events }: NumbersDeps) {
    this.#store = store;
    this.#writes = writes;
    this.#clock = clock;
    this.#newId = newId;
    this.#events = events;
  }

  /** Throws `conflict` where the number is there already, `invalid` where no person has the owner's id. */
  async create(input: NumberInput): Promise<OurNumber> {
    const number: OurNumber = { ...input, id: this.#newId('num'), createdAt: this.#clock.now() };
    await this.#writes.write(() => translateConstraintErrors(() => this.#store.insert(number)));
    this.#events.emit('number.created', { numberId: number.id });
    return number;
  }

  /** Adds those that are not there yet, without a name and an owner; they take calls. Returns them. */
  async addMissing(numbers: readonly string[]): Promise<readonly string[]> {
    const missing = [...new Set(numbers)].filter((number) => this.byNumber(number) === undefined);
    await Promise.all(missing.map((number) => this.create({ number, name: '', ownerPersonId: undefined, voiceEnabled: true })));
    return missing;
  }

  /** Throws `not-found`, or `invalid` where no person has the owner's id. */
  async change(id: NumberId, change: NumberChange): Promise<OurNumber> {
    const changed = await this.#writes.write(() => {
      const number = { ...this.get(id), ...change };
      translateConstraintErrors(() => this.#store.update(number));
      return number;
    });
    this.#events.emit('number.changed', { numberId: id });
    return changed;
  }

  /** Throws `not-found`. */
  async delete(id: NumberId): Promise<void> {
    await this.#writes.write(() => this.#store.delete(this.get(id).id));
    this.#events.emit('number.deleted', { numberId: id });
  }

  byId(id: NumberId): OurNumber | undefined {
    return this.#store.byId(id);
  }

  /** Throws `not-found`. */
  get(id: NumberId): OurNumber {
    const found = this.byId(id);
    if (found === undefined) throw new AppError('not-found', 'There is no such number');
    return found;
  }

  list(query: NumberQuery): { readonly items: readonly OurNumber[]; readonly total: number } {
    return { items: this.#store.list(query), total: this.#store.count(query.personId) };
  }

  /** The oldest first. */
  all(): readonly OurNumber[] {
    return this.#store.all();
  }

  /** Of a number in E.164; undefined where it is not ours. */
  byNumber(number: string): OurNumber | undefined {
    return this.#store.byNumber(number);
  }

  /** A person's numbers, the oldest first; for `undefined`, those of the house that have no owner. */
  ofPerson(personId: PersonId | undefined): readonly OurNumber[] {
    return this.#store.ofPerson(personId);
  }

  /** The number a person calls out with: their first that takes calls; for `undefined`, the first of the house that has no owner. */
  callerIdOf(personId: PersonId | undefined): OurNumber | undefined {
    return this.#store.ofPerson(personId).find(({ voiceEnabled }) => voiceEnabled);
  }

  /** Where the caller has no number of their own, for calls that must not fail for it. */
  anyCallerId(): OurNumber | undefined {
    return this.#store.all().find(({ voiceEnabled }) => voiceEnabled);
  }

  /** The number that an outbound call shows: the requested one if it is ours and takes calls, else any that does. */
  callerIdFor(requested: string): OurNumber | undefined {
    const ours = this.#store.byNumber(requested);
    return ours?.voiceEnabled === true ? ours : this.anyCallerId();
  }
}

function translateConstraintErrors(run: () => void): void {
  try {
    run();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'SQLITE_CONSTRAINT_UNIQUE') {
      const details = [{ field: 'number', message: 'is one of our numbers already' }];
      throw new AppError('conflict', 'This number is one of ours already', { cause: error, details });
    }
    if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') {
      const details = [{ field: 'ownerPersonId', message: 'is not a person of the house' }];
      throw new AppError('invalid', 'The owner is not a person of the house', { cause: error, details });
    }
    throw error;
  }
}
