// Owns the people of the house, and what happens to what was theirs when one is removed.
// Called by http through person-routes.ts; app composes the ports by which other rooms release what they have of a person.
// Must stay true: an administrator can always sign in, by a password or an API token.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { NewId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { Listed } from '#contract/page.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Person, PersonQuery, Role } from './person.ts';
import type { PersonStore } from './person-store.ts';
import { personNames } from './home-assistant-names.ts';
import type { HomeAssistantUserNames } from './home-assistant-names.ts';
import { assertAdminLeft } from './last-admin.ts';
import type { FirstSetupStore } from './first-setup-store.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { assertGoodPassword } from './password-rules.ts';
import type { SessionStore } from './session-store.ts';
import type { TokenStore } from './token-store.ts';

export type PeopleDeps = {
  readonly persons: PersonStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly firstSetup: FirstSetupStore;
  readonly hasher: PasswordHasher;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
};

/**
 * How a room releases what SQL cannot: copies in memory, files. Called in the transaction that removes the person, while their rows are
 * still there; what it returns is called once they are gone for good. Rows go by their foreign key (`ON DELETE`): tokens and mailbox with
 * the person; phones, numbers and voicemails stay, and belong to the house.
 */
export type PersonRelease = (personId: PersonId) => () => void | Promise<void>;

export type PersonInput = {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly password?: string | undefined;
  readonly homeAssistantUserId?: string | null | undefined;
};

