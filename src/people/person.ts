import type { Id } from '#base/ids.ts';

export type Role = 'admin' | 'user';

/** Somebody of the house. The role of a token made for a person is the person's. */
export type Person = {
  readonly id: Id<'person'>;
  /** Lower case, unique in the house. */
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly changedAt: string;
};

export type ApiToken = {
  readonly id: Id<'token'>;
  readonly name: string;
  readonly role: Role;
  readonly personId: Id<'person'> | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
};

export type Page<Item> = { readonly items: Item[]; readonly page: number; readonly perPage: number; readonly total: number };

type ListQuery<Sort extends string> = {
  readonly page: number;
  readonly per_page: number;
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
};

export type PersonQuery = ListQuery<'createdAt' | 'name' | 'username'> & { readonly role?: Role | undefined };
export type TokenQuery = ListQuery<'createdAt' | 'name'>;
