import type { ContactId, PersonId } from '#base/ids.ts';
import { withoutAccents } from '#base/without-accents.ts';
import { groupsOf } from './contact.ts';
import type { Contact, KnownCaller } from './contact.ts';
import { doubleName } from './doubles.ts';

type Entry = KnownCaller & {
  readonly personId: PersonId | undefined;
  /** Of the name. */
  readonly folded: string;
};

/** A group of the address book, and how many contacts are in it. */
export type ContactGroup = { readonly name: string; readonly contacts: number };

/** Contacts by number and by name, in memory: each call asks who it is. */
export class ContactIndex {
  readonly #byId = new Map<ContactId, Entry>();
  readonly #byNumber = new Map<string, Entry[]>();
  readonly #byName = new Map<string, Entry[]>();

  add(contact: Contact): void {
    const { id, name, personId } = contact;
    const entry = { id, name, groups: groupsOf(contact), personId, folded: fold(name) };
    this.#byId.set(id, entry);
    for (const number of numbersOf(contact)) addTo(this.#byNumber, number, entry);
    addTo(this.#byName, doubleName(name), entry);
  }

  remove(contact: Contact): void {
    this.#byId.delete(contact.id);
    for (const number of numbersOf(contact)) removeFrom(this.#byNumber, number, contact.id);
    removeFrom(this.#byName, doubleName(contact.name), contact.id);
  }

  /** A person's own contact first, then the house's; never another person's. */
  find(number: string, personId: PersonId | undefined): KnownCaller | undefined {
    const entries = this.#byNumber.get(number);
    if (entries === undefined) return undefined;
    const own = personId === undefined ? undefined : entries.find((entry) => entry.personId === personId);
    const found = own ?? entries.find((entry) => entry.personId === undefined);
    return found === undefined ? undefined : { id: found.id, name: found.name, groups: found.groups };
  }

  /** Of the house's contacts and this person's. */
  numbersNamed(text: string, personId: PersonId | undefined | 'anybody'): readonly string[] {
    const wanted = fold(text);
    const isSeen = (entry: Entry) => personId === 'anybody' || entry.personId === undefined || entry.personId === personId;
    return [...this.#byNumber].flatMap(([number, entries]) =>
      entries.some((entry) => isSeen(entry) && entry.folded.includes(wanted)) ? [number] : [],
    );
  }

  /** Of those who `maySee` shows, by name; what is written in several cases is one. */
  groups(maySee: (contact: Pick<Contact, 'personId'>) => boolean): readonly ContactGroup[] {
    const found = new Map<string, { name: string; contacts: number }>();
    for (const entry of this.#byId.values()) {
      if (!maySee(entry)) continue;
      for (const name of new Set(entry.groups)) {
        const known = found.get(name.toLowerCase());
        if (known === undefined) found.set(name.toLowerCase(), { name, contacts: 1 });
        else known.contacts += 1;
      }
    }
    return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** Contacts of this owner (undefined: the whole house) that share a name, then those that share a number. */
  *alike(personId: PersonId | undefined): Generator<{ readonly number: string | undefined; readonly ids: readonly ContactId[] }> {
    const theirs = (entries: readonly Entry[]) => entries.flatMap((entry) => (entry.personId === personId ? [entry.id] : []));
    for (const [name, entries] of this.#byName) {
      const ids = name === '' || entries.length < 2 ? [] : theirs(entries);
      if (ids.length > 1) yield { number: undefined, ids };
    }
    for (const [number, entries] of this.#byNumber) {
      const ids = entries.length < 2 ? [] : theirs(entries);
      if (ids.length > 1) yield { number, ids };
    }
  }
}

function addTo(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [entry]);
  else known.push(entry);
}

function removeFrom(map: Map<string, Entry[]>, key: string, contactId: ContactId): void {
  const rest = map.get(key)?.filter(({ id }) => id !== contactId) ?? [];
  if (rest.length === 0) map.delete(key);
  else map.set(key, rest);
}

function numbersOf({ numbers }: Contact): ReadonlySet<string> {
  return new Set(numbers.map(({ number }) => number));
}

function fold(name: string): string {
  return withoutAccents(name).toLowerCase();
}
