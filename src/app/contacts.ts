// Composes the address book.
// Called by app.ts, before calls, which ask it who is calling.
// Must stay true: numbers are read in the house's country, as those of callers are.
import { contactRoutes } from '#contacts/contact-routes.ts';
import { ContactStore } from '#contacts/contact-store.ts';
import { Contacts } from '#contacts/contacts.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import { numberReader } from './read-number.ts';

export type ContactsRoom = { readonly contacts: Contacts; readonly face: RoomFace };

type ContactsDeps = AppContext & { readonly storage: Storage };

export function composeContacts({ options, storage, clock, newId }: ContactsDeps): ContactsRoom {
  const store = new ContactStore(storage.db);
  const contacts = new Contacts({ store, writes: storage.writes, clock, newId });
  const read = numberReader(options.house.country);
  return { contacts, face: faceOf({ routes: contactRoutes({ contacts, store, clock, newId, read }) }) };
}
