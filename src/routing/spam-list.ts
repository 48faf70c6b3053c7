import type { Id } from '#base/ids.ts';

export type SpamListId = Id<'spam'>;

/** Numbers that others reported. Times in milliseconds since the Unix epoch. */
export type SpamList = {
  readonly id: SpamListId;
  readonly name: string;
  /** Where it is fetched from; undefined where it is uploaded. */
  readonly url: string | undefined;
  /** Whether the server is shown a token. */
  readonly hasToken: boolean;
  /** Of numbers that are not written in full; two letters. */
  readonly country: string;
  readonly refreshHours: number;
  /** False: it blocks nobody and is not fetched. */
  readonly isEnabled: boolean;
  /** Of the import that counts. */
  readonly generation: number;
  readonly numbers: number;
  readonly importedAt: number | undefined;
  /** The last time it was fetched or uploaded, with or without success. */
  readonly triedAt: number | undefined;
  /** Why that failed. */
  readonly problem: string | undefined;
  readonly createdAt: number;
};

/** The list that a caller stands on. */
export type SpamListMatch = { readonly listId: SpamListId; readonly name: string; readonly importedAt: number };

export const maxSpamLists = 20;
export const maxNumbersOfList = 500_000;
