import { isoTime } from '#base/clock.ts';
import { decodeText } from '#base/decode-text.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { PersonId } from '#base/ids.ts';
import { houseOrOwn, ownerOf } from '#base/owner-of.ts';
import {
  changeContact,
  createContact,
  deleteContact,
  exportContactsCsv,
  exportContactsVcard,
  getContact,
  importContacts,
  listContactDoubles,
  listContactGroups,
  listContacts,
  mergeContacts,
} from '#contract/contacts.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { answerPage } from '#contract/page.ts';
import type { Listed } from '#contract/page.ts';
import { groupsOf } from './contact.ts';
import type { AddressBookId, Contact, ContactChange, ContactNumber } from './contact.ts';
import { writeContactRows } from './contact-csv.ts';
import { ContactImport } from './contact-import.ts';
import type { ContactImportDeps } from './contact-import.ts';
import type { Contacts } from './contacts.ts';
import type { Doubles } from './doubles.ts';
import type { ReadNumber } from './read-card.ts';
import { writeVcards } from './vcard-writer.ts';

type Deps = ContactImportDeps & {
  readonly isPerson: (id: PersonId) => boolean;
  readonly nameOfBook: (id: AddressBookId) => string;
};

const maxDoublesShown = 50;

/** Everybody sees the whole house's contacts and their own, an admin all. Users change their own alone. */
export function contactRoutes(deps: Deps): readonly Route[] {
  const { contacts, store, read } = deps;
  const toReply = (contact: Contact) =>
    toReplyOf(contact, contact.addressBookId === undefined ? null : deps.nameOfBook(contact.addressBookId));
  const personOf = (owner: PersonId | undefined): PersonId | undefined => {
    if (owner === undefined || deps.isPerson(owner)) return owner;
    const details = [{ field: 'personId', message: 'is not a person of the house' }];
    throw new AppError('invalid', 'The contact is not valid', { details });
  };
  return [
    handle(exportContactsCsv, ({ identity }) => ({
      contentType: 'text/csv',
      fileName: 'contacts.csv',
      read: () => writeContactRows(visibleTo(contacts.all(), identity)),
    })),
    handle(exportContactsVcard, ({ identity }) => ({
      contentType: 'text/vcard',
      fileName: 'contacts.vcf',
      read: () => writeVcards(visibleTo(contacts.all(), identity)),
    })),
    handle(importContacts, ({ body, query, identity }) => {
      return new ContactImport(deps, houseOrOwn(query.owner, identity)).run(decodeText(body.bytes));
    }),
    handle(listContacts, ({ query, identity }) => {
      const { group, number, text, owner } = query;
      const visibleOnly = identity?.role === 'admin' ? undefined : (identity?.personId ?? '');
      const of = owner === undefined ? undefined : owner === 'house' ? null : (identity?.personId ?? '');
      const filter = { visibleTo: visibleOnly, of, group, number, text };
      return answerPage(query, (request) => store.find(filter, request), toReply);
    }),
    handle(createContact, async ({ body, identity }) =>
      toReply(
        await contacts.create({
          personId: personOf(ownerOf(body.personId, identity)),
          name: body.name,
          numbers: readNumbers(body.numbers, read),
          groups: [...new Set(body.groups)],
          cardGroups: [],
          uid: undefined,
          addressBookId: undefined,
        }),
      ),
    ),
    handle(listContactGroups, ({ identity }) => {
      const groups = contacts.groups((one) => maySee(one, identity));
      return { items: groups.map(({ name, contacts: count }) => ({ name, contacts: count })), total: groups.length };
    }),
    handle(listContactDoubles, ({ identity }) => {
      const { items, total } = doublesFor(identity, contacts);
      return {
        items: items.map((one) => ({ number: one.number ?? null, contacts: one.contacts.map(toReply) })),
        total,
      };
    }),
    handle(mergeContacts, async ({ body, identity }) => {
      const [first, ...rest] = new Set(
        body.ids.map((id, at) => changeable(mentioned(contacts.byId(id), at, identity), identity).id),
      );
      if (first === undefined) throw new Error('No contact was named');
      return toReply(await contacts.merge([first, ...rest]));
    }),
    handle(getContact, ({ params, identity }) => toReply(visible(contacts.byId(params.id), identity))),
    handle(changeContact, async ({ params, body, identity }) => {
      const found = changeable(contacts.byId(params.id), identity);
      if (found.addressBookId !== undefined && Object.keys(body).some((name) => name !== 'groups')) throw isOfServer();
      const change: ContactChange = {
        ...(body.personId === undefined ? {} : { personId: personOf(ownerOf(body.personId, identity)) }),
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.numbers === undefined ? {} : { numbers: readNumbers(body.numbers, read) }),
        ...(body.groups === undefined ? {} : { groups: [...new Set(body.groups)] }),
      };
      return toReply(await contacts.change(found, change));
    }),
    handle(deleteContact, ({ params, identity }) => {
      const found = changeable(contacts.byId(params.id), identity);
      if (found.addressBookId !== undefined) throw isOfServer();
      return contacts.delete(found);
    }),
  ];
}

