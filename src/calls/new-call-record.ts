import type { CallId } from '#base/ids.ts';
import type { CallRecord } from './call.ts';
import type { PlannedRoute } from './planned-route.ts';
import type { Attempt, Joined } from './ports.ts';

type New = { readonly id: CallId; readonly startedAt: number };

const open = { ringingAt: undefined, answeredAt: undefined, endedAt: undefined, verdict: undefined };

/** The record of a call that has rung no phone yet. */
export function newCallRecord(attempt: Attempt, route: PlannedRoute, { id, startedAt }: New): CallRecord {
  return {
    ...open,
    id,
    startedAt,
    direction: route.direction,
    dialled: attempt.dialled.slice(0, 64),
    caller: route.caller,
    callee: route.callee,
    number: route.number,
    trunk: attempt.caller.kind === 'trunk' ? attempt.caller.trunk : undefined,
    transferredFrom: attempt.transferredFrom,
    requestedBy: attempt.requestedBy,
    purpose: attempt.purpose,
    reasons: route.reasons,
  };
}

/** The record of a call of two sides that are connected already. */
export function joinedCallRecord({ direction, caller, callee, transferredFrom }: Joined, { id, startedAt }: New): CallRecord {
  return {
    ...open,
    id,
    startedAt,
    direction,
    dialled: callee.number,
    caller,
    callee,
    number: undefined,
    trunk: undefined,
    transferredFrom,
    reasons: [],
  };
}
