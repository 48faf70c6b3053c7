// Owns the people of the house and the tokens that speak for them.
// Called by http through person-routes.ts, and by app.ts, which asks whom a token stands for.
// Must stay true: there is always a token of an administrator, so that nobody locks the house out of its own exchange.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { NewId } from '#base/ids.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Page, Person, PersonQuery, Role } from './person.ts';
import type { PersonStore } from './person-store.ts';
import { assertAdminTokenLeft } from './tokens.ts';
import type { TokenStore } from './token-store.ts';

export type PeopleDeps = {
  readonly persons: PersonStore;
  readonly tokens: TokenStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Lets go of what a person owned in rooms that people knows nothing of. */
  readonly releasePerson?: (personId: string) => void;
};

export type PersonChange = {
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
};

export class People {
  readonly #deps: PeopleDeps;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  list(query: PersonQuery): Page<Person> {
    return this.#deps.persons.list(query);
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
      persons.insert({ id, ...given, createdAtMs: now, changedAtMs: now });
      return this.get(id);
    });
  }

  /** Throws `not-found`, or `conflict` where the username is taken or no administrator's token would be left. */
  change(id: string, change: PersonChange): Promise<Person> {
    const { persons, tokens, writes, clock } = this.#deps;
    return writes.write(() => {
      const before = this.get(id);
      const { username = before.username, name = before.name, role = before.role } = change;
      if (username !== before.username) this.#assertFree(username);
      persons.update({ id: before.id, username, name, role }, clock.now());
      assertAdminTokenLeft(tokens);
      return this.get(id);
    });
  }

  /** Removes the person and their tokens. Throws `not-found`, or `conflict` where no administrator's token would be left. */
  async delete(id: string): Promise<void> {
    const { persons, tokens, writes, releasePerson } = this.#deps;
    await writes.write(() => {
      if (!persons.delete(id)) throw new AppError('not-found', 'There is no such person');
      assertAdminTokenLeft(tokens);
    });
    releasePerson?.(id);
  }

  #assertFree(username: string): void {
    if (this.#deps.persons.byUsername(username) === undefined) return;
    const details = [{ field: 'username', message: 'is taken' }];
    throw new AppError('conflict', `The username ${username} is taken`, { details });
  }
}
