import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { OurNumber } from '#numbers/number.ts';
import type { CallQuestion } from '#routing/decision.ts';
import type { RoutingReason } from '#routing/decision.ts';
import type { HotlineCall } from '#routing/hotline.ts';
import type { RingGroup } from '#routing/ring-group.ts';
import { readDialled } from '#numbers/dial-plan.ts';
import type { Dialled } from '#numbers/dial-plan.ts';
import { calledReadings, toE164, withoutPlusToE164 } from '#numbers/e164.ts';
import type { ShortCost } from '#numbers/short-numbers.ts';
import type { CallDirection, Party } from './call.ts';
import type { Attempt, DeviceLookup, CallerId } from './ports.ts';
import type { Verdict } from './verdict.ts';

/** What a call goes to, as far as the dialled digits say. Whom a call to the house rings is decided by `decide`. */
export type CallRoute = {
  readonly direction: CallDirection;
  readonly caller: Party;
  readonly callee: Party;
  readonly number: string | undefined;
  /** Why it does not go where it was dialled to. */
  readonly reasons?: readonly RoutingReason[];
  readonly ring: HouseRing | TrunkRing | { readonly kind: 'nothing'; readonly verdict: Verdict };
};

/** A number, phone or ring group of ours. */
export type HouseRing = { readonly kind: 'house'; readonly called: CallQuestion['called'] };

export type TrunkRing = {
  readonly kind: 'trunks';
  readonly number: string;
  readonly from: CallerId;
  readonly isEmergency: boolean;
  /** Of a short number. */
  readonly shortCost?: ShortCost | undefined;
  /** The only one that it may go out by. */
  readonly byTrunk?: string;
};

/** What dialled digits are read by. */
export type DialFacts = {
  readonly country: string;
  readonly devices: DeviceLookup;
  /** Groups that have an extension. */
  readonly groupByExtension: (extension: string) => RingGroup | undefined;
  /** What a phone calls by itself. */
  readonly hotlineOf: (deviceId: DeviceId) => HotlineCall | undefined;
  readonly byNumber: (number: string) => OurNumber | undefined;
  /** The number a person calls out with; for `undefined`, that of the house. */
  readonly callerIdOf: (personId: PersonId | undefined) => OurNumber | undefined;
  readonly anyCallerId: () => OurNumber | undefined;
  /** Of whose number it is as this person knows them; for `undefined`, as the house does. */
  readonly nameOf: (number: string, personId: PersonId | undefined) => string | undefined;
};

/** An extension or number of ours is the house's, everything else goes to a trunk. */
export function routeCall({ caller, dialled }: Pick<Attempt, 'caller' | 'dialled'>, facts: DialFacts): CallRoute {
  switch (caller.kind) {
    case 'device': {
      const { device, party = partyOf(device), privacy } = caller;
      const dials = caller.party === undefined ? device : undefined;
      return fromInside({ caller: party, personId: device.personId, privacy, dials }, dialled, facts);
    }
    case 'house':
      return withoutEmergency(fromInside({ ...nobody, caller: caller.party }, dialled, facts));
    case 'trunk':
      return fromTrunk(caller, dialled, facts);
  }
}

/** Who dials inside the house, and whose number the network is shown. */
type Dialler = {
  readonly caller: Party;
  readonly personId: PersonId | undefined;
  readonly privacy: CallerId['privacy'];
  /** The phone whose keys were pressed: not where a call is transferred or forwarded. */
  readonly dials: Device | undefined;
};
const nobody = { personId: undefined, privacy: undefined, dials: undefined };
type TrunkCaller = Extract<Attempt['caller'], { kind: 'trunk' }>;

export function partyOf(device: Device): Party {
  return { deviceId: device.id, personId: device.personId, number: device.extension, name: device.name };
}

export function externalParty(number: string, name: string): Party {
  return { deviceId: undefined, personId: undefined, number, name };
}

function fromInside(from: Dialler, dialled: string, facts: DialFacts): CallRoute {
  const { caller } = from;
  const isExtension = (digits: string) =>
    facts.devices.byExtension(digits) !== undefined || facts.groupByExtension(digits) !== undefined;
  const read = readDialled(dialled, { country: facts.country, isExtension });
  const hotline = hotlineFor(from, read, facts);
  if (hotline !== undefined && from.dials !== undefined) return toHotline({ ...from, device: from.dials }, hotline, facts);
  switch (read.kind) {
    case 'extension':
      return toExtension(caller, read.extension, facts);
    case 'external': {
      const ours = facts.byNumber(read.number);
      if (ours === undefined) return outbound({ from, number: read.number, isEmergency: false }, facts);
      return toOurNumber({ ours, caller, direction: 'internal' });
    }
    case 'emergency':
      return outbound({ from, number: read.number, isEmergency: true }, facts);
    case 'short':
      return outbound({ from, number: read.number, isEmergency: false, shortCost: read.cost }, facts);
    case 'service':
      return refused(caller, dialled, { disposition: 'failed', reason: 'unknown-service-code' });
    case 'invalid': {
      const reason = read.reason === 'no-such-number' ? 'unknown-number' : 'invalid-number';
      return refused(caller, dialled, { disposition: 'failed', reason });
    }
  }
}

