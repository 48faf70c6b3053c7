import type { PersonId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { OurNumber } from '#numbers/number.ts';
import { readDialled } from '#numbers/dial-plan.ts';
import { calledReadings, toE164, withoutPlusToE164 } from '#numbers/e164.ts';
import type { ShortCost } from '#numbers/short-numbers.ts';
import type { CallDirection, Party } from './call.ts';
import type { Attempt, DeviceLookup, CallerId } from './ports.ts';
import type { Verdict } from './verdict.ts';

/** What a call is to ring, or why it cannot. Legs are made of it by who knows the registrations. */
export type CallRoute = {
  readonly direction: CallDirection;
  readonly caller: Party;
  readonly callee: Party;
  readonly number: string | undefined;
  readonly ring:
    | { readonly kind: 'devices'; readonly devices: readonly Device[]; readonly from: CallerId }
    | {
        readonly kind: 'trunks';
        readonly number: string;
        readonly from: CallerId;
        readonly isEmergency: boolean;
        /** Of a short number. */
        readonly shortCost?: ShortCost | undefined;
      }
    | { readonly kind: 'nothing'; readonly verdict: Verdict };
};

/** The facts a route is decided by. */
export type RoutingFacts = {
  readonly country: string;
  readonly devices: DeviceLookup;
  readonly byNumber: (number: string) => OurNumber | undefined;
  /** The number a person calls out with; for `undefined`, that of the house. */
  readonly callerIdOf: (personId: PersonId | undefined) => OurNumber | undefined;
  readonly anyCallerId: () => OurNumber | undefined;
};

/** The simple default: an extension rings its device, a number of ours its owner's devices, everything else goes to a trunk. */
export function routeCall({ caller, dialled }: Pick<Attempt, 'caller' | 'dialled'>, facts: RoutingFacts): CallRoute {
  return caller.kind === 'device' ? fromDevice(caller, dialled, facts) : fromTrunk(caller, dialled, facts);
}

type DeviceCaller = Extract<Attempt['caller'], { kind: 'device' }>;
type TrunkCaller = Extract<Attempt['caller'], { kind: 'trunk' }>;

export function partyOf(device: Device): Party {
  return { deviceId: device.id, personId: device.personId, number: device.extension, name: device.name };
}

export function externalParty(number: string, name: string): Party {
  return { deviceId: undefined, personId: undefined, number, name };
}

function fromDevice(from: DeviceCaller, dialled: string, facts: RoutingFacts): CallRoute {
  const caller = from.party ?? partyOf(from.device);
  const isExtension = (digits: string) => facts.devices.byExtension(digits) !== undefined;
  const read = readDialled(dialled, { country: facts.country, isExtension });
  switch (read.kind) {
    case 'extension':
      return toExtension(caller, read.extension, facts);
    case 'external': {
      const ours = facts.byNumber(read.number);
      if (ours === undefined) return outbound({ from, caller, number: read.number, isEmergency: false }, facts);
      return toOurNumber({ ours, caller, direction: 'internal' }, facts);
    }
    case 'emergency':
      return outbound({ from, caller, number: read.number, isEmergency: true }, facts);
    case 'short':
      return outbound({ from, caller, number: read.number, isEmergency: false, shortCost: read.cost }, facts);
    case 'service':
      return refused(caller, dialled, { disposition: 'failed', reason: 'unknown-service-code' });
    case 'invalid': {
      const reason = read.reason === 'no-such-number' ? 'unknown-number' : 'invalid-number';
      return refused(caller, dialled, { disposition: 'failed', reason });
    }
  }
}

function fromTrunk(from: TrunkCaller, dialled: string, facts: RoutingFacts): CallRoute {
  const called = calledReadings(dialled, facts.country).find(({ number }) => facts.byNumber(number) !== undefined);
  const known = called?.isWithoutPlus ? withoutPlusToE164(from.number, facts.country) : toE164(from.number, facts.country);
  const caller = externalParty(known ?? from.number, from.name);
  const ours = called === undefined ? undefined : facts.byNumber(called.number);
  if (ours !== undefined) return toOurNumber({ ours, caller, direction: 'inbound' }, facts);
  return { ...refused(caller, dialled, { disposition: 'failed', reason: 'unknown-number' }), direction: 'inbound' };
}

function toExtension(caller: Party, extension: string, { devices }: RoutingFacts): CallRoute {
  const device = devices.byExtension(extension);
  if (device === undefined) return refused(caller, extension, { disposition: 'failed', reason: 'unknown-number' });
  const callee = partyOf(device);
  const common = { direction: 'internal', caller, callee, number: undefined } as const;
  if (device.id === caller.deviceId) return { ...common, ring: nothing({ disposition: 'failed', reason: 'calling-itself' }) };
  return { ...common, ring: { kind: 'devices', devices: [device], from: toCallerId(caller) } };
}

type ToOurs = { readonly ours: OurNumber; readonly caller: Party; readonly direction: CallDirection };

function toOurNumber({ ours, caller, direction }: ToOurs, { devices }: RoutingFacts): CallRoute {
  const owner = ours.ownerPersonId;
  const callee: Party = { deviceId: undefined, personId: owner, number: ours.number, name: ours.name };
  const common = { direction, caller, callee, number: ours.number };
  if (!ours.voiceEnabled) return { ...common, ring: nothing({ disposition: 'blocked', reason: 'switched-off' }) };
  if (owner === undefined) return { ...common, ring: nothing({ disposition: 'failed', reason: 'no-owner' }) };
  const rung = devices.ofPerson(owner).filter((device) => device.enabled && device.id !== caller.deviceId);
  if (rung.length === 0) return { ...common, ring: nothing({ disposition: 'missed', reason: 'no-devices' }) };
  return { ...common, ring: { kind: 'devices', devices: rung, from: toCallerId(caller) } };
}

type Outbound = {
  readonly from: DeviceCaller;
  readonly caller: Party;
  readonly number: string;
  readonly isEmergency: boolean;
  readonly shortCost?: ShortCost;
};

function outbound({ from, caller, number, isEmergency, shortCost }: Outbound, facts: RoutingFacts): CallRoute {
  const own = facts.callerIdOf(from.device.personId) ?? facts.callerIdOf(undefined);
  // The emergency service must be able to call back, on whichever number.
  const ours = own ?? (isEmergency ? facts.anyCallerId() : undefined);
  const privacy = from.privacy === undefined || isEmergency ? {} : { privacy: from.privacy };
  return {
    direction: 'outbound',
    caller,
    callee: externalParty(number, ''),
    number: ours?.number,
    ring: {
      kind: 'trunks',
      number,
      isEmergency,
      shortCost,
      from: { number: ours?.number ?? '', name: ours?.name ?? '', ...privacy },
    },
  };
}

function refused(caller: Party, dialled: string, verdict: Verdict): CallRoute {
  return { direction: 'internal', caller, callee: externalParty(dialled, ''), number: undefined, ring: nothing(verdict) };
}

function nothing(verdict: Verdict): CallRoute['ring'] {
  return { kind: 'nothing', verdict };
}

function toCallerId(party: Party): CallerId {
  return { number: party.number, name: party.name };
}
