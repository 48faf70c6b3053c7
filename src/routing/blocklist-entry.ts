import type { Id, PersonId } from '#base/ids.ts';

export type BlocklistEntryId = Id<'block'>;
export type BlocklistKind = 'exact' | 'prefix' | 'regex';

/** Callers who reach nobody. Times in milliseconds since the Unix epoch. */
export type BlocklistEntry = {
  readonly id: BlocklistEntryId;
  readonly kind: BlocklistKind;
  /** E.164, the first digits of such a number with the plus, or a regular expression that is looked for in it. */
  readonly pattern: string;
  readonly reason: string;
  /** Whose calls they do not reach; undefined: everybody's. */
  readonly personId: PersonId | undefined;
  readonly isEnabled: boolean;
  /** Calls it blocked. */
  readonly hits: number;
  readonly lastHitAt: number | undefined;
  readonly createdAt: number;
};

/** What blocks a call. */
export type BlocklistMatch = Pick<BlocklistEntry, 'kind' | 'reason' | 'personId'> & { readonly entryId: BlocklistEntryId };