/** Null takes the password or the link away. */
export type PersonChange = {
  readonly [Field in Exclude<keyof PersonInput, 'password'>]?: PersonInput[Field] | undefined;
} & {
  readonly password?: string | null | undefined;
  /** Whoever is linked to the Home Assistant user now is so no longer, and goes where nothing is theirs. */
  readonly movesLink?: boolean | undefined;
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

  byId(id: PersonId): Person | undefined {
    return this.#deps.persons.byId(id);
  }

  byHomeAssistantUser(id: string): Person | undefined {
    return this.#deps.persons.byHomeAssistantUser(id);
  }

  /** Throws `not-found`. */
  get(id: PersonId): Person {
    const person = this.byId(id);
    if (person === undefined) throw new AppError('not-found', 'There is no such person');
    return person;
  }

  /** Rejects with `conflict` where the username or the Home Assistant user is taken, `invalid` for a bad password. */
  async create({ password, homeAssistantUserId, ...given }: PersonInput): Promise<Person> {
    const { writes, clock, newId, events } = this.#deps;
    const hash = await this.#hash(password, given);
    const created = await writes.write(() => {
      const now = clock.now();
      const hasPassword = hash !== undefined && hash !== null;
      const link = homeAssistantUserId ?? undefined;
      const person: Person = {
        id: newId('person'),
        ...given,
        hasPassword,
        homeAssistantUserId: link,
        createdAt: now,
        changedAt: now,
      };
      this.#insert(person, hash);
      return person;
    });
    events.emit('person.created', { personId: created.id });
    return created;
  }

  /**
   * Who a user of Home Assistant is here: the person linked to them, else a new one without a password. Their rights are Home Assistant's to
   * tell; the role kept here is that of a user, for tokens and sessions.
   */
  async ofHomeAssistant(user: HomeAssistantUserNames): Promise<Person> {
    const { persons, writes, clock, newId, events } = this.#deps;
    const linked = persons.byHomeAssistantUser(user.id);
    if (linked !== undefined) return linked;
    const { person, isNew } = await writes.write(() => {
      // Two requests of one page come at once.
      const meanwhile = persons.byHomeAssistantUser(user.id);
      if (meanwhile !== undefined) return { person: meanwhile, isNew: false };
      const now = clock.now();
      const added: Person = {
        id: newId('person'),
        ...personNames(user, (username) => persons.byUsername(username) !== undefined),
        role: 'user',
        hasPassword: false,
        homeAssistantUserId: user.id,
        createdAt: now,
        changedAt: now,
      };
      this.#insert(added, undefined);
      return { person: added, isNew: true };
    });
    if (isNew) events.emit('person.created', { personId: person.id });
    return person;
  }

  /** The first administrator, as `create`; runs inside the write of the first setup, which emits the fact after its commit. */
  insertAdmin(given: { readonly username: string; readonly name: string }, hash: string): Person {
    const { clock, newId } = this.#deps;
    const now = clock.now();
    const times = { createdAt: now, changedAt: now };
    const person: Person = {
      id: newId('person'),
      ...given,
      role: 'admin',
      hasPassword: true,
      homeAssistantUserId: undefined,
      ...times,
    };
    this.#insert(person, hash);
    return person;
  }

  /**
   * Rejects with `not-found`, `invalid` for a bad password, or `conflict` where the username or the Home Assistant user is taken or no
   * administrator could sign in any more. A new password ends all sessions of the person.
   */
  async change(id: PersonId, { password, movesLink = false, ...change }: PersonChange): Promise<Person> {
    const { persons, writes, clock, events } = this.#deps;
    const hash = await this.#hash(password, { ...this.get(id), ...withoutUndefined(change) });
    const { changed, unlinked } = await writes.write(() => {
      const before = this.get(id);
      const { username = before.username, name = before.name, role = before.role } = change;
      const link =
        change.homeAssistantUserId === undefined ? before.homeAssistantUserId : (change.homeAssistantUserId ?? undefined);
      const hasPassword = hash === undefined ? before.hasPassword : hash !== null;
      const person: Person = { ...before, username, name, role, hasPassword, homeAssistantUserId: link, changedAt: clock.now() };
      const former = movesLink && link !== before.homeAssistantUserId ? this.#unlink(link) : undefined;
      this.#assertFree(person);
      persons.update(person);
      this.#keepPassword(person, hash);
      assertAdminLeft(this.#deps);
      return { changed: person, unlinked: former };
    });
    events.emit('person.changed', { personId: id });
    if (unlinked !== undefined) await this.#afterUnlinking(unlinked);
    return changed;
  }

  /** Whose link it was. */
  #unlink(homeAssistantUserId: string | undefined): Person | undefined {
    const { persons, clock } = this.#deps;
    const former = homeAssistantUserId === undefined ? undefined : persons.byHomeAssistantUser(homeAssistantUserId);
    if (former !== undefined) persons.update({ ...former, homeAssistantUserId: undefined, changedAt: clock.now() });
    return former;
  }

  /** Somebody who only ever came by that link, and has nothing here, is nobody any more. */
  async #afterUnlinking({ id, role, hasPassword }: Person): Promise<void> {
    const { persons, events } = this.#deps;
    if (role === 'user' && !hasPassword && !persons.ownsAnything(id)) await this.delete(id);
    else events.emit('person.changed', { personId: id });
  }

  /** Removes the person, their sessions and tokens. Rejects with `not-found`, or `conflict` where no administrator could sign in any more. */
  async delete(id: PersonId): Promise<void> {
    const { persons, writes } = this.#deps;
    const released = await writes.write(() => {
      const person = this.get(id);
      const after = this.#releases.map((release) => release(person.id));
      persons.delete(person.id);
      assertAdminLeft(this.#deps);
      return after;
    });
    await Promise.all(released.map((release) => this.#finish(release)));
    this.#deps.events.emit('person.deleted', { personId: id });
  }

  /** The person is gone: one room that fails keeps neither the others nor the answer. */
  async #finish(release: () => void | Promise<void>): Promise<void> {
    try {
      await release();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'Cleanup after removing a person failed');
    }
  }

  #insert(person: Person, hash: string | null | undefined): void {
    this.#assertFree(person);
    this.#deps.persons.insert(person);
    this.#keepPassword(person, hash);
  }

  /** Undefined keeps the password there is. Once an administrator has one, nobody else becomes the first. */
  #keepPassword({ id, role, hasPassword }: Person, hash: string | null | undefined): void {
    const { persons, sessions, firstSetup, clock } = this.#deps;
    if (hash !== undefined) {
      persons.setPassword(id, hash);
      sessions.deleteOf(id);
    }
    if (role === 'admin' && hasPassword) firstSetup.close(clock.now());
  }

  /** Null and undefined as they are. */
  async #hash(
    password: string | null | undefined,
    owner: { readonly username: string; readonly name: string },
  ): Promise<string | null | undefined> {
    if (typeof password !== 'string') return password;
    assertGoodPassword(password, owner, 'password');
    return this.#deps.hasher.hash(password);
  }

  #assertFree({ id, username, homeAssistantUserId }: Person): void {
    const { persons } = this.#deps;
    const named = persons.byUsername(username);
    if (named !== undefined && named.id !== id) {
      const details = [{ field: 'username', message: 'is taken' }];
      throw new AppError('conflict', `The username ${username} is taken`, { details });
    }
    const linked = homeAssistantUserId === undefined ? undefined : persons.byHomeAssistantUser(homeAssistantUserId);
    if (linked === undefined || linked.id === id) return;
    const details = [{ field: 'homeAssistantUserId', message: `is linked to ${linked.name}` }];
    throw new AppError('conflict', `This Home Assistant user is already linked to ${linked.name}`, { details });
  }
}

function withoutUndefined<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
