import type { FieldProblem } from '#base/errors.ts';
import type { Device } from '#devices/device.ts';
import type { RingGroup, RingGroupId, RingTarget } from './ring-group.ts';
import type { RoutingHouse } from './routing-house.ts';

/** Something that is not right with a rule or group. `broken`: it names what is no longer there, which is skipped. */
export type RoutingProblem = FieldProblem & { readonly severity: 'broken' | 'warning' };

export type TargetContext = { readonly house: RoutingHouse; readonly groups: readonly RingGroup[] };

/** What is wrong with targets, each at its field below `field`. */
export function targetProblems(targets: readonly RingTarget[], field: string, context: TargetContext): readonly RoutingProblem[] {
  const found = targets.flatMap((target, index) => {
    const message = targetProblem(target, context);
    return message === undefined ? [] : [{ field: `${field}.${index}`, message, severity: 'broken' as const }];
  });
  if (found.length > 0 || ringsSomebody(targets, context)) return found;
  return [{ field, message: 'rings nobody: none of them has an enabled phone', severity: 'warning' }];
}

/** Whether a target is no longer there, or is a number of ours, to which a call would come back. */
export function targetProblem(target: RingTarget, { house, groups }: TargetContext): string | undefined {
  switch (target.kind) {
    case 'device':
      return house.devices.byId(target.id) === undefined ? 'names a phone that is not there' : undefined;
    case 'person':
      return house.people.all().some(({ id }) => id === target.id) ? undefined : 'names a person who is not there';
    case 'group':
      return groups.some(({ id }) => id === target.id) ? undefined : 'names a group that is not there';
    case 'number':
      return ownNumberProblem(target.number, house);
  }
}

/** Why a call cannot be forwarded to a number; undefined where it can. */
export function ownNumberProblem(number: string, { numbers }: Pick<RoutingHouse, 'numbers'>): string | undefined {
  return numbers.byNumber(number) === undefined ? undefined : 'is a number of this house: the call would come back to it';
}

function ringsSomebody(targets: readonly RingTarget[], context: TargetContext): boolean {
  const { devices, hasNumber } = devicesOf(targets, context);
  return hasNumber || devices.some(({ enabled }) => enabled);
}

export type TargetDevices = { readonly devices: readonly Device[]; readonly hasNumber: boolean };

/** The phones that targets stand for, switched on or not, and whether a number outside is among them. */
export function devicesOf(targets: readonly RingTarget[], context: TargetContext): TargetDevices {
  const singles = expanded(targets, context, new Set());
  const devices = singles.flatMap((target) => {
    if (target.kind === 'device') return context.house.devices.byId(target.id) ?? [];
    return target.kind === 'person' ? context.house.devices.all().filter(({ personId }) => personId === target.id) : [];
  });
  return { devices, hasNumber: singles.some(({ kind }) => kind === 'number') };
}

/** With the members of groups in their place. */
function expanded(
  targets: readonly RingTarget[],
  context: TargetContext,
  inside: ReadonlySet<RingGroupId>,
): readonly Exclude<RingTarget, { kind: 'group' }>[] {
  return targets.flatMap((target) => {
    if (target.kind !== 'group') return [target];
    const group = inside.has(target.id) ? undefined : context.groups.find(({ id }) => id === target.id);
    return group === undefined ? [] : expanded(group.members, context, new Set([...inside, target.id]));
  });
}

/** The names of the groups by which a group would contain itself; undefined where it does not. */
export function circleOf(group: RingGroup, groups: readonly RingGroup[]): readonly string[] | undefined {
  const all = [...groups.filter(({ id }) => id !== group.id), group];
  return circleFrom(group, { all, goal: group.id, path: [group.name], seen: new Set() });
}

type Search = {
  readonly all: readonly RingGroup[];
  readonly goal: RingGroupId;
  readonly path: readonly string[];
  readonly seen: Set<RingGroupId>;
};

function circleFrom({ members }: RingGroup, search: Search): readonly string[] | undefined {
  for (const member of members) {
    if (member.kind !== 'group') continue;
    const group = search.all.find(({ id }) => id === member.id);
    if (group === undefined) continue;
    const path = [...search.path, group.name];
    if (group.id === search.goal) return path;
    if (search.seen.has(group.id)) continue;
    search.seen.add(group.id);
    const found = circleFrom(group, { ...search, path });
    if (found !== undefined) return found;
  }
  return undefined;
}
