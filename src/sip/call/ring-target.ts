import type { Log } from '#base/log.ts';
import type { InviteTarget, LegListener, OutgoingLeg, RingTarget } from '#calls/ports.ts';
import type { BridgeDeps } from './bridge.ts';
import { OutboundLeg } from './outbound-leg.ts';
import type { CallerSide } from './outbound-leg.ts';
import type { InviteDestination } from './invite-destination.ts';
import { VoiceLeg } from './voice-leg.ts';
import type { VoiceLegOptions } from './voice-leg.ts';
import { ScreenedLeg } from './screened-leg.ts';
import type { ScreenedLegDeps } from './screened-leg.ts';

export type CallDeps = ScreenedLegDeps &
  BridgeDeps & {
    readonly log: Log;
    /** Undefined where a target cannot be reached. */
    readonly destinationOf: (target: InviteTarget) => InviteDestination | undefined;
  };

/** Sends an INVITE to a target; one without a destination fails at once. */
export function ringTarget(
  deps: CallDeps,
  caller: CallerSide,
  { target, listener }: { readonly target: RingTarget; readonly listener: LegListener },
): OutgoingLeg {
  if (target.kind === 'voice') return speak(deps, caller, { target, listener });
  const destination = deps.destinationOf(target);
  if (destination === undefined) {
    listener.failed('unreachable', undefined);
    return noLeg;
  }
  const { screen } = target;
  const to = { destination, listener, device: target.kind === 'phone' ? target.device : undefined };
  const leg =
    screen === undefined
      ? new OutboundLeg(deps, caller, { ...to, isEmergency: target.kind === 'trunk' && target.isEmergency })
      : new ScreenedLeg(deps, caller, { ...to, screen });
  leg.start();
  return leg;
}

/** Lets the caller hear the house. */
function speak({ clock }: CallDeps, { voice }: CallerSide, options: VoiceLegOptions): OutgoingLeg {
  if (voice === undefined) {
    options.listener.failed('no-media', undefined);
    return noLeg;
  }
  const leg = new VoiceLeg(clock, voice, options);
  leg.start();
  return leg;
}

const noLeg: OutgoingLeg = { sipCallId: '', pass: () => {}, connect: () => {}, cancel: () => {}, release: () => {} };
