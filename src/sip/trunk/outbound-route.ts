import { isIPv6 } from 'node:net';
import type { CallerId } from '#calls/ports.ts';
import type { ChallengeResponder } from '#sip/message/digest-credentials.ts';
import { escapeUser } from '#sip/message/headers.ts';
import type { InviteDestination } from '#sip/call/invite-destination.ts';
import { trunkEndpoint } from '#sip/relay/media-path.ts';
import type { TrunkSettings } from './settings.ts';

type OutboundCall = {
  readonly number: string;
  readonly from: CallerId;
  readonly credentials: ChallengeResponder | undefined;
};

/** Where the INVITE of an outbound call goes; undefined where this trunk takes none, or would show a number that must stay hidden. */
export function trunkDestination(
  settings: TrunkSettings,
  { number, from, credentials }: OutboundCall,
): InviteDestination | undefined {
  const { name, host, isSecure, outboundRoute: route = { kind: 'number', host } } = settings;
  if (route.kind === 'none') return undefined;
  const common = {
    uri: `sip:${escapeUser(number)}@${trunkHostPort(settings, route.host)}`,
    proxy: undefined,
    from,
    credentials,
    trunk: name,
    endpoint: trunkEndpoint(name, isSecure),
  };
  if (route.kind === 'account') {
    // Such a network shows one of our numbers whatever Privacy says.
    if (from.privacy === 'required') return undefined;
    const { username = '', domain = route.host } = settings;
    return {
      ...common,
      account: `sip:${escapeUser(username)}@${domain}`,
      headers: { [route.fromHeader]: from.number },
    };
  }
  const identity = from.number === '' ? {} : { 'P-Asserted-Identity': `<sip:${escapeUser(from.number)}@localhost>` };
  if (from.privacy === undefined) return { ...common, account: undefined, headers: identity };
  // RFC 3325 section 7: an anonymous From; the trunk withholds the asserted identity.
  return { ...common, from: { number: '', name: '' }, account: undefined, headers: { ...identity, Privacy: 'id' } };
}

/** `;transport=tls`, or empty for UDP. */
export function transportParamOf({ transport }: TrunkSettings): string {
  return transport === 'udp' ? '' : `;transport=${transport}`;
}

/** A host of the trunk as it stands in a URI, with its port and transport. */
export function trunkHostPort(settings: TrunkSettings, host: string): string {
  const shown = isIPv6(host) ? `[${host}]` : host;
  return `${shown}${settings.port === undefined ? '' : `:${settings.port}`}${transportParamOf(settings)}`;
}
