// Composes the address book, and what reads it from servers.
// Called by app.ts, before calls, which ask it who is calling.
// Must stay true: numbers are read in the house's country, as those of callers are.
import type { PersonId } from '#base/ids.ts';
import { addressBookRoutes } from '#contacts/address-book-routes.ts';
import { AddressBookStore } from '#contacts/address-book-store.ts';
import { AddressBooks } from '#contacts/address-books.ts';
import { readAddressBooks } from '#contacts/carddav-source.ts';
import { contactRoutes } from '#contacts/contact-routes.ts';
import { ContactStore } from '#contacts/contact-store.ts';
import { Contacts } from '#contacts/contacts.ts';
import type { People } from '#people/people.ts';
import type { EscalationChains } from '#routing/escalation-chains.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import { numberReader } from './read-number.ts';

export type ContactsRoom = { readonly contacts: Contacts; readonly face: RoomFace };

type ContactsDeps = AppContext & {
  readonly storage: Storage;
  readonly secrets: SealedSecrets;
  readonly people: People;
  readonly chains: EscalationChains;
};

export function composeContacts(deps: ContactsDeps): ContactsRoom {
  const { options, storage, secrets, people, clock, newId, stack } = deps;
  const store = new ContactStore(storage.db);
  const { writes } = storage;
  const contacts = new Contacts({
    store,
    writes,
    clock,
    newId,
    events: deps.events,
    merged: (gone, kept) => deps.chains.replaceContacts(gone, kept),
  });
  const read = numberReader(options.house.country);
  const addressBooks = new AddressBooks({
    store: new AddressBookStore(storage.db),
    contactStore: store,
    contacts,
    writes,
    clock,
    newId,
    log: deps.log.child({ room: 'contacts' }),
    secrets,
    read,
    readRemote: readAddressBooks,
    events: deps.events,
  });
  stack.defer(() => addressBooks.stop());
  // What is read into memory alone would be read again at every start.
  if (storage.mode === 'normal') addressBooks.start();
  const isPerson = (personId: PersonId) => people.byId(personId) !== undefined;
  const routes = [
    ...contactRoutes({ contacts, store, clock, newId, read, isPerson, nameOfBook: (id) => addressBooks.get(id).name }),
    ...addressBookRoutes({ addressBooks, isPerson }),
  ];
  return { contacts, face: faceOf({ routes }) };
}
