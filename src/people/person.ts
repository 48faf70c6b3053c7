import type { PersonId, TokenId } from '#base/ids.ts';
import type { TokenScope } from '#contract/endpoint.ts';

export type Role = 'admin' | 'user';

/** A person of the house. The role of a token made for a person is the person's. */
export type Person = {
  readonly id: PersonId;
  /** Lower case, unique in the house. */
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly hasPassword: boolean;
  /** Who this is in Home Assistant; unique in the house. */
  readonly homeAssistantUserId: string | undefined;
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly createdAt: number;
  readonly changedAt: number;
};

export type ApiToken = {
  readonly id: TokenId;
  readonly name: string;
  readonly role: Role;
  readonly personId: PersonId | undefined;
  readonly scope: TokenScope;
  readonly createdAt: number;
  /** Undefined where it is valid until it is revoked. */
  readonly expiresAt: number | undefined;
  readonly lastUsedAt: number | undefined;
};

export type ListQuery<Sort extends string> = {
  readonly limit: number;
  readonly offset: number;
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
};

export type PersonQuery = ListQuery<'createdAt' | 'name' | 'username'> & { readonly role?: Role | undefined };
export type TokenQuery = ListQuery<'createdAt' | 'name'>;
