// Owns the accounts at CardDAV servers: reads their contacts by and by, and keeps what they said.
// Called by its routes and its own timer.
// Must stay true: a failure changes no contact; passwords are sealed on the disk and sent to their own server alone.
import type { Clock, Timer } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { maxAddressBooks } from './address-book.ts';
import type { AddressBook, ReadAddressBooks } from './address-book.ts';
import type { AddressBookStore } from './address-book-store.ts';
import { maxContacts } from './contact.ts';
import type { Contact } from './contact.ts';
import type { ContactStore } from './contact-store.ts';
import type { Contacts } from './contacts.ts';
import { isAcceptableServer } from './carddav-source.ts';
import type { ReadNumber } from './read-card.ts';
import { planSync } from './sync-plan.ts';

export type AddressBooksDeps = {
  readonly store: AddressBookStore;
  readonly contactStore: ContactStore;
  readonly contacts: Contacts;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly secrets: SealedSecrets;
  readonly read: ReadNumber;
  readonly readRemote: ReadAddressBooks;
  readonly events: Events<Facts>;
};

export type AddressBookInput = Pick<AddressBook, 'name' | 'personId' | 'url' | 'username' | 'isEnabled' | 'refreshHours'>;
export type AddressBookChange = Partial<Omit<AddressBookInput, 'personId'>> & { readonly password?: string };

const perWrite = 50;
const lookEveryMs = 10 * 60_000;
const maxSyncMs = 2 * 60_000;
const retryMs = 60 * 60_000;
const hourMs = 60 * 60_000;