/** The hotline that holds for what was dialled: never for help, nor for where a call is transferred or forwarded to. */
function hotlineFor({ dials }: Dialler, read: Dialled, facts: DialFacts): HotlineCall | undefined {
  if (dials === undefined || read.kind === 'emergency') return undefined;
  const hotline = facts.hotlineOf(dials.id);
  const isNothing = read.kind === 'invalid' && read.reason === 'empty';
  return hotline?.applies === 'always' || isNothing ? hotline : undefined;
}

function toHotline(from: Dialler & { readonly device: Device }, { called }: HotlineCall, facts: DialFacts): CallRoute {
  const { caller } = from;
  const to = (route: CallRoute, target: string): CallRoute => {
    const reason = { code: 'hotline', params: { deviceId: from.device.id, name: from.device.name, target } } as const;
    return { ...route, reasons: [reason] };
  };
  switch (called.kind) {
    case 'device':
      return to(toHouse({ caller, callee: partyOf(called.device), called }), called.device.name);
    case 'group':
      return to(
        toHouse({ caller, callee: externalParty(called.group.extension ?? '', called.group.name), called }),
        called.group.name,
      );
    case 'number': {
      const { number } = called;
      const ours = facts.byNumber(number);
      if (ours === undefined) return to(outbound({ from, number, isEmergency: false }, facts), number);
      return to(toOurNumber({ ours, caller, direction: 'internal' }), number);
    }
  }
}

function fromTrunk(from: TrunkCaller, dialled: string, facts: DialFacts): CallRoute {
  const called = calledReadings(dialled, facts.country).find(({ number }) => facts.byNumber(number) !== undefined);
  const known = called?.isWithoutPlus ? withoutPlusToE164(from.number, facts.country) : toE164(from.number, facts.country);
  const caller = externalParty(known ?? from.number, from.name);
  const ours = facts.byNumber(called?.number ?? from.onlyNumber ?? '');
  if (ours !== undefined) return toOurNumber({ ours, caller, direction: 'inbound' });
  return { ...refused(caller, dialled, { disposition: 'failed', reason: 'unknown-number' }), direction: 'inbound' };
}

/** An emergency call has somebody who speaks. */
function withoutEmergency(route: CallRoute): CallRoute {
  if (route.ring.kind !== 'trunks' || !route.ring.isEmergency) return route;
  return refused(route.caller, route.callee.number, { disposition: 'failed', reason: 'call-not-permitted' });
}

function toExtension(caller: Party, extension: string, { devices, groupByExtension }: DialFacts): CallRoute {
  const device = devices.byExtension(extension);
  if (device === undefined) {
    const group = groupByExtension(extension);
    if (group === undefined) return refused(caller, extension, { disposition: 'failed', reason: 'unknown-number' });
    return toHouse({ caller, callee: externalParty(extension, group.name), called: { kind: 'group', group } });
  }
  const callee = partyOf(device);
  if (device.id !== caller.deviceId) return toHouse({ caller, callee, called: { kind: 'device', device } });
  const verdict = { disposition: 'failed', reason: 'calling-itself' } as const;
  return { direction: 'internal', caller, callee, number: undefined, ring: nothing(verdict) };
}

type ToOurs = { readonly ours: OurNumber; readonly caller: Party; readonly direction: CallDirection };

function toOurNumber({ ours, caller, direction }: ToOurs): CallRoute {
  const callee: Party = { deviceId: undefined, personId: ours.ownerPersonId, number: ours.number, name: ours.name };
  return { ...toHouse({ caller, callee, called: { kind: 'number', number: ours } }), direction, number: ours.number };
}

function toHouse({ caller, callee, called }: Pick<CallRoute, 'caller' | 'callee'> & Pick<HouseRing, 'called'>): CallRoute {
  return { direction: 'internal', caller, callee, number: undefined, ring: { kind: 'house', called } };
}

type Outbound = {
  readonly from: Dialler;
  readonly number: string;
  readonly isEmergency: boolean;
  readonly shortCost?: ShortCost;
};

function outbound({ from, number, isEmergency, shortCost }: Outbound, facts: DialFacts): CallRoute {
  const own = facts.callerIdOf(from.personId) ?? facts.callerIdOf(undefined);
  // The emergency service must be able to call back, on whichever number.
  const ours = own ?? (isEmergency ? facts.anyCallerId() : undefined);
  const privacy = from.privacy === undefined || isEmergency ? {} : { privacy: from.privacy };
  return {
    direction: 'outbound',
    caller: from.caller,
    callee: externalParty(number, facts.nameOf(number, from.personId) ?? ''),
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
