import { AppError } from './errors.ts';
import type { PersonId } from './ids.ts';

/** Who asks; undefined: nobody is signed in. */
type Asking = { readonly role: 'admin' | 'user'; readonly personId: PersonId | undefined } | undefined;

/**
 * Whose a new thing becomes; undefined: the whole house's. `asked`: whose it is to be; null: the whole house's; undefined: one's own, and
 * where an administrator asks, the house's. Throws `forbidden` for what is another person's, or the house's and no administrator asks.
 */
export function ownerOf(asked: PersonId | null | undefined, identity: Asking): PersonId | undefined {
  if (identity?.role === 'admin') return asked ?? undefined;
  const own = identity?.personId;
  if (own !== undefined && (asked === undefined || asked === own)) return own;
  throw new AppError('forbidden', 'You can only do this for yourself; for the whole house, ask an administrator', {
    because: { reason: 'own-only', values: {} },
  });
}

/** The same, where it is the whole house's or one's own. */
export function houseOrOwn(asked: 'house' | 'me' | undefined, identity: Asking): PersonId | undefined {
  return ownerOf(asked === 'house' ? null : asked === 'me' ? identity?.personId : undefined, identity);
}
