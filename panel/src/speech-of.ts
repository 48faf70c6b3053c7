import type { Speech } from './rules/speech.ts';
import { locale, t } from './words.ts';

/** How the panel speaks now. */
export function speech(): Speech {
  const { tag, hour12 } = locale.value;
  return { t, tag, hour12 };
}
