import { countryName } from './rules/speech.ts';
import { speech } from './speech-of.ts';
import { t } from './words.ts';

/** A country, a kind of number or the first digits of numbers, as people say it. */
export function destinationName(destination: string): string {
  if (destination === 'premium-rate') return t('outgoing.premium');
  if (destination === 'international-networks') return t('outgoing.networks');
  return /^[A-Z]{2}$/.test(destination) ? countryName(destination, speech()) : t('outgoing.prefix', { digits: destination });
}
