import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { PersonStore } from './person-store.ts';
import type { TokenStore } from './token-store.ts';

type AdminStores = { readonly persons: PersonStore; readonly tokens: TokenStore };

/** Whether an administrator can sign in: by a password, or by an API token that may do all and does not expire. */
export function isAdminLeft({ persons, tokens }: AdminStores): boolean {
  return persons.countAdminsWithPassword() > 0 || tokens.countAdmin() > 0;
}

/** Throws `conflict`, which rolls back the write it is part of, where no administrator could sign in any more. */
export function assertAdminLeft(stores: AdminStores): void {
  if (isAdminLeft(stores)) return;
  throw new AppError(
    'conflict',
    'This would leave no administrator who can sign in: give another one a password or an API token first',
    because('last-admin'),
  );
}
