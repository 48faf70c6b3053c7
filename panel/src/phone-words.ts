// Whether a phone can ring, in the same words wherever it is shown.
import type { Phone } from './data.ts';
import type { Tone } from './parts/status.ts';
import type { Place } from './phone-server.ts';
import type { StringKey } from './strings/en.ts';

export type PhoneState = Phone['state'];

export const phoneStates = {
  online: { text: 'phone.online', tone: 'good' },
  silent: { text: 'phone.silent', tone: 'warning' },
  refused: { text: 'phone.refused', tone: 'warning' },
  offline: { text: 'phone.offline', tone: 'quiet' },
  off: { text: 'phone.off', tone: 'warning' },
} as const satisfies Record<PhoneState, { readonly text: StringKey; readonly tone: Tone }>;

type Words = { readonly t: (key: StringKey, values?: Record<string, string>) => string; readonly when: (at: number) => string };

/** Since when a phone is offline, and why. */
export function offlineText(offline: Phone['offline'], { t, when }: Words): string {
  if (offline === null) return t('phone.offline.never');
  return t(`phone.offline.${offline.reason}`, { when: when(Date.parse(offline.since)) });
}

/** What to look at in a phone that is offline. `place`: undefined for whoever does not see the server. */
export function offlineHelp({ username }: Pick<Phone, 'username'>, place: Place | undefined, { t }: Pick<Words, 't'>): string {
  return place === undefined ? t('phone.offline.text') : t('phone.offline.check', { server: place.server, username });
}

/** Those that cannot ring first, in their order otherwise. */
export function awayFirst<One extends Pick<Phone, 'state'>>(phones: readonly One[]): readonly One[] {
  return [...phones.filter(({ state }) => state !== 'online'), ...phones.filter(({ state }) => state === 'online')];
}
