// Owns the people of the house, and what happens to what was theirs when one is removed.
// Called by http through person-routes.ts; app composes the ports by which other rooms release what they have of a person.
// Must stay true: there is always an administrator's API token, so that the house is never locked out of its own exchange.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { NewId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Listed } from '#contract/page.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Person, PersonQuery, Role } from './person.ts';
import type { PersonStore } from './person-store.ts';
import { assertAdminTokenLeft } from './tokens.ts';
import type { TokenStore } from './token-store.ts';

export type PeopleDeps = {
  readonly persons: PersonStore;
  readonly tokens: TokenStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
};

/**
 * How a room releases what SQL cannot: copies in memory, files. Called in the transaction that removes the person, while their rows are
 * still there; what it returns is called once they are gone for good. Rows go by their foreign key (`ON DELETE`): tokens and mailbox with
 * the person; phones, numbers and voicemails stay, and belong to the house.
 */
export type PersonRelease = (personId: PersonId) => () => void | Promise<void>;

export type PersonChange = {
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
};

export class People {
  readonly #deps: PeopleDeps;
  readonly #releases: PersonRelease[] = [];

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** Each of `releases` is called for every person who is removed. */
  onRemoved(releases: readonly PersonRelease[]): void {
    this.#releases.push(...releases);
  }

  list(query: PersonQuery): Listed<Person> {
    return this.#deps.persons.list(query);
  }

  /** By name. */
  all(): readonly Person[] {
    return this.#deps.persons.all();
  }

  byId(id: string): Person | undefined {
    return this.#deps.persons.byId(id);
  }

  /** Throws `not-found`. */
  get(id: string): Person {
    const person = this.byId(id);
    if (person === undefined) throw new AppError('not-found', 'There is no such person');
    return person;
  }

  /** Throws `conflict` where the username is taken. */
  create(given: { readonly username: string; readonly name: string; readonly role: Role }): Promise<Person> {
    const { persons, writes, clock, newId } = this.#deps;
    return writes.write(() => {
      this.#assertFree(given.username);
      const now = clock.now();
      const id = newId('person');
      const person: Person = { id, ...given, createdAt: now, changedAt: now };
      persons.insert(person);
      return person;
    });
  }

  /** Throws `not-found`, or `conflict` where the username is taken or no administrator's token would be left. */
  change(id: string, change: PersonChange): Promise<Person> {
    const { persons, tokens, writes, clock } = this.#deps;
    return writes.write(() => {
      const before = this.get(id);
      const { username = before.username, name = before.name, role = before.role } = change;
      if (username !== before.username) this.#assertFree(username);
      const person: Person = { ...before, username, name, role, changedAt: clock.now() };
      persons.update(person);
      assertAdminTokenLeft(tokens);
      return person;
    });
  }

  /** Removes the person and their tokens. Rejects with `not-found`, or `conflict` where no administrator's token would be left. */
  async delete(id: string): Promise<void> {
    const { persons, tokens, writes } = this.#deps;
    const released = await writes.write(() => {
      const person = this.get(id);
      const after = this.#releases.map((release) => release(person.id));
      persons.delete(person.id);
      assertAdminTokenLeft(tokens);
      return after;
    });
    await Promise.all(released.map((release) => this.#finish(release)));
  }

  /** The person is gone: one room that fails keeps neither the others nor the answer. */
  async #finish(release: () => void | Promise<void>): Promise<void> {
    try {
      await release();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'Something of a removed person was not released');
    }
  }

  #assertFree(username: string): void {
    if (this.#deps.persons.byUsername(username) === undefined) return;
    const details = [{ field: 'username', message: 'is taken' }];
    throw new AppError('conflict', `The username ${username} is taken`, { details });
  }
}
