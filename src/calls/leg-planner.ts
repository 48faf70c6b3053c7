import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { CallLeg, Party } from './call.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';
import type { Attempt, CallerId, RegistrationLookup, Trunks } from './ports.ts';
import { partyOf } from './route-call.ts';
import type { CallRoute } from './route-call.ts';
import { trunkSteps } from './trunk-steps.ts';

export type LegPlannerDeps = {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly registrations: RegistrationLookup;
  readonly trunks: Trunks;
  readonly ringSeconds: number;
};

/** Where a leg goes or comes from, as its record has it. */
type LegAddress = { readonly sipCallId: string; readonly address: string };

const nowhere: LegAddress = { sipCallId: '', address: '' };

/** Turns a route into the legs to be rung, by the registrations and trunks of this moment. */
export class LegPlanner {
  readonly #deps: LegPlannerDeps;

  constructor(deps: LegPlannerDeps) {
    this.#deps = deps;
  }

  steps({ ring, callee }: CallRoute): readonly PlannedStep[] {
    // A leg that goes nowhere, so that the record says whose call it was and they may see it.
    if (ring.kind === 'nothing') {
      if (callee.personId === undefined && callee.deviceId === undefined) return [];
      const leg = this.legOf('callee', callee, nowhere);
      return [{ legs: [{ leg, group: leg.id, target: undefined }], seconds: 0, onlyIfUnreachable: false }];
    }
    if (ring.kind === 'devices') {
      const legs = ring.devices.flatMap((device) => this.#phoneLegs(device, ring.from));
      return [{ legs, seconds: this.#deps.ringSeconds, onlyIfUnreachable: false }];
    }
    const { number, from, isEmergency } = ring;
    return trunkSteps(this.#deps.trunks.names(isEmergency), {
      isEmergency,
      legTo: (trunk) => ({
        leg: { ...this.legOf('callee', callee, nowhere), name: trunk, trunk },
        group: trunk,
        target: { kind: 'trunk', trunk, number, from, isEmergency },
      }),
    });
  }

  callerLeg(attempt: Attempt, routed: CallRoute): CallLeg {
    const leg = this.legOf('caller', routed.caller, attempt.leg);
    return attempt.caller.kind === 'trunk' ? { ...leg, trunk: attempt.caller.trunk } : leg;
  }

  legOf(role: CallLeg['role'], party: Party, at: LegAddress): CallLeg {
    const { clock, newId } = this.#deps;
    return {
      id: newId('leg'),
      role,
      deviceId: party.deviceId,
      personId: party.personId,
      name: party.name || party.number,
      trunk: undefined,
      address: at.address,
      sipCallId: at.sipCallId,
      startedAt: clock.now(),
      ringingAt: undefined,
      answeredAt: undefined,
      endedAt: undefined,
      sipStatus: undefined,
      outcome: undefined,
    };
  }

  /** One leg per contact; a phone that is not registered gets one too, so that the record says why it did not ring. */
  #phoneLegs(device: Device, from: CallerId): readonly PlannedLeg[] {
    const party = partyOf(device);
    const registrations = device.enabled ? this.#deps.registrations.of(device.id) : [];
    if (registrations.length === 0) {
      const now = this.#deps.clock.now();
      const leg = { ...this.legOf('callee', party, nowhere), endedAt: now, outcome: 'offline' } as const;
      return [{ leg, group: device.id, target: undefined }];
    }
    return registrations.map((registration) => {
      const { protocol, address, port } = registration.source;
      const leg = this.legOf('callee', party, { sipCallId: '', address: `${protocol} ${address}:${port}` });
      return { leg, group: device.id, target: { kind: 'phone', device, registration, from } };
    });
  }
}
