import type { ContactId, Id, PersonId } from '#base/ids.ts';

export type AddressBookId = Id<'book'>;

/** `number`: E.164. `label`: such as `mobile`; may be empty. */
export type ContactNumber = { readonly number: string; readonly label: string };

/** Somebody outside whom the house knows. Times in milliseconds since the Unix epoch. */
export type Contact = {
  readonly id: ContactId;
  /** Whose; undefined: the whole house's. */
  readonly personId: PersonId | undefined;
  readonly name: string;
  readonly numbers: readonly ContactNumber[];
  /** Given here, such as `VIP` and `family`. */
  readonly groups: readonly string[];
  /** As the card says that it was read from. */
  readonly cardGroups: readonly string[];
  /** Of the card that it was read from. */
  readonly uid: string | undefined;
  /** The CardDAV server that it is read from again and again. */
  readonly addressBookId: AddressBookId | undefined;
  readonly createdAt: number;
  readonly changedAt: number;
};

/** What of it can be changed. */
export type ContactChange = Partial<Pick<Contact, 'personId' | 'name' | 'numbers' | 'groups'>>;

/** What a card or a row of a file says; numbers as they are written there. */
export type Card = {
  readonly uid: string | undefined;
  readonly name: string;
  readonly numbers: readonly ContactNumber[];
  readonly groups: readonly string[];
};

/** Who a number belongs to. */
export type KnownCaller = { readonly id: ContactId; readonly name: string; readonly groups: readonly string[] };

export const maxContacts = 20_000;
export const maxNumbersOfContact = 20;
export const maxGroupsOfContact = 20;

/** Of both kinds, each once. */
export function groupsOf({ groups, cardGroups }: Pick<Contact, 'groups' | 'cardGroups'>): readonly string[] {
  return [...new Set([...groups, ...cardGroups])];
}
