import type { PersonId, SessionId } from '#base/ids.ts';
import type { ListQuery } from './person.ts';

/** A browser in which a person is signed in. */
export type Session = {
  readonly id: SessionId;
  readonly personId: PersonId;
  /** From where, and by which program, it was begun. */
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
};

export type SessionQuery = ListQuery<'lastUsedAt' | 'createdAt'> & { readonly personId: PersonId | undefined };
