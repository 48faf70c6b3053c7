// What a phone or a person may call, whom a child's line knows and where a hotline goes, in words.
import type { listCallPermissions } from '#contract/call-permissions.ts';
import type { listChildLines } from '#contract/child-lines.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import type { listHotlines } from '#contract/hotlines.ts';
import { and, countryName } from './rules/speech.ts';
import { speech } from './speech-of.ts';
import { t, tn } from './words.ts';

export type CallPermission = EndpointReply<typeof listCallPermissions>['items'][number];
export type ChildLine = EndpointReply<typeof listChildLines>['items'][number];
export type Hotline = EndpointReply<typeof listHotlines>['items'][number];

export function permissionText({
  allow,
  numbers,
  countries,
  hours,
}: Pick<CallPermission, 'allow' | 'numbers' | 'countries' | 'hours'>): string {
  const names = and(
    countries.map((code) => countryName(code, speech())),
    speech(),
  );
  const main = t(`permission.${allow}.short`, { countries: names });
  const also = numbers.length > 0 && allow !== 'house' ? tn('permission.numbers', numbers.length) : '';
  const when = hours.length > 0 ? t('permission.hours') : '';
  return [main, also, when].filter((text) => text !== '').join(' · ');
}

export function childLineText({
  allowed,
  contactGroups,
  isHouseAllowed,
  quiet,
}: Pick<ChildLine, 'allowed' | 'contactGroups' | 'isHouseAllowed' | 'quiet'>): string {
  const who = tn('child.allowed', allowed.length + contactGroups.length);
  return [who, isHouseAllowed ? t('child.house') : '', quiet.length > 0 ? t('child.quiet') : '']
    .filter((text) => text !== '')
    .join(' · ');
}

/** `name`: of the phone or group that it calls. */
export function hotlineText({ target, applies }: Pick<Hotline, 'target' | 'applies'>, name: string): string {
  return t(`hotline.${applies}`, { target: target.kind === 'number' ? target.number : name });
}
