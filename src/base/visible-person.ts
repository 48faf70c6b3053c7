import { noPerson } from './ids.ts';
import type { PersonId } from './ids.ts';

/** Who asks; undefined: nobody is signed in. */
type Asking = { readonly role: 'admin' | 'user'; readonly personId: PersonId | undefined } | undefined;

/**
 * Whose things a list may show: for an administrator those of the person `asked` for, undefined being everybody's; for anyone else their
 * own, whatever they ask for, and for a token without a person none.
 */
export function visiblePerson(identity: Asking, asked?: PersonId): PersonId | undefined {
  return identity?.role === 'admin' ? asked : (identity?.personId ?? noPerson);
}