function* visibleTo(contacts: Iterable<Contact>, identity: Identity | undefined): Generator<Contact> {
  for (const contact of contacts) if (maySee(contact, identity)) yield contact;
}

function maySee({ personId }: Pick<Contact, 'personId'>, identity: Identity | undefined): boolean {
  return identity?.role === 'admin' || personId === undefined || personId === identity?.personId;
}

function visible(contact: Contact | undefined, identity: Identity | undefined): Contact {
  if (contact !== undefined && maySee(contact, identity)) return contact;
  throw new AppError('not-found', 'There is no such contact');
}

function changeable(contact: Contact | undefined, identity: Identity | undefined): Contact {
  const found = visible(contact, identity);
  if (identity?.role === 'admin' || found.personId !== undefined) return found;
  throw new AppError('forbidden', 'Only an administrator can change contacts of the whole house', because('house-contacts'));
}

/** Throws `invalid` with the places of those that are no numbers. */
function readNumbers(written: readonly ContactNumber[], read: ReadNumber): readonly ContactNumber[] {
  const numbers = written.map(({ number, label }) => ({ number: read(number), label }));
  const details = numbers.flatMap(({ number }, index) =>
    number === undefined
      ? [{ field: `numbers.${index}.number`, message: 'is not a phone number: write it like +14165550123' }]
      : [],
  );
  if (details.length > 0) throw new AppError('invalid', 'The contact is not valid', { details });
  const kept = new Map(numbers.map(({ number = '', label }) => [number, { number, label }]));
  return [...kept.values()];
}

function isOfServer(): AppError {
  return new AppError('conflict', 'This contact comes from a CardDAV server: change it there');
}

/** Throws `invalid` with its place in `ids`. */
function mentioned(contact: Contact | undefined, at: number, identity: Identity | undefined): Contact {
  if (contact !== undefined && maySee(contact, identity)) return contact;
  const details = [{ field: `ids.${at}`, message: 'is not the id of a contact that you see' }];
  throw new AppError('invalid', 'These contacts cannot be merged', { details });
}

/** Of which those can be changed who asks. */
function doublesFor(identity: Identity | undefined, contacts: Contacts): Listed<Doubles> {
  const own = identity?.personId === undefined ? [] : [identity.personId];
  const owners = identity?.role === 'admin' ? [undefined, ...own] : own;
  const found = owners.map((owner) => contacts.doubles(owner, maxDoublesShown));
  const items = found.flatMap((one) => one.items).slice(0, maxDoublesShown);
  return { items, total: found.reduce((sum, { total }) => sum + total, 0) };
}

function toReplyOf(contact: Contact, addressBookName: string | null) {
  return {
    id: contact.id,
    personId: contact.personId ?? null,
    name: contact.name,
    numbers: contact.numbers.map(({ number, label }) => ({ number, label })),
    groups: [...groupsOf(contact)],
    addressBookId: contact.addressBookId ?? null,
    addressBookName,
    createdAt: isoTime(contact.createdAt),
    changedAt: isoTime(contact.changedAt),
  };
}
