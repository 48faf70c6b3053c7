import type { PersonId } from '#base/ids.ts';
import type { AddressBookId } from './contact.ts';

/** An account at a CardDAV server whose contacts are read again and again. Times in milliseconds since the Unix epoch. */
export type AddressBook = {
  readonly id: AddressBookId;
  readonly name: string;
  /** Whose contacts they become; undefined: the whole house's. */
  readonly personId: PersonId | undefined;
  readonly url: string;
  readonly username: string;
  readonly isEnabled: boolean;
  readonly refreshHours: number;
  /** Of the books that were read the last time: their addresses. */
  readonly books: readonly string[];
  /** When its cards were read, and when that was tried the last time. */
  readonly syncedAt: number | undefined;
  readonly triedAt: number | undefined;
  /** Why they could not be read, or what was kept all the same. */
  readonly problem: string | undefined;
  readonly createdAt: number;
};

export const maxAddressBooks = 20;

/** What a CardDAV server has: each book with its cards, each with its address there. */
export type RemoteBook = {
  readonly url: string;
  readonly cards: readonly { readonly url: string; readonly text: string }[];
};

export type ReadAddressBooks = (account: {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly signal: AbortSignal;
}) => Promise<
  { readonly kind: 'ok'; readonly books: readonly RemoteBook[] } | { readonly kind: 'failed'; readonly problem: string }
>;
