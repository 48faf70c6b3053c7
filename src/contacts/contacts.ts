// Owns the address book: whom the house and its people know, in the database, and by number in memory.
// Called by its routes, by imports, by the reader of CardDAV servers, and by whoever names a caller.
// Must stay true: memory has what the database has; nobody learns a contact of another person.
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { ContactId, NewId, PersonId } from '#base/ids.ts';
import type { Facts } from '#contract/facts.ts';
import type { Listed } from '#contract/page.ts';
import { readByKeyset } from '#storage/keyset.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { maxContacts } from './contact.ts';
import type { Contact, ContactChange, KnownCaller } from './contact.ts';
import { emitContactFacts } from './contact-facts.ts';
import { ContactIndex } from './contact-index.ts';
import type { ContactGroup } from './contact-index.ts';
import type { ContactStore } from './contact-store.ts';
import { doublesAmong, mergeContacts } from './doubles.ts';
import type { Doubles } from './doubles.ts';

export type ContactsDeps = {
  readonly store: ContactStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  /** What names contacts names the one that is kept from now on: in the transaction that merges them. The result is called after it. */
  readonly merged: (gone: readonly ContactId[], kept: ContactId) => () => void;
};

/** More are not looked for: whoever merges these gets to the others. */
const maxDoubles = 500;
/** So many can be made one at once. */
export const maxMerged = 20;

export type ContactInput = Omit<Contact, 'id' | 'createdAt' | 'changedAt'>;

export class Contacts {
  readonly #deps: ContactsDeps;
  readonly #index = new ContactIndex();

  constructor(deps: ContactsDeps) {
    this.#deps = deps;
    for (const contact of this.all()) this.#index.add(contact);
  }

  /**
   * Whose number (E.164) it is: of the person's own contacts first, then of the whole house's; without a person of the house's alone. In
   * memory.
   */
  byNumber(number: string | undefined, personId?: PersonId): KnownCaller | undefined {
    return number === undefined ? undefined : this.#index.find(number, personId);
  }

  /** The numbers of whoever has `text` in their name, with accents and capitals or not, as `byNumber` would tell of them. In memory. */
  numbersNamed(text: string, personId: PersonId | undefined | 'anybody'): readonly string[] {
    return this.#index.numbersNamed(text, personId);
  }

  byId(id: string): Contact | undefined {
    return this.#deps.store.byId(id);
  }

  /** By id, which is the order in which they came. */
  all(): Generator<Contact> {
    return readByKeyset((id, limit) => this.#deps.store.after(id, limit));
  }

  /** The groups of what may be seen. */
  groups(maySee: (contact: Pick<Contact, 'personId'>) => boolean): readonly ContactGroup[] {
    return this.#index.groups(maySee);
  }

  /** What may be twice among the contacts of this owner (undefined: the whole house), and how many such there are; at most `limit` of them. */
  doubles(personId: PersonId | undefined, limit: number): Listed<Doubles> {
    const items: Doubles[] = [];
    const shown = new Set<string>();
    let total = 0;
    for (const { number, ids } of this.#index.alike(personId)) {
      // Whose name is the same are not shown once more for each number.
      if (total >= maxDoubles) break;
      const found = doublesAmong(
        ids.slice(0, maxMerged).flatMap((id) => this.#deps.store.byId(id) ?? []),
        number,
      );
      const key = found?.contacts
        .map(({ id }) => id)
        .toSorted()
        .join(' ');
      if (found === undefined || key === undefined || shown.has(key)) continue;
      shown.add(key);
      total += 1;
      if (items.length < limit) items.push(found);
    }
    return { items, total };
  }

  /** The whole house's, and the person's own. */
  *visibleTo(personId: PersonId | undefined): Generator<Contact> {
    for (const contact of this.all()) if (contact.personId === undefined || contact.personId === personId) yield contact;
  }

  async create(input: ContactInput): Promise<Contact> {
    const { store, clock, newId } = this.#deps;
    if (store.size >= maxContacts) throw tooMany();
    const now = clock.now();
    const contact = { ...input, id: newId('contact'), createdAt: now, changedAt: now };
    await this.apply({ saved: [contact], deleted: [] });
    return contact;
  }

  async change(contact: Contact, change: ContactChange): Promise<Contact> {
    const changed = { ...contact, ...change, changedAt: this.#deps.clock.now() };
    await this.apply({ saved: [changed], deleted: [] });
    return changed;
  }

  async delete(contact: Contact): Promise<void> {
    await this.apply({ saved: [], deleted: [contact] });
  }

  /**
   * Makes one of several: the first is kept with what the others have, and they are deleted, in one transaction with what names them. Throws
   * `conflict` where they cannot be one, or one was removed meanwhile.
   */
  async merge([first, ...rest]: readonly [ContactId, ...ContactId[]]): Promise<Contact> {
    const { store, writes, clock, events } = this.#deps;
    const done = await writes.write(() => {
      const [kept, ...others] = [first, ...rest].map((id) => store.byId(id) ?? gone());
      if (kept === undefined) return gone();
      const merge = mergeContacts(kept, others);
      if (merge.kind === 'refused') throw new AppError('conflict', merge.problem, { because: merge.because });
      const contact = { ...merge.contact, changedAt: clock.now() };
      store.save(contact);
      for (const { id } of others) store.delete(id);
      return { contact, kept, others, follow: this.#deps.merged(rest, first) };
    });
    for (const contact of [done.kept, ...done.others]) this.#index.remove(contact);
    this.#index.add(done.contact);
    done.follow();
    emitContactFacts(events, { before: [done.kept], saved: [done.contact], deleted: done.others });
    return done.contact;
  }

  /** Saves and deletes in one transaction; memory follows once it is on the disk. */
  async apply({ saved, deleted }: { readonly saved: readonly Contact[]; readonly deleted: readonly Contact[] }): Promise<void> {
    const { store, writes, events } = this.#deps;
    const before = await writes.write(() => {
      const known = saved.flatMap(({ id }) => store.byId(id) ?? []);
      for (const contact of saved) store.save(contact);
      for (const { id } of deleted) store.delete(id);
      return known;
    });
    for (const contact of [...before, ...deleted]) this.#index.remove(contact);
    for (const contact of saved) this.#index.add(contact);
    emitContactFacts(events, { before, saved, deleted });
  }

  /** For what the database removes by itself, in its transaction: contacts of a person or an address book. Call the result after it. */
  release(contacts: readonly Contact[]): () => void {
    return () => {
      for (const contact of contacts) this.#index.remove(contact);
      emitContactFacts(this.#deps.events, { before: [], saved: [], deleted: contacts });
    };
  }

  /** For a person who is being removed: their rows go with them. */
  releasePerson(personId: PersonId): () => void {
    return this.release(this.#deps.store.ofPerson(personId));
  }
}

function gone(): never {
  throw new AppError('conflict', 'One of these contacts is not there any more', because('contact-gone'));
}

export function tooMany(): AppError {
  return new AppError(
    'conflict',
    `There are ${maxContacts} contacts already: remove some first`,
    because('limit-reached', { max: maxContacts }),
  );
}
