import type { Device } from '#devices/device.ts';
import { outgoingVerdict } from '#routing/child-calls.ts';
import { lineBar, lineOfDevice } from '#routing/child-line.ts';
import type { LineContext } from '#routing/child-line.ts';
import type { RoutingReason } from '#routing/decision.ts';
import { zoneTime } from '#routing/zone-time.ts';
import type { FactSources } from './gather-facts.ts';
import type { TrunkRing } from './route-call.ts';
import type { Verdict } from './verdict.ts';

export type ChildLineRefusal = { readonly verdict: Verdict; readonly reason: RoutingReason };

/** Why a phone may not make a call outside as a child's line; undefined: it may. Emergency calls are never refused. */
export type RefuseChildCall = (device: Device, ring: TrunkRing) => ChildLineRefusal | undefined;

type Sources = Pick<FactSources, 'childLines' | 'contacts' | 'groups' | 'settings' | 'people'>;

export function childCallRefuser(sources: Sources, clock: { now(): number }): RefuseChildCall {
  return (device, { number, isEmergency, shortCost }) => {
    const line = lineOfDevice(device, sources.childLines());
    // Short numbers that cost nothing are always allowed: crisis lines for children are among them.
    if (line === undefined || isEmergency || shortCost === 'free') return undefined;
    const contactGroups = sources.contacts.byNumber(number)?.groups ?? [];
    const nobody = { deviceId: undefined, personId: undefined, isHouse: false };
    const bar = lineBar(line, { ...nobody, number, contactGroups }, lineContextAt(clock.now(), sources));
    if (bar === undefined) return undefined;
    const code = bar === 'quiet' ? 'child-line-quiet' : 'child-line-called';
    const name = line.holder === device.id ? device.name : (nameOf(line.holder, sources) ?? device.name);
    return { verdict: outgoingVerdict(bar), reason: { code, params: { holder: line.holder, name } } };
  };
}

/** The moment, for a child’s line. */
export function lineContextAt(now: number, { settings, groups }: Pick<Sources, 'settings' | 'groups'>): LineContext {
  const { timeZone, holidays } = settings();
  return {
    groups: groups(),
    holidays: new Set(holidays),
    zone: (zone = timeZone) => zoneTime(now, zone),
  };
}

function nameOf(holder: string, { people }: Sources): string | undefined {
  return people.all().find(({ id }) => id === holder)?.name;
}
