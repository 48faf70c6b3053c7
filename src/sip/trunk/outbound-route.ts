import { isIPv6 } from 'node:net';
import type { CallerId } from '#calls/ports.ts';
import { networkForm } from '#numbers/network-form.ts';
import type { ChallengeResponder } from '#sip/message/digest-credentials.ts';
import { escapeUser } from '#sip/message/headers.ts';
import type { InviteDestination } from '#sip/call/invite-destination.ts';
import { trunkEndpoint } from '#sip/relay/media-path.ts';
import type { NumberForm, OutboundRoute, TrunkSettings } from './settings.ts';

type OutboundCall = {
  readonly number: string;
  readonly from: CallerId;
  readonly credentials: ChallengeResponder | undefined;
};

/** Where the INVITE of an outbound call goes; undefined where this trunk takes none, or would show a number that must stay hidden. */
export function trunkDestination(
  settings: TrunkSettings,
  { number, from: shown, credentials }: OutboundCall,
): InviteDestination | undefined {
  const { name, host, isSecure, outboundRoute: route = { kind: 'number', host } } = settings;
  if (route.kind === 'none') return undefined;
  const from = callerIdAt(settings, shown);
  const common = {
    uri: `sip:${escapeUser(written(number, settings.calledForm))}@${trunkHostPort(settings, route.host)}`,
    proxy: proxyUriOf(settings),
    from,
    credentials,
    trunk: name,
    endpoint: trunkEndpoint(name, isSecure),
  };
  if (route.kind === 'account') {
    const { username = '', domain = route.host } = settings;
    const headers = accountHeaders(route, { number: from.number, domain });
    if (route.isAddress === true && from.privacy !== undefined)
      return { ...common, from: nobody, account: undefined, headers: { ...headers, Privacy: 'id' } };
    // Such a network shows one of our numbers whatever Privacy says.
    if (from.privacy === 'required') return undefined;
    return {
      ...common,
      account: `sip:${escapeUser(username)}@${domain}`,
      headers,
    };
  }
  const shownUri = `sip:${escapeUser(from.number)}@${route.fromHost ?? 'localhost'}`;
  const identity = from.number === '' ? {} : { 'P-Asserted-Identity': `<${shownUri}>` };
  const account = route.fromHost === undefined || from.number === '' ? undefined : shownUri;
  if (from.privacy === undefined) return { ...common, account, headers: identity };
  // RFC 3325 section 7: an anonymous From; the trunk withholds the asserted identity.
  return { ...common, from: nobody, account: undefined, headers: { ...identity, Privacy: 'id' } };
}

const nobody: CallerId = { number: '', name: '' };

/** A provider shows no number that is not one of its own, or refuses the call. */
function callerIdAt({ numbers = [], callerForm }: TrunkSettings, from: CallerId): CallerId {
  const [first = from.number] = numbers;
  const number = numbers.includes(from.number) ? from.number : first;
  return { ...from, number: written(number, callerForm) };
}

function accountHeaders(
  { fromHeader, isAddress = false }: Extract<OutboundRoute, { kind: 'account' }>,
  { number, domain }: { readonly number: string; readonly domain: string },
): Record<string, string> {
  if (fromHeader === undefined || (isAddress && number === '')) return {};
  return { [fromHeader]: isAddress ? `<sip:${escapeUser(number)}@${domain}>` : number };
}

function written(number: string, form: NumberForm | undefined): string {
  return form === undefined ? number : networkForm(form.form, form.country)(number);
}

/** The URI of the outbound proxy, where there is one. */
export function proxyUriOf(settings: TrunkSettings): string | undefined {
  const { proxy } = settings;
  if (proxy === undefined) return undefined;
  return `sip:${isIPv6(proxy) ? `[${proxy}]` : proxy}${transportParamOf(settings)};lr`;
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
