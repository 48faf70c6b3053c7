import { clock } from './clock.ts';
import type { BlocklistEntry } from './data.ts';
import { formatWhen } from './format.ts';
import { locale, t, tn } from './words.ts';

/** Whom it blocks, in words. */
export function blockedText({ kind, pattern }: Pick<BlocklistEntry, 'kind' | 'pattern'>): string {
  return kind === 'exact' ? pattern : t(kind === 'prefix' ? 'block.begin' : 'block.match', { pattern });
}

/** How often it did, and when the last time. */
export function hitsText({ hits, lastHitAt }: Pick<BlocklistEntry, 'hits' | 'lastHitAt'>): string {
  if (hits === 0 || lastHitAt === null) return t('block.never');
  return tn('block.hits', hits, { when: formatWhen(Date.parse(lastHitAt), clock.now(), locale.value) });
}
