import type { Log } from '#base/log.ts';
import type { LegListener, OutgoingLeg, RingTarget } from '#calls/ports.ts';
import type { BridgeDeps } from './bridge.ts';
import { OutboundLeg } from './outbound-leg.ts';
import type { VoicePort } from '#sip/relay/voice-port.ts';
import type { CallerSide, OutboundLegDeps } from './outbound-leg.ts';
import type { InviteDestination } from './invite-destination.ts';

export type CallDeps = OutboundLegDeps &
  BridgeDeps & {
    readonly log: Log;
    /** The house's own end of the media. */
    readonly voice: VoicePort;
    /** Undefined where a target cannot be reached. */
    readonly destinationOf: (target: RingTarget) => InviteDestination | undefined;
  };

/** Sends an INVITE to a target; one without a destination fails at once. */
export function ringTarget(
  deps: CallDeps,
  caller: CallerSide,
  { target, listener }: { readonly target: RingTarget; readonly listener: LegListener },
): OutgoingLeg {
  const destination = deps.destinationOf(target);
  if (destination === undefined) {
    listener.failed('unreachable', undefined);
    return { sipCallId: '', pass: () => {}, connect: () => {}, cancel: () => {}, release: () => {} };
  }
  const leg = new OutboundLeg(deps, caller, {
    destination,
    listener,
    device: target.kind === 'phone' ? target.device : undefined,
    isEmergency: target.kind === 'trunk' && target.isEmergency,
  });
  leg.start();
  return leg;
}
