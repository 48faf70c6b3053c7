import { maxContacts } from './contact.ts';
import type { Card, Contact } from './contact.ts';
import type { AddressBook, RemoteBook } from './address-book.ts';
import { readCard } from './read-card.ts';
import type { ReadNumber } from './read-card.ts';
import { readVcards } from './vcard-reader.ts';

export type SyncPlan = {
  readonly added: readonly Card[];
  readonly changed: readonly Contact[];
  readonly deleted: readonly Contact[];
  /** What was kept although the server does not show it, or does not fit, in words. */
  readonly problem: string | undefined;
};

export type SyncFacts = {
  readonly addressBook: Pick<AddressBook, 'books'>;
  readonly remote: readonly RemoteBook[];
  /** What was read from it before; their UID is the address of the card. */
  readonly known: readonly Contact[];
  /** How many contacts there may still be. */
  readonly room: number;
  readonly read: ReadNumber;
};

/** What a reading of a server changes. An empty list removes nothing: a server that has lost its data must not take ours along. Pure. */
export function planSync({ addressBook, remote, known, room, read }: SyncFacts): SyncPlan {
  const byUrl = new Map(known.map((contact) => [contact.uid, contact]));
  const seen = new Set<string | undefined>();
  const added: Card[] = [];
  const changed: Contact[] = [];
  for (const { url, text } of remote.flatMap(({ cards }) => cards)) {
    const [reading] = readVcards(text);
    const written = reading?.kind === 'card' ? readCard(reading.card, read) : undefined;
    // One that cannot be read stays what it was; one that has lost its number goes.
    if (reading?.kind !== 'card' || written?.kind === 'read') seen.add(url);
    if (written?.kind !== 'read') continue;
    const contact = byUrl.get(url);
    if (contact === undefined) added.push({ ...written.card, uid: url });
    else if (!isSame(contact, written.card)) changed.push(withCard(contact, written.card));
  }
  const lost = lostProblem(addressBook, remote, known);
  const deleted = lost === undefined ? known.filter(({ uid }) => !seen.has(uid)) : [];
  const fits = Math.max(0, room + deleted.length);
  const problem = lost ?? (added.length > fits ? `There are ${maxContacts} contacts already: the rest was left out` : undefined);
  return { added: added.slice(0, fits), changed, deleted, problem };
}

function lostProblem(
  { books }: SyncFacts['addressBook'],
  remote: readonly RemoteBook[],
  known: readonly Contact[],
): string | undefined {
  const gone = books.find((book) => !remote.some(({ url }) => url === book));
  if (gone !== undefined) return `The server no longer lists ${gone}: its contacts are kept`;
  const isEmpty = remote.every(({ cards }) => cards.length === 0);
  return isEmpty && known.length > 0 ? 'The server no longer lists any contact: the existing ones are kept' : undefined;
}

function isSame(contact: Contact, card: Card): boolean {
  return (
    JSON.stringify([contact.name, contact.numbers, contact.cardGroups]) === JSON.stringify([card.name, card.numbers, card.groups])
  );
}

function withCard(contact: Contact, { name, numbers, groups }: Card): Contact {
  return { ...contact, name, numbers, cardGroups: groups };
}
