import type { CallId, DeviceId, PersonId } from '#base/ids.ts';
import type { CallLeg, CallRecord } from './call.ts';

/** A call in progress, as far as recording it goes. */
export type RecordableCall = {
  readonly callId: CallId;
  /** The network's id of the call, where it is known. */
  readonly externalCallId: string | undefined;
  readonly trunk: string | undefined;
  /** The number that was called over the trunk, E.164: ours for an inbound call, theirs for an outbound one. */
  readonly dialled: string;
  readonly startedAt: number;
  readonly isAnswered: boolean;
  /** Of everybody whose phone rang or called. */
  readonly personIds: readonly PersonId[];
  /** Of the phones that are in the call. */
  readonly answeredDeviceIds: readonly DeviceId[];
};

type CallFacts = { readonly record: CallRecord; readonly legs: Iterable<CallLeg> };

/**
 * Privacy: of the phones of a call only those that are in it count. One that rang and was not answered hears nothing of the call, so
 * its setting must not record it.
 */
export function recordableCall({ record, legs: given }: CallFacts, externalCallId: string | undefined): RecordableCall {
  const legs = [...given];
  const { id, trunk, direction, number, callee, startedAt, answeredAt } = record;
  return {
    callId: id,
    externalCallId,
    trunk,
    dialled: direction === 'inbound' ? (number ?? '') : callee.number,
    startedAt,
    isAnswered: answeredAt !== undefined,
    personIds: legs.flatMap(({ personId }) => personId ?? []),
    answeredDeviceIds: legs.flatMap((leg) => (leg.answeredAt === undefined ? [] : (leg.deviceId ?? []))),
  };
}
