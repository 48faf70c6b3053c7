import type { Phone } from './data.ts';
import { me } from './session.ts';

const key = 'gosip-usual-phone';

/** The phone that somebody calls with from this browser: the one of last time, else one of their own, else the first. */
export function usualPhone(phones: readonly Phone[]): Phone | undefined {
  const kept = read();
  const personId = me()?.person?.id;
  return phones.find(({ id }) => id === kept) ?? phones.find((one) => one.personId === personId) ?? phones[0];
}

export function usePhone(id: Phone['id']): void {
  try {
    window.localStorage.setItem(key, id);
  } catch {
    // A browser that keeps nothing asks anew each time.
  }
}

function read(): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}
