import type { PersonId } from '#base/ids.ts';
import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { givenFields } from '#base/given-fields.ts';
import {
  changeAddressBook,
  createAddressBook,
  deleteAddressBook,
  getAddressBook,
  listAddressBooks,
  syncAddressBook,
} from '#contract/address-books.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { answerInMemory } from '#contract/page.ts';
import type { AddressBook } from './address-book.ts';
import type { AddressBooks } from './address-books.ts';

type Deps = { readonly addressBooks: AddressBooks; readonly isPerson: (personId: PersonId) => boolean };

export function addressBookRoutes({ addressBooks, isPerson }: Deps): readonly Route[] {
  return [
    handle(listAddressBooks, ({ query }) => answerInMemory(query, addressBooks.all(), toReply)),
    handle(createAddressBook, async ({ body: { password, enabled, personId, ...rest } }) => {
      if (personId !== null && !isPerson(personId)) {
        const details = [{ field: 'personId', message: 'is not a person of the house' }];
        throw new AppError('invalid', 'The address book is not valid', { details });
      }
      return toReply(await addressBooks.create({ ...rest, personId: personId ?? undefined, isEnabled: enabled }, password));
    }),
    handle(getAddressBook, ({ params }) => toReply(addressBooks.get(params.id))),
    handle(changeAddressBook, async ({ params, body: { enabled, ...rest } }) => {
      return toReply(
        await addressBooks.change(params.id, { ...givenFields(rest), ...(enabled === undefined ? {} : { isEnabled: enabled }) }),
      );
    }),
    handle(deleteAddressBook, ({ params }) => addressBooks.delete(params.id)),
    handle(syncAddressBook, async ({ params }) => toReply(await addressBooks.sync(params.id))),
  ];
}

function toReply(book: AddressBook) {
  return {
    id: book.id,
    name: book.name,
    personId: book.personId ?? null,
    url: book.url,
    username: book.username,
    refreshHours: book.refreshHours,
    enabled: book.isEnabled,
    syncedAt: isoTimeOrNull(book.syncedAt),
    triedAt: isoTimeOrNull(book.triedAt),
    problem: book.problem ?? null,
    createdAt: isoTime(book.createdAt),
  };
}
