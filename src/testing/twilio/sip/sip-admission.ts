import { parseNameAddr } from '#sip-engine/message/fields.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import { parseUri } from '#sip-engine/message/uri.ts';
import type { Challenger } from './sip-digest.ts';
import { domainName, isInRanges } from './sip-names.ts';
import { readDescription } from './sip-sdp.ts';
import type { SipSwitches } from './sip-switches.ts';
import type { WireFlow } from './sip-wire.ts';
import type {
  AddressRange,
  CredentialLookup,
  SipDirectory,
  SipDomainFacts,
  TrunkFacts,
} from '#testing/twilio/base/voice-side.ts';

export type InviteAdmission = {
  readonly kind: 'domain' | 'trunk';
  readonly domain: string;
  readonly username: string | undefined;
  readonly secure: boolean;
};

export type AdmissionResult =
  | { readonly kind: 'admitted'; readonly admission: InviteAdmission }
  | { readonly kind: 'challenge'; readonly isStale: boolean }
  /** A Request-URI that names no domain of Twilio's gets no answer at all. */
  | { readonly kind: 'dropped'; readonly why: string }
  | Refused;

type Refused = { readonly kind: 'refused'; readonly status: number; readonly reason?: string; readonly code?: number };

export type AdmissionRules = {
  readonly directory: SipDirectory;
  readonly challenger: Challenger;
  readonly switches: SipSwitches;
};

const minHops = 20;
const e164 = /^\+[1-9]\d{6,14}$/;
/** Taken over every way out, from numbers of their country. */
export const emergency: ReadonlySet<string> = new Set(['911', '933', '112', '999', '000']);

/** Whether an INVITE of the house is let in (termination by SIP Domain or by trunk). */
export function admit(request: SipMessage, flow: WireFlow, rules: AdmissionRules): AdmissionResult {
  const uri = parseUri(request.requestUri);
  const name = uri && domainName(uri.host);
  if (name === undefined) return { kind: 'dropped', why: `The Request-URI ${request.requestUri} names no domain of Twilio's` };
  const { directory } = rules;
  const place = name.kind === 'domain' ? directory.domain(name.name) : directory.trunk(name.name);
  if (place === undefined) {
    return name.kind === 'trunk'
      ? { kind: 'dropped', why: `There is no trunk ${name.name}` }
      : { kind: 'refused', status: 404, code: 32_002 };
  }
  if (Number(request.get('max-forwards') ?? 70) < minHops) return { kind: 'refused', status: 483, code: 32_006 };
  if (directory.isSuspended()) return { kind: 'refused', status: 603 };
  const who = name.kind === 'domain' ? ofDomain(place as SipDomainFacts) : ofTrunk(place as TrunkFacts);
  const checked = authenticate({ request, flow, who, isTrunk: name.kind === 'trunk' }, rules);
  if (checked.kind !== 'accepted') return checked;
  const refusal =
    (name.kind === 'trunk' ? trunkProblem(request, uri?.user ?? '', directory) : undefined) ??
    secure(request, flow, { place, rules });
  const admission = { kind: name.kind, domain: name.name, username: checked.username, secure: place.secure };
  return refusal ?? { kind: 'admitted', admission };
}

type Who = { readonly addresses: readonly AddressRange[] | undefined; readonly credentials: CredentialLookup | undefined };
type Asked = { readonly request: SipMessage; readonly flow: WireFlow; readonly who: Who; readonly isTrunk: boolean };
type Checked =
  | { readonly kind: 'accepted'; readonly username: string | undefined }
  | { readonly kind: 'challenge'; readonly isStale: boolean }
  | Refused;

const ofDomain = (facts: SipDomainFacts): Who => ({ addresses: facts.callAddresses, credentials: facts.callCredentials });
const ofTrunk = (facts: TrunkFacts): Who => ({ addresses: facts.addresses, credentials: facts.credentials });

function authenticate({ request, flow, who, isTrunk }: Asked, { challenger, switches }: AdmissionRules): Checked {
  const { addresses, credentials } = who;
  const isListed = addresses !== undefined && isInRanges(flow.remote.address, addresses);
  const needsBoth = isTrunk || switches.domainAuthentication === 'both';
  const isAddressEnough = isListed && (credentials === undefined || !needsBoth);
  if (isAddressEnough) return { kind: 'accepted', username: undefined };
  const isAddressFatal =
    addresses === undefined ? credentials === undefined : !isListed && (needsBoth || credentials === undefined);
  if (isAddressFatal || credentials === undefined) return { kind: 'refused', status: 403, code: 32_201 };
  const verdict = challenger.check(request, credentials);
  if (verdict.kind === 'challenge') return verdict;
  if (verdict.kind === 'wrong') return { kind: 'refused', status: 403, code: 32_202 };
  return { kind: 'accepted', username: verdict.username };
}

function trunkProblem(request: SipMessage, user: string, directory: SipDirectory): Refused | undefined {
  if (!e164.test(user) && !emergency.has(user)) return { kind: 'refused', status: 400, reason: 'Invalid Phone Number' };
  const owns = (value: string | undefined): boolean => {
    const from = parseUri(parseNameAddr(value ?? '')?.uri ?? '')?.user ?? '';
    return e164.test(from) && directory.ownsCallerId(from);
  };
  const remoteParty = request.get('remote-party-id');
  const isRemotePartyWrong = remoteParty !== undefined && !owns(remoteParty);
  const isOurs = [request.get('from'), request.get('p-asserted-identity'), remoteParty].some(owns);
  return isOurs && !isRemotePartyWrong ? undefined : { kind: 'refused', status: 403, code: 32_204 };
}

function secure(
  request: SipMessage,
  flow: WireFlow,
  { place, rules }: { place: SipDomainFacts | TrunkFacts; rules: AdmissionRules },
): Refused | undefined {
  const code = secureProblem(request, place.secure, flow.protocol);
  return code === undefined ? undefined : { kind: 'refused', status: rules.switches.secureRefusal, code };
}

/** Why the audio that was offered is not taken, as Twilio's code, or undefined. */
function secureProblem(request: SipMessage, isSecure: boolean, protocol: string): number | undefined {
  if (isSecure && protocol !== 'tls') return 32_209;
  if (request.body.length === 0) return undefined;
  const isOffered = readDescription(request.body.toString('latin1'))?.isSecure === true;
  if (isSecure) return isOffered ? undefined : 32_208;
  return isOffered ? 32_207 : undefined;
}
