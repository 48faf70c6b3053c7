import type { NumberId, PersonId } from '#base/ids.ts';

/** A phone number of ours. */
export type OurNumber = {
  readonly id: NumberId;
  /** E.164. */
  readonly number: string;
  readonly name: string;
  /** Whose devices ring, and who calls out with it. */
  readonly ownerPersonId: PersonId | undefined;
  /** False: calls to it are refused and none goes out with it. */
  readonly voiceEnabled: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
};
