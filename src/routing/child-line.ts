import type { DeviceId, PersonId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { RingGroup, RingGroupId, RingTarget } from './ring-group.ts';
import { isSameGroup } from './same-group.ts';
import type { TimeCondition } from './route.ts';
import { isWithin } from './schedule.ts';
import type { ZoneTime } from './zone-time.ts';

/** Whose line it is: of one phone, or of every phone of a person that has no line of its own. */
export type LineHolder = DeviceId | PersonId;

/** Whom a child calls and is called by, and when. Emergency calls are never restricted. */
export type ChildLine = {
  readonly holder: LineHolder;
  /** Both ways. */
  readonly allowed: readonly RingTarget[];
  /** Of the house's own address book: what the child writes into theirs opens nothing. */
  readonly contactGroups: readonly string[];
  /** Whether every phone of the house may call it and be called. */
  readonly isHouseAllowed: boolean;
  /** Always allowed; they are rung instead of the child where a caller is not. */
  readonly parents: readonly RingTarget[];
  /** When it neither rings nor calls. */
  readonly quiet: readonly TimeCondition[];
  /** Whether it is quiet for parents too. */
  readonly isQuietForParents: boolean;
};

/** Who is at the other end of a call of the line. */
export type OtherSide = {
  readonly deviceId: DeviceId | undefined;
  readonly personId: PersonId | undefined;
  /** E.164, or a short number as dialled. */
  readonly number: string | undefined;
  /** Of the house's own address book. */
  readonly contactGroups: readonly string[];
  readonly isHouse: boolean;
  /** Whether a parent lets this one call through. */
  readonly isApproved?: boolean;
  readonly ringGroupId?: RingGroupId;
};

/** The moment, and the groups that a list may name. */
export type LineContext = {
  readonly zone: (timeZone?: string) => ZoneTime;
  readonly holidays: ReadonlySet<string>;
  readonly groups: readonly RingGroup[];
};

/** Why a line takes no call: `not-on-list` at any time, `quiet` not now. */
export type LineBar = 'not-on-list' | 'quiet';

export type ChildLineMap = ReadonlyMap<LineHolder, ChildLine>;

/** A phone's own line holds in place of its owner's. */
export function lineOfDevice({ id, personId }: Pick<Device, 'id' | 'personId'>, lines: ChildLineMap): ChildLine | undefined {
  return lines.get(id) ?? (personId === undefined ? undefined : lines.get(personId));
}

/** Why the line neither calls nor is called by this other side; undefined: it may. Pure. */
export function lineBar(line: ChildLine, other: OtherSide, context: LineContext): LineBar | undefined {
  const isParent = isNamed(line.parents, other, context.groups);
  if (!isParent && !isListed(line, other, context.groups)) return 'not-on-list';
  if (isParent && !line.isQuietForParents) return undefined;
  return isLineQuiet(line, context) ? 'quiet' : undefined;
}

export function isLineQuiet({ quiet }: Pick<ChildLine, 'quiet'>, context: Omit<LineContext, 'groups'>): boolean {
  return quiet.some((time) => isWithin(time, context.zone(time.timeZone), context.holidays));
}

function isListed(line: ChildLine, other: OtherSide, groups: readonly RingGroup[]): boolean {
  if (other.isApproved === true || (line.isHouseAllowed && other.isHouse)) return true;
  const isInGroup = other.contactGroups.some((one) => line.contactGroups.some((listed) => isSameGroup(listed, one)));
  return isInGroup || isNamed(line.allowed, other, groups);
}

function isNamed(targets: readonly RingTarget[], other: OtherSide, groups: readonly RingGroup[]): boolean {
  return targets.some((target) => isTarget(target, other, { groups, inside: new Set() }));
}

type Search = { readonly groups: readonly RingGroup[]; readonly inside: ReadonlySet<RingGroupId> };

function isTarget(target: RingTarget, other: OtherSide, { groups, inside }: Search): boolean {
  switch (target.kind) {
    case 'device':
      return other.deviceId === target.id;
    case 'person':
      return other.personId === target.id;
    case 'number':
      return other.number === target.number;
    case 'group': {
      if (other.ringGroupId === target.id) return true;
      const members = inside.has(target.id) ? [] : (groups.find(({ id }) => id === target.id)?.members ?? []);
      const search = { groups, inside: new Set([...inside, target.id]) };
      return members.some((member) => isTarget(member, other, search));
    }
  }
}
