import type { Device } from '#devices/device.ts';
import type { Attempt } from '#calls/ports.ts';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import { answer } from './answer.ts';
import { authenticated } from './authenticate.ts';
import type { Authenticate } from './authenticate.ts';
import { privacyWishIn } from './caller-identity.ts';
import { parseUri } from './headers.ts';
import { IncomingCall, readInvite } from './incoming-call.ts';
import type { CallParts, Invite } from './incoming-call.ts';
import { callingEnd, trunkEnd } from './media-path.ts';
import { supportedExtensions } from './capabilities.ts';
import type { IncomingRequest, Responder } from './srf-types.ts';
import type { TrunkCall, TrunkPeers } from './trunk.ts';

export type InviteParts = CallParts & {
  readonly authenticate: Authenticate;
  readonly trunks: TrunkPeers;
  readonly place: (attempt: Attempt) => OngoingCall;
  /** INVITE with Replaces. */
  readonly takeOver: (invite: Invite, device: Device, replaces: string) => void;
};

/** Takes in an INVITE that begins a call. Tells whether it was a stranger's, who got a challenge and nothing else. */
export function handleInvite(parts: InviteParts, request: IncomingRequest, response: Responder): 'call' | 'refused' | 'stranger' {
  // A trunk proves itself by its address; what comes with credentials is a phone's, even from inside a trunk's address block.
  const hasCredentials = request.headers['authorization'] !== undefined || request.headers['proxy-authorization'] !== undefined;
  const trunkCall = hasCredentials ? undefined : parts.trunks.identify(request);
  const device = trunkCall === undefined ? authenticated(parts.authenticate, request, response) : undefined;
  if (trunkCall === undefined && device === undefined) return 'stranger';
  const uri = parseUri(request.uri);
  if (uri === undefined) {
    answer(response, 416);
    return 'refused';
  }
  const reading = readInvite(request, response, { sessionSeconds: parts.sessionSeconds, extensions: supportedExtensions });
  if (reading.kind === 'refuse') {
    const { status, reason, headers } = reading;
    answer(response, status, { headers, ...(reason === undefined ? {} : { reason }) });
    return 'refused';
  }
  const id = `${request.headers['call-id']};from-tag=${/;tag=([^;\s]+)/i.exec(request.headers['from'] ?? '')?.[1] ?? ''}`;
  if (parts.connection.dialogs.has(id)) {
    // The same INVITE by another way (RFC 3261 section 8.2.2.2).
    answer(response, 482);
    return 'refused';
  }
  const replaces = request.headers['replaces'];
  if (replaces !== undefined && device !== undefined) {
    parts.takeOver(reading.invite, device, replaces);
    return 'call';
  }
  const leg = new IncomingCall(parts, reading.invite, {
    device,
    end: trunkCall === undefined ? callingEnd(request) : trunkEnd(trunkCall.trunk, trunkCall.isSecure),
    isTakenBack: trunkCall?.takesBack ?? false,
  });
  try {
    leg.call = parts.place({
      caller: callerOf(request, device, trunkCall),
      dialled: trunkCall?.dialled ?? uri.number,
      leg,
      source: request.source_address,
      joins: trunkCall?.joins,
      networkName: trunkCall?.networkName,
    });
  } catch (error) {
    parts.log.error({ err: error }, 'A call could not be placed');
    leg.refuse(500);
  }
  return 'call';
}

function callerOf(request: IncomingRequest, device: Device | undefined, call: TrunkCall | undefined): Attempt['caller'] {
  if (device !== undefined) {
    const wish = privacyWishIn((name) => request.headers[name] ?? '');
    return { kind: 'device', device, ...(wish === 'none' ? {} : { privacy: wish }) };
  }
  return { kind: 'trunk', trunk: call?.trunk ?? '', number: call?.number ?? '', name: call?.name ?? '' };
}
