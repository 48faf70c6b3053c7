import { shownName } from '#contract/display-name.ts';
import { normalizeDigits } from '#contract/normalize-digits.ts';
import { readCallerIdentity } from '#sip/message/caller-identity.ts';
import { splitList, userOf } from '#sip/message/headers.ts';
import type { SrfRequest } from '#sip/message/srf-types.ts';
import type { TrunkSettings } from './settings.ts';

/** An inbound call from a trunk: who is called and who calls, as the trunk says. */
export type TrunkCall = {
  readonly trunk: string;
  readonly dialled: string;
  /** The only number of ours that the trunk brings; undefined where there are several, or it is not known. */
  readonly onlyNumber: string | undefined;
  readonly number: string;
  readonly name: string;
  /** The token of a call that a webhook has announced. */
  readonly joinToken: string | undefined;
  /** The network's id of the call. */
  readonly networkCallId: string | undefined;
  readonly failsOver: boolean;
  readonly isSecure: boolean;
};

const maxDisplayLength = 64;

/** The Request-URI of a trunk's INVITE: the secret Contact that we registered, or a user of its choice. */
export type CalledUri = { readonly kind: 'registration' } | { readonly kind: 'user'; readonly number: string };

export function readTrunkCall(settings: TrunkSettings, request: SrfRequest, called: CalledUri): TrunkCall {
  const { callHeaders, numbers = [] } = settings;
  const { number, name } = readCallerIdentity((header) => headerOf(request, header));
  const joinToken = called.kind === 'registration' && callHeaders !== undefined ? headerOf(request, callHeaders.join) : '';
  const networkCallId = callHeaders?.name === undefined ? '' : sanitize(headerOf(request, callHeaders.name));
  return {
    trunk: settings.name,
    dialled: dialledIn(settings, request, called.kind === 'registration' ? '' : called.number),
    onlyNumber: numbers.length === 1 ? numbers[0] : undefined,
    number: sanitize(number),
    name: shownName(name, maxDisplayLength),
    joinToken: joinToken === '' ? undefined : joinToken,
    networkCallId: networkCallId === '' ? undefined : networkCallId,
    failsOver: settings.failsOver ?? false,
    isSecure: settings.isSecure ?? false,
  };
}

/** A trunk that calls a fixed user names the number in Diversion (RFC 5806); one that calls our registration, in a header or in To. */
function dialledIn({ callHeaders }: TrunkSettings, request: SrfRequest, user: string): string {
  const named = callHeaders === undefined ? '' : headerOf(request, callHeaders.number);
  if (named !== '') return named;
  if (isNumber(user)) return user;
  const [diversion = ''] = splitList(headerOf(request, 'diversion'));
  const diverted = userOf(diversion === '' ? undefined : diversion);
  if (isNumber(diverted)) return diverted;
  return user === '' ? userOf(request.headers['to']) : user;
}

/** drachtio-srf keeps the case of `X-…` names and lowers others. */
export function headerOf(request: SrfRequest, name: string): string {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(request.headers)) if (key.toLowerCase() === wanted) return value;
  return '';
}

/** Text from the network goes into records, onto displays and into datagrams. */
function sanitize(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
    .slice(0, maxDisplayLength)
    .toWellFormed();
}

function isNumber(user: string): boolean {
  return /^\+?\d+$/.test(normalizeDigits(user.split(';', 1)[0] ?? ''));
}
