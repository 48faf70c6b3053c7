import type { CallId, LegId, NewId } from '#base/ids.ts';
import type { Device } from '#devices/device.ts';
import type { OurNumber } from '#numbers/number.ts';
import type { RoutingPlan } from '#routing/decision.ts';
import type { CallLeg, CallRecord } from './call.ts';
import type { DialResult, PstnCaller } from './pstn-call-decision.ts';
import { externalParty } from './route-call.ts';

type NewPstnCall = {
  readonly id: CallId;
  readonly now: number;
  readonly number: OurNumber | undefined;
  readonly dialled: string;
  readonly caller: PstnCaller;
  readonly trunk: string;
  readonly reasons: CallRecord['reasons'];
};

/** The record of a call that the network reported and that has rung no phone yet. */
export function newPstnCallRecord({ id, now, number, dialled, caller, trunk, reasons }: NewPstnCall): CallRecord {
  const callee = {
    deviceId: undefined,
    personId: number?.ownerPersonId,
    number: number?.number ?? dialled.slice(0, 64),
    name: number?.name ?? '',
  };
  return {
    id,
    direction: 'inbound',
    startedAt: now,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: undefined,
    verdict: undefined,
    dialled: dialled.slice(0, 64),
    caller: externalParty(caller.number ?? '', caller.name),
    callee,
    number: number?.number,
    trunk,
    transferredFrom: undefined,
    reasons,
  };
}

/** The caller's leg of a call whose SIP leg never came. */
export function callerLegOf(record: CallRecord, callSid: string, id: LegId): CallLeg {
  const { caller, trunk } = record;
  return {
    id,
    role: 'caller',
    deviceId: undefined,
    personId: undefined,
    name: caller.name || caller.number,
    trunk,
    address: trunk ?? '',
    sipCallId: callSid,
    startedAt: record.startedAt,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: record.endedAt,
    sipStatus: undefined,
    outcome: undefined,
  };
}

type SkippedLegsOptions = {
  readonly record: CallRecord;
  readonly phones: readonly Device[];
  readonly outcome: 'offline' | 'unreachable' | undefined;
  readonly now: number;
  readonly newId: NewId;
};

/** One leg for each phone that was not rung; one for the owner alone where there is no phone. */
export function skippedLegs({ record, phones, outcome, now, newId }: SkippedLegsOptions): readonly CallLeg[] {
  const { callee } = record;
  const parties =
    phones.length === 0
      ? [{ deviceId: undefined, personId: callee.personId, name: callee.name || callee.number }]
      : phones.map(({ id, personId, name }) => ({ deviceId: id, personId, name }));
  return parties.map(({ deviceId, personId, name }) => ({
    id: newId('leg'),
    role: 'callee',
    deviceId,
    personId,
    name,
    trunk: undefined,
    address: '',
    sipCallId: '',
    startedAt: now,
    ringingAt: undefined,
    answeredAt: undefined,
    endedAt: now,
    sipStatus: undefined,
    outcome,
  }));
}

/** Why the phones that were to ring could not; undefined where none was to ring. */
export function whySkipped(plan: RoutingPlan): 'offline' | 'unreachable' | undefined {
  if (plan.kind === 'ring') return 'unreachable';
  if (plan.kind !== 'voicemail') return undefined;
  if (plan.reason === 'unreachable') return 'unreachable';
  return plan.reason === 'offline' || plan.reason === 'no-devices' ? 'offline' : undefined;
}

/** When a call was answered that the network forwarded, by how long it says that it lasted. */
export function answeredAtOf(
  { startedAt }: CallRecord,
  { endedAt, forwarded }: { readonly endedAt: number; readonly forwarded: DialResult | undefined },
): number | undefined {
  return forwarded === undefined ? undefined : Math.max(startedAt, endedAt - (forwarded.seconds ?? 0) * 1000);
}
