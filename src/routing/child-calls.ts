// Owns what children's lines make of a call that is decided: which phones must not ring, and what a child may call in the house.
// Called by decide.ts, ring-plan.ts and mailbox-plan.ts.
// Must stay true: every line that keeps a call from a phone is among the reasons.
import type { PersonId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import { lineBar, lineOfDevice } from './child-line.ts';
import type { ChildLine, LineBar, LineHolder, OtherSide } from './child-line.ts';
import type { CallerFacts, CallQuestion, RoutingPlan } from './decision.ts';
import type { RoutingScope } from './routing-scope.ts';

export type BarredLine = { readonly line: ChildLine; readonly bar: LineBar };

/** The line that keeps a phone from ringing; undefined where none does. */
export function barredLine(device: Device, scope: RoutingScope): BarredLine | undefined {
  const line = lineOfDevice(device, scope.facts.childLines);
  if (line === undefined) return undefined;
  const side = callerSide(scope.call.caller, line);
  const bar = lineBar(line, side, scope);
  if (bar === undefined && side.isApproved !== true) return undefined;
  const code = bar === undefined ? 'child-line-approved' : bar === 'quiet' ? 'child-line-quiet' : 'child-line-caller';
  scope.add({ code, params: { holder: line.holder, name: nameOfHolder(line.holder, scope) } });
  return bar === undefined ? undefined : { line, bar };
}

/** Refuses a call in the house that the caller's line does not allow; emergency calls never come here. */
export function childMayCall(scope: RoutingScope): RoutingPlan | undefined {
  const { caller, called } = scope.call;
  const from = scope.facts.devices.find(({ device }) => device.id === caller.deviceId)?.device;
  const line = from === undefined ? undefined : lineOfDevice(from, scope.facts.childLines);
  const bar = line === undefined ? undefined : lineBar(line, calledSide(called), scope);
  if (line === undefined || bar === undefined) return undefined;
  const code = bar === 'quiet' ? 'child-line-quiet' : 'child-line-called';
  scope.add({ code, params: { holder: line.holder, name: nameOfHolder(line.holder, scope) } });
  return { kind: 'reject', tone: 'rejected', verdict: outgoingVerdict(bar) };
}

/** How a call of a child ends that its line does not allow. */
export function outgoingVerdict(bar: LineBar) {
  return { disposition: 'failed', reason: bar === 'quiet' ? 'call-not-permitted-now' : 'call-not-permitted' } as const;
}

/** In whose mailbox a caller may leave a message for a person: that of a parent, where they are not on the person's list. */
export function mailboxOwner(personId: PersonId, scope: RoutingScope): PersonId | undefined {
  const line = scope.facts.childLines.get(personId);
  const isStranger = line !== undefined && lineBar(line, callerSide(scope.call.caller, line), scope) === 'not-on-list';
  return isStranger ? parentMailbox([line], scope) : personId;
}

/** The first parent who has one. */
export function parentMailbox(lines: readonly ChildLine[], scope: RoutingScope): PersonId | undefined {
  const parents = lines.flatMap((line) => line.parents.flatMap((one) => (one.kind === 'person' ? [one.id] : [])));
  return parents.find((id) => scope.hasMailbox(id));
}

export function nameOfHolder(holder: LineHolder, { facts }: RoutingScope): string {
  const device = facts.devices.find(({ device: { id } }) => id === holder)?.device;
  return device?.name ?? facts.persons.find(({ id }) => id === holder)?.name ?? '';
}

function callerSide(caller: CallerFacts, { holder }: ChildLine): OtherSide {
  const { kind, deviceId, personId, number, isWithheld, houseContactGroups: contactGroups, approvedLines } = caller;
  const shown = isWithheld ? undefined : number;
  return {
    deviceId,
    personId,
    number: shown,
    contactGroups,
    isHouse: kind === 'device',
    isApproved: approvedLines.includes(holder),
  };
}

function calledSide(called: CallQuestion['called']): OtherSide {
  const nobody = { deviceId: undefined, personId: undefined, number: undefined, contactGroups: [], isHouse: true };
  switch (called.kind) {
    case 'device':
      return { ...nobody, deviceId: called.device.id, personId: called.device.personId };
    case 'group':
      return { ...nobody, ringGroupId: called.group.id };
    case 'number':
      return { ...nobody, number: called.number.number, personId: called.number.ownerPersonId };
  }
}
