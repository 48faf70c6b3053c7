import type { DeviceId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import { barredLine } from './child-calls.ts';
import type { BarredLine } from './child-calls.ts';
import type { ChildLine } from './child-line.ts';
import type { RingPlanStep, RoutingFacts } from './decision.ts';
import type { RingGroupId, RingOrder, RingTarget } from './ring-group.ts';
import type { RoutingScope } from './routing-scope.ts';
import { isDeviceSilent, isPersonSilent } from './silence.ts';

/** What is to ring, as a rule or a group has it. */
export type RingWish = {
  /** Of the rule or group, for the reasons. */
  readonly name: string;
  readonly targets: readonly RingTarget[];
  readonly order: RingOrder;
  readonly seconds: number;
  /** Phones ring although do not disturb is on for them. */
  readonly ignoresDnd?: boolean;
  /** It rings in place of the called person, whose switch then silences no numbers outside. */
  readonly isInstead?: boolean;
};

/** `nobody`: why nothing would ring. `missing`: what the wish names that is no longer there. `strangers`: the lines of `not-on-list`. */
export type RingSteps = {
  readonly steps: readonly RingPlanStep[];
  readonly nobody: 'dnd' | 'quiet-hours' | 'not-on-list' | 'no-devices' | 'offline' | 'unreachable' | undefined;
  readonly strangers: readonly ChildLine[];
  readonly missing: readonly string[];
};

type Candidates = { readonly devices: readonly Device[]; readonly forwards: readonly string[]; readonly seconds: number };

/** The steps that ring somebody now: phones that are switched on, not silent, and of which one is registered. */
export function ringSteps(wish: RingWish, scope: RoutingScope): RingSteps {
  const missing: string[] = [];
  const candidates = expand(wish, { scope, missing, inside: new Set() });
  const allowed = candidates.map(({ devices, forwards, seconds }) => ({
    devices: devices.filter((device) => device.enabled && device.id !== scope.call.caller.deviceId),
    forwards,
    seconds,
  }));
  const barred: BarredLine[] = [];
  const permitted = allowed.map((step) => ({
    ...step,
    devices: step.devices.filter((device) => isPermitted(device, scope, barred)),
  }));
  const audible = permitted.map(({ devices, forwards, seconds }) => ({
    devices: devices.filter((device) => wish.ignoresDnd === true || !isDeviceSilent(device, scope)),
    forwards: forwards.filter(() => !areForwardsSilent(wish, scope)),
    seconds,
  }));
  const reachable = audible.map((step) => withReachable(step, scope));
  const steps = reachable.filter(({ deviceIds, forwards }) => deviceIds.length + forwards.length > 0);
  const strangers = barred.flatMap(({ line, bar }) => (bar === 'not-on-list' ? [line] : []));
  const facts = { candidates: allowed, permitted, audible, strangers };
  return { steps, missing, strangers, nobody: steps.length > 0 ? undefined : whyNobody(facts, scope) };
}

function areForwardsSilent({ ignoresDnd = false, isInstead = false }: RingWish, scope: RoutingScope): boolean {
  return !ignoresDnd && !isInstead && scope.owner !== undefined && isPersonSilent(scope.owner, scope);
}

function isPermitted(device: Device, scope: RoutingScope, barred: BarredLine[]): boolean {
  const found = barredLine(device, scope);
  if (found !== undefined) barred.push(found);
  return found === undefined;
}

function withReachable({ devices, forwards, seconds }: Candidates, scope: RoutingScope): RingPlanStep {
  const canRing = isHandedOver(scope) && devices.some(({ id }) => isRegistered(id, scope.facts));
  return { deviceIds: canRing ? devices.map(({ id }) => id) : [], forwards, seconds };
}

/** A call of which a webhook tells us is still in the network, which must reach us first. */
function isHandedOver({ call, facts }: RoutingScope): boolean {
  return call.via !== 'webhook' || facts.isReachable;
}

function isRegistered(deviceId: DeviceId, { devices }: RoutingFacts): boolean {
  return devices.some(({ device, isRegistered: is }) => device.id === deviceId && is);
}

/** What is left after each look at them. */
type Filtered = {
  readonly candidates: readonly Candidates[];
  readonly permitted: readonly Candidates[];
  readonly audible: readonly Candidates[];
  readonly strangers: readonly ChildLine[];
};

function whyNobody(
  { candidates, permitted, audible, strangers }: Filtered,
  scope: RoutingScope,
): NonNullable<RingSteps['nobody']> {
  const count = (steps: readonly Candidates[]) =>
    steps.reduce((sum, { devices, forwards }) => sum + devices.length + forwards.length, 0);
  if (count(candidates) === 0) return 'no-devices';
  if (count(permitted) === 0) return strangers.length > 0 ? 'not-on-list' : 'quiet-hours';
  if (count(audible) === 0) return 'dnd';
  const isAnyRegistered = audible.some(({ devices }) => devices.some(({ id }) => isRegistered(id, scope.facts)));
  return isAnyRegistered ? 'unreachable' : 'offline';
}

type Expansion = { readonly scope: RoutingScope; readonly missing: string[]; readonly inside: ReadonlySet<RingGroupId> };

function expand({ targets, order, seconds, name }: RingWish, expansion: Expansion): readonly Candidates[] {
  const steps = targets.flatMap((target) => ofTarget(target, { name, seconds }, expansion));
  if (order === 'one-after-another') return steps;
  const devices = [...new Set(steps.flatMap((step) => step.devices))];
  const forwards = [...new Set(steps.flatMap((step) => step.forwards))];
  return [{ devices, forwards, seconds }];
}

type Named = Pick<RingWish, 'name' | 'seconds'>;

function ofTarget(target: RingTarget, { name, seconds }: Named, expansion: Expansion): readonly Candidates[] {
  const { scope, missing } = expansion;
  const { devices, persons } = scope.facts;
  switch (target.kind) {
    case 'number':
      return [{ devices: [], forwards: [target.number], seconds }];
    case 'device': {
      const found = devices.find(({ device }) => device.id === target.id);
      if (found === undefined) missing.push('a phone');
      return found === undefined ? [] : [{ devices: [found.device], forwards: [], seconds }];
    }
    case 'person': {
      if (!persons.some(({ id }) => id === target.id)) missing.push('a person');
      const theirs = devices.flatMap(({ device }) => (device.personId === target.id ? [device] : []));
      return theirs.length === 0 ? [] : [{ devices: theirs, forwards: [], seconds }];
    }
    case 'group':
      return ofGroup(target.id, name, expansion);
  }
}

function ofGroup(id: RingGroupId, name: string, { scope, missing, inside }: Expansion): readonly Candidates[] {
  const group = scope.facts.groups.find((one) => one.id === id);
  if (group === undefined) {
    missing.push('a group');
    return [];
  }
  // Refused when it is written; what another program wrote must not hang a call.
  if (inside.has(id)) {
    scope.add({ code: 'group-circle', params: { name: group.name } });
    return [];
  }
  const wish = { name, targets: group.members, order: group.order, seconds: group.seconds };
  return expand(wish, { scope, missing, inside: new Set([...inside, id]) });
}
