import type { Phone } from './data.ts';
import { keep, kept } from './kept.ts';
import { me } from './session.ts';

const key = 'gosip-usual-phone';

/** The phone that somebody calls with from this browser: the one of last time, else one of their own, else the first. */
export function usualPhone(phones: readonly Phone[]): Phone | undefined {
  const last = kept(key);
  const personId = me()?.person?.id;
  return phones.find(({ id }) => id === last) ?? phones.find((one) => one.personId === personId) ?? phones[0];
}

export function usePhone(id: Phone['id']): void {
  keep(key, id);
}
