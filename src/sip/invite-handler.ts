import type { Device } from '#devices/device.ts';
import type { Attempt } from '#calls/ports.ts';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import { respond } from '#sip/message/respond.ts';
import { authenticateRequest } from './authenticate.ts';
import type { Authenticate } from './authenticate.ts';
import { readRequestedPrivacy } from '#sip/message/caller-identity.ts';
import { parseUri } from '#sip/message/headers.ts';
import { InboundLeg } from '#sip/call/inbound-leg.ts';
import { readInvite } from '#sip/message/invite.ts';
import type { Invite } from '#sip/message/invite.ts';
import type { CallDeps } from '#sip/call/ring-target.ts';
import { callingEndpoint, trunkEndpoint } from '#sip/relay/media-path.ts';
import { isSecureAlone } from '#sip/message/sdp.ts';
import { supportedExtensions } from '#sip/message/capabilities.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';
import type { TrunkCall } from '#sip/trunk/inbound-call.ts';
import type { TrunkPeers } from '#sip/trunk/peers.ts';

export type InviteDeps = CallDeps & {
  readonly authenticate: Authenticate;
  readonly trunks: TrunkPeers;
  readonly place: (attempt: Attempt) => OngoingCall;
  /** INVITE with Replaces. */
  readonly handleReplaces: (invite: Invite, device: Device, replaces: string) => void;
};

/** Handles an INVITE that begins a call. `unauthenticated`: the source got a challenge and nothing else. */
export function handleInvite(deps: InviteDeps, request: SrfRequest, response: Responder): 'call' | 'refused' | 'unauthenticated' {
  // A trunk is identified by its address; a request with credentials is a phone's, even from a trunk's address block.
  const hasCredentials = request.headers['authorization'] !== undefined || request.headers['proxy-authorization'] !== undefined;
  const trunkCall = hasCredentials ? undefined : deps.trunks.identify(request);
  const device = trunkCall === undefined ? authenticateRequest(deps.authenticate, request, response) : undefined;
  if (trunkCall === undefined && device === undefined) return 'unauthenticated';
  const uri = parseUri(request.uri);
  if (uri === undefined) {
    respond(response, 416);
    return 'refused';
  }
  const reading = readInvite(request, response, { sessionSeconds: deps.sessionSeconds, extensions: supportedExtensions });
  if (reading.kind === 'refuse') {
    const { status, reason, headers } = reading;
    respond(response, status, { headers, ...(reason === undefined ? {} : { reason }) });
    return 'refused';
  }
  const id = `${request.headers['call-id']};from-tag=${/;tag=([^;\s]+)/i.exec(request.headers['from'] ?? '')?.[1] ?? ''}`;
  if (deps.connection.dialogs.has(id)) {
    // A merged request: the same INVITE by another path (RFC 3261 section 8.2.2.2).
    respond(response, 482);
    return 'refused';
  }
  const replaces = request.headers['replaces'];
  if (replaces !== undefined && device !== undefined) {
    deps.handleReplaces(reading.invite, device, replaces);
    return 'call';
  }
  const leg = new InboundLeg(deps, reading.invite, {
    device,
    endpoint:
      trunkCall === undefined
        ? callingEndpoint(request)
        : trunkEndpoint(trunkCall.trunk, trunkCall.isSecure || isSecureAlone(request.body ?? '')),
    failsOver: trunkCall?.failsOver ?? false,
  });
  try {
    leg.call = deps.place({
      caller: callerOf(request, device, trunkCall),
      dialled: trunkCall?.dialled ?? uri.number,
      leg,
      source: request.source_address,
      joinToken: trunkCall?.joinToken,
      networkCallId: trunkCall?.networkCallId,
    });
  } catch (error) {
    deps.log.error({ err: error }, 'Call setup failed');
    leg.refuse(500);
  }
  return 'call';
}

function callerOf(request: SrfRequest, device: Device | undefined, call: TrunkCall | undefined): Attempt['caller'] {
  if (device !== undefined) {
    const requested = readRequestedPrivacy((name) => request.headers[name] ?? '');
    return { kind: 'device', device, ...(requested === 'none' ? {} : { privacy: requested }) };
  }
  return {
    kind: 'trunk',
    trunk: call?.trunk ?? '',
    number: call?.number ?? '',
    name: call?.name ?? '',
    failsOver: call?.failsOver ?? false,
    onlyNumber: call?.onlyNumber,
  };
}
