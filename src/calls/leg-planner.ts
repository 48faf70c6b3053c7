import type { Clock } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { CallLeg, Party } from './call.ts';
import { forwardScreen, screenEach } from './leg-screen.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';
import type { Forward, HouseStep, PlannedRoute } from './planned-route.ts';
import type { Attempt, CallerId, DeviceLookup, RegistrationLookup, Trunks } from './ports.ts';
import { externalParty, partyOf } from './route-call.ts';
import { trunkSteps } from './trunk-steps.ts';
import type { Verdict } from './verdict.ts';

export type LegPlannerDeps = {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly registrations: RegistrationLookup;
  readonly trunks: Trunks;
  readonly devices: Pick<DeviceLookup, 'byId' | 'ofPerson'>;
};

/** Where a leg goes or comes from, as its record has it. */
type LegAddress = { readonly sipCallId: string; readonly address: string };

type HouseStepFacts = {
  readonly caller: Party;
  readonly from: CallerId;
  /** The number that was called; empty for an extension. */
  readonly ours: string;
};

const nowhere: LegAddress = { sipCallId: '', address: '' };

/** Turns a route into the legs to be rung, by the registrations and trunks of this moment. */
export class LegPlanner {
  readonly #deps: LegPlannerDeps;

  constructor(deps: LegPlannerDeps) {
    this.#deps = deps;
  }

  steps({ ring, callee, caller, number: ours }: PlannedRoute): readonly PlannedStep[] {
    if (ring.kind === 'nothing' || ring.kind === 'spoken') return this.#skipped(ring.verdict, callee);
    if (ring.kind === 'steps') {
      const { from } = ring;
      return ring.steps.map((step) => this.#houseStep(step, { caller, from, ours: ours ?? '' }));
    }
    const { number, from, isEmergency, byTrunk } = ring;
    const names = this.#deps.trunks.names(isEmergency).filter((name) => byTrunk === undefined || name === byTrunk);
    return trunkSteps(names, {
      isEmergency,
      legTo: (trunk) => ({
        leg: { ...this.legOf('callee', callee, nowhere), name: trunk, trunk },
        group: trunk,
        target: { kind: 'trunk', trunk, number, from, isEmergency },
      }),
    });
  }

  callerLeg(attempt: Attempt, routed: PlannedRoute): CallLeg {
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

  /** Legs that go nowhere, so that the record says whose call it was and they may see it. */
  #skipped({ reason }: Verdict, callee: Party): readonly PlannedStep[] {
    const { personId, deviceId } = callee;
    if (personId === undefined && deviceId === undefined) return [];
    const phones = deviceId === undefined && personId !== undefined ? this.#deps.devices.ofPerson(personId) : [];
    const rung = reason === 'offline' ? phones.filter(({ enabled }) => enabled).map(partyOf) : [];
    const legs = (rung.length === 0 ? [callee] : rung).map((party) => this.#nowhere(party, reason === 'offline'));
    return [{ legs, seconds: 0, onlyIfUnreachable: false }];
  }

  #nowhere(party: Party, isOffline: boolean): PlannedLeg {
    const end = isOffline ? ({ endedAt: this.#deps.clock.now(), outcome: 'offline' } as const) : {};
    const leg = { ...this.legOf('callee', party, nowhere), ...end };
    return { leg, group: party.deviceId ?? leg.id, target: undefined };
  }

  /** A phone never rings itself, and one that was deleted since nobody can. */
  #houseStep({ deviceIds, forwards, seconds, isScreened }: HouseStep, facts: HouseStepFacts): PlannedStep {
    const { caller, from } = facts;
    const phones = deviceIds.flatMap((id) => (id === caller.deviceId ? [] : (this.#deps.devices.byId(id) ?? [])));
    const phoneLegs = phones.flatMap((device) => this.#phoneLegs(device, from));
    const forwardLegs = forwards.map((forward) => this.#forwardLeg(forward, facts));
    const step = { legs: [...phoneLegs, ...forwardLegs], seconds, onlyIfUnreachable: false };
    return isScreened === true ? (screenEach([step], () => forwardScreen(caller))[0] ?? step) : step;
  }

  /** Over the first trunk, with our number: the network would show no other. */
  #forwardLeg({ number, isScreened }: Forward, { caller, ours }: HouseStepFacts): PlannedLeg {
    const [trunk] = this.#deps.trunks.names();
    const leg = { ...this.legOf('callee', externalParty(number, ''), nowhere), trunk };
    if (trunk === undefined) return { leg, group: number, target: undefined };
    const from = { number: ours, name: '' };
    const screen = isScreened ? { screen: forwardScreen(caller) } : {};
    return { leg, group: number, target: { kind: 'trunk', trunk, number, from, isEmergency: false, ...screen } };
  }

  /** One leg per contact; a phone that is not registered gets one too, so that the record says why it did not ring. */
  #phoneLegs(device: Device, from: CallerId): readonly PlannedLeg[] {
    const party = partyOf(device);
    const registrations = device.enabled ? this.#deps.registrations.of(device.id) : [];
    if (registrations.length === 0) return [this.#nowhere(party, true)];
    return registrations.map((registration) => {
      const { protocol, address, port } = registration.source;
      const leg = this.legOf('callee', party, { sipCallId: '', address: `${protocol} ${address}:${port}` });
      return { leg, group: device.id, target: { kind: 'phone', device, registration, from } };
    });
  }
}
