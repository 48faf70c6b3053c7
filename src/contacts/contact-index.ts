import type { PersonId } from '#base/ids.ts';
import { withoutAccents } from '#base/without-accents.ts';
import { groupsOf } from './contact.ts';
import type { Contact, KnownCaller } from './contact.ts';

type Entry = KnownCaller & { readonly personId: PersonId | undefined; readonly folded: string };

/** Contacts by number, in memory: each call asks who it is. */
export class ContactIndex {
  readonly #byNumber = new Map<string, Entry[]>();

  add(contact: Contact): void {
    const { id, name, personId } = contact;
    const entry = { id, name, groups: groupsOf(contact), personId, folded: fold(name) };
    for (const number of numbersOf(contact)) this.#byNumber.set(number, [...(this.#byNumber.get(number) ?? []), entry]);
  }

  remove(contact: Contact): void {
    for (const number of numbersOf(contact)) {
      const rest = this.#byNumber.get(number)?.filter(({ id }) => id !== contact.id) ?? [];
      if (rest.length === 0) this.#byNumber.delete(number);
      else this.#byNumber.set(number, rest);
    }
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
}

function numbersOf({ numbers }: Contact): ReadonlySet<string> {
  return new Set(numbers.map(({ number }) => number));
}

function fold(name: string): string {
  return withoutAccents(name).toLowerCase();
}
