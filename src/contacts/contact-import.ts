import type { Clock } from '#base/clock.ts';
import type { NewId, PersonId } from '#base/ids.ts';
import type { ImportReport } from '#contract/import-report.ts';
import { maxContacts } from './contact.ts';
import type { Card, Contact } from './contact.ts';
import type { Contacts } from './contacts.ts';
import type { ContactStore } from './contact-store.ts';
import { readContactRows } from './contact-csv.ts';
import { mergeCard } from './merge-card.ts';
import { readCard } from './read-card.ts';
import type { ReadNumber } from './read-card.ts';
import { readVcards } from './vcard-reader.ts';

export type ContactImportDeps = {
  readonly contacts: Contacts;
  readonly store: ContactStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly read: ReadNumber;
};

/** Cards are read and written part by part: calls go on meanwhile. */
const perWrite = 50;
const maxProblems = 100;

/** Adds the contacts of a file of vCards or CSV to a person's, or to the whole house's; says what became of each, with the lines. */
export class ContactImport {
  readonly #deps: ContactImportDeps;
  readonly #personId: PersonId | undefined;
  readonly #report = { added: 0, known: 0, changed: 0, refused: 0, problems: [] as { line: number; message: string }[] };
  /** By id: two cards of a file may be the same contact. */
  #part = new Map<string, Contact>();

  constructor(deps: ContactImportDeps, personId: PersonId | undefined) {
    this.#deps = deps;
    this.#personId = personId;
  }

  async run(text: string): Promise<ImportReport> {
    const { contacts } = this.#deps;
    let room = maxContacts - this.#deps.store.size;
    for (const reading of isVcard(text) ? readVcards(text) : readContactRows(text)) {
      const { line } = reading;
      if (reading.kind === 'bad') {
        this.#refuse(line, reading.problem);
        continue;
      }
      const read = readCard(reading.card, this.#deps.read);
      if (read.kind === 'refused') this.#refuse(line, read.problem);
      else if (room <= 0) this.#refuse(line, `There are ${maxContacts} contacts already`);
      else if (this.#take(read.card) === 'added') room -= 1;
      if (this.#part.size >= perWrite) await this.#write(contacts);
    }
    await this.#write(contacts);
    return this.#report;
  }

  #take(card: Card): 'added' | 'changed' | 'known' {
    const { store, newId, clock } = this.#deps;
    const isOurs = (contact: Contact) => contact.personId === this.#personId && contact.addressBookId === undefined;
    const current = (contact: Contact) => this.#part.get(contact.id) ?? contact;
    const pending = [...this.#part.values()];
    const sameUid =
      card.uid === undefined ? [] : [...store.byUid(card.uid, undefined), ...pending.filter(({ uid }) => uid === card.uid)];
    const sameName = [
      ...store.byName(card.name),
      ...pending.filter(({ name }) => name.toLowerCase() === card.name.toLowerCase()),
    ];
    const merge = mergeCard(card, sameUid.map(current).filter(isOurs), sameName.map(current).filter(isOurs));
    this.#report[merge.kind] += 1;
    const now = clock.now();
    if (merge.kind === 'changed') this.#part.set(merge.contact.id, { ...merge.contact, changedAt: now });
    if (merge.kind === 'added') {
      const id = newId('contact');
      const rest = { personId: this.#personId, cardGroups: [], addressBookId: undefined, createdAt: now, changedAt: now };
      this.#part.set(id, { ...card, ...rest, id });
    }
    return merge.kind;
  }

  async #write(contacts: Contacts): Promise<void> {
    const saved = [...this.#part.values()];
    this.#part = new Map();
    await contacts.apply({ saved, deleted: [] });
  }

  #refuse(line: number, message: string): void {
    this.#report.refused += 1;
    if (this.#report.problems.length < maxProblems) this.#report.problems.push({ line, message });
  }
}

function isVcard(text: string): boolean {
  return /^\ufeff?\s{0,100}BEGIN:VCARD/i.test(text.slice(0, 200));
}