export class AddressBooks {
  readonly #deps: AddressBooksDeps;
  readonly #busy = new Set<string>();
  readonly #stopped = new AbortController();
  #timer: Timer | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: AddressBooksDeps) {
    this.#deps = deps;
  }

  /** Begins to read what is due. */
  start(): void {
    const { clock, log } = this.#deps;
    const run = () => {
      this.#work = this.#work
        .then(() => this.syncDue())
        .catch((error: unknown) => log.warn({ err: error }, 'Address book sync failed'));
    };
    run();
    this.#timer = clock.every(lookEveryMs, run);
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#stopped.abort();
    await this.#work;
  }

  all(): readonly AddressBook[] {
    return this.#deps.store.all();
  }

  /** Throws `not-found`. */
  get(id: string): AddressBook {
    const book = this.#deps.store.byId(id);
    if (book === undefined) throw new AppError('not-found', 'There is no such address book');
    return book;
  }

  /** Throws `invalid` for an address that a password must not be sent to. */
  async create(input: AddressBookInput, password: string): Promise<AddressBook> {
    const { store, writes, newId, clock, secrets } = this.#deps;
    checkServer(input.url);
    if (store.all().length >= maxAddressBooks)
      throw new AppError(
        'conflict',
        `There are ${maxAddressBooks} address books already`,
        because('limit-reached', { max: maxAddressBooks }),
      );
    const none = { books: [], syncedAt: undefined, triedAt: undefined, problem: undefined };
    const book = { ...input, ...none, id: newId('book'), createdAt: clock.now() };
    await writes.write(() => store.insert(book, secrets.sealed(book.id, password)));
    this.#tell(book.id);
    return book;
  }

  /** Throws `not-found`; `invalid` for another address without the password, which is not sent to a server it was not given for. */
  async change(id: string, { password, ...change }: AddressBookChange): Promise<AddressBook> {
    const { store, writes, secrets } = this.#deps;
    const isMoved = change.url !== undefined && change.url !== this.get(id).url;
    if (change.url !== undefined) checkServer(change.url);
    if (isMoved && password === undefined) throw invalid('password', 'must be given again for another address');
    await writes.write(() => {
      store.update({ ...this.get(id), ...change, ...(isMoved ? { books: [] } : {}) });
      if (password !== undefined) secrets.save(id, password);
    });
    this.#tell(id);
    return this.get(id);
  }

  /** With the contacts that were read from it. Throws `not-found`. */
  async delete(id: string): Promise<void> {
    const { store, writes } = this.#deps;
    const book = this.get(id);
    await writes.write(() => store.update({ ...book, isEnabled: false }));
    await this.#apply([], this.#deps.contactStore.ofAddressBook(id));
    await writes.write(() => store.delete(id));
    this.#tell(id);
  }

  /** Reads it now, and says how it is then. Throws `not-found`, or `conflict` while it is being read. */
  async sync(id: string): Promise<AddressBook> {
    const book = this.get(id);
    if (this.#busy.has(id))
      throw new AppError('conflict', 'This address book is being updated right now', because('being-updated'));
    this.#busy.add(id);
    try {
      return await this.#sync(book);
    } finally {
      this.#busy.delete(id);
    }
  }

  /** Reads every address book that is switched on and old enough. */
  async syncDue(): Promise<void> {
    for (const book of this.all()) {
      if (this.#stopped.signal.aborted) return;
      if (isDue(book, this.#deps.clock.now()) && !this.#busy.has(book.id)) await this.sync(book.id);
    }
  }

  async #sync(book: AddressBook): Promise<AddressBook> {
    const { contactStore, clock, read } = this.#deps;
    const remote = await this.#readRemote(book);
    const now = clock.now();
    if (remote.kind === 'failed') return await this.#note(book.id, { triedAt: now, problem: remote.problem });
    const known = contactStore.ofAddressBook(book.id);
    const plan = planSync({ addressBook: book, remote: remote.books, known, room: maxContacts - contactStore.size, read });
    const added = plan.added.map((card): Contact => this.#toContact(card, book));
    await this.#apply([...added, ...plan.changed.map((contact) => ({ ...contact, changedAt: now }))], plan.deleted);
    const books = plan.problem === undefined ? remote.books.map(({ url }) => url) : book.books;
    return await this.#note(book.id, { triedAt: now, syncedAt: now, problem: plan.problem, books });
  }

  async #readRemote({ id, url, username }: AddressBook) {
    const { secrets, clock, readRemote } = this.#deps;
    const password = secrets.read(id);
    if (password === undefined)
      return { kind: 'failed', problem: 'Its password cannot be decrypted with the key of this house: enter it again' } as const;
    const timeout = new AbortController();
    const timer = clock.after(maxSyncMs, () => timeout.abort());
    try {
      return await readRemote({ url, username, password, signal: AbortSignal.any([timeout.signal, this.#stopped.signal]) });
    } finally {
      timer.cancel();
    }
  }

  #toContact(
    { uid, name, numbers, groups }: { readonly uid: string | undefined } & Pick<Contact, 'name' | 'numbers' | 'groups'>,
    book: AddressBook,
  ): Contact {
    const { newId, clock } = this.#deps;
    const now = clock.now();
    const times = { createdAt: now, changedAt: now };
    return {
      id: newId('contact'),
      personId: book.personId,
      name,
      numbers,
      groups: [],
      cardGroups: groups,
      uid,
      addressBookId: book.id,
      ...times,
    };
  }

  /** Part by part: calls go on meanwhile. */
  async #apply(saved: readonly Contact[], deleted: readonly Contact[]): Promise<void> {
    const { contacts } = this.#deps;
    for (let at = 0; at < deleted.length; at += perWrite)
      await contacts.apply({ saved: [], deleted: deleted.slice(at, at + perWrite) });
    for (let at = 0; at < saved.length; at += perWrite)
      await contacts.apply({ saved: saved.slice(at, at + perWrite), deleted: [] });
  }

  async #note(id: string, change: Partial<AddressBook>): Promise<AddressBook> {
    const { store, writes } = this.#deps;
    await writes.write(() => store.update({ ...this.get(id), ...change }));
    this.#tell(id);
    return this.get(id);
  }

  #tell(id: string): void {
    this.#deps.events.emit('address-book.changed', { addressBookId: id });
  }
}

function isDue({ isEnabled, triedAt, problem, refreshHours }: AddressBook, now: number): boolean {
  if (!isEnabled) return false;
  // Times may lie in the future where the clock was set.
  if (triedAt === undefined || triedAt > now) return true;
  return now - triedAt >= (problem === undefined ? refreshHours * hourMs : Math.min(retryMs, refreshHours * hourMs));
}

function checkServer(url: string): void {
  if (!isAcceptableServer(url))
    throw invalid('url', 'must begin with https://, or with http:// for a server inside the house, and hold no password');
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid', 'The address book is not valid', { details: [{ field, message }] });
}
