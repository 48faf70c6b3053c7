import { visiblePerson } from '#base/visible-person.ts';
import { isoTime, isoTimeOrNull } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { CallId } from '#base/ids.ts';
import {
  getCall,
  getCallRecord,
  hangUpAllCalls,
  hangUpCall,
  holdCall,
  listCallRecords,
  listCalls,
  placeCall,
  transferCall,
} from '#contract/calls.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import { toReasonReply } from '#contract/routing-reasons.ts';
import { answerInMemory, answerPage, listRequest } from '#contract/page.ts';
import { talkSeconds } from './call.ts';
import type { CallLeg, CallRecord, Party } from './call.ts';
import { toCallFilter } from './call-filter.ts';
import type { CallSearch } from './call-search.ts';
import type { CallControl } from './call-control.ts';
import { assertMayEnd } from './call-control-decision.ts';
import type { ControlledBy } from './call-control-decision.ts';
import type { Calls } from './calls.ts';
import type { CdrStore } from './cdr-store.ts';
import type { OngoingCall } from './ongoing-call.ts';

type CallRoutesDeps = {
  readonly calls: Calls;
  readonly control: CallControl;
  readonly store: CdrStore;
  readonly search: CallSearch;
};

/** A user sees the calls that rang or left their devices; an admin sees all. */
export function callRoutes({ calls, control, store, search }: CallRoutesDeps): readonly Route[] {
  const visible = (id: CallId, identity: Identity | undefined): OngoingCall => {
    const call = calls.get(id);
    if (call === undefined || !maySeeCall(call.legs, identity))
      throw new AppError('not-found', 'There is no such call in progress');
    return call;
  };
  return [
    handle(listCallRecords, async ({ query, identity }) => {
      const found = await search.findInTurns(toCallFilter(query, identity), listRequest(query));
      return answerPage(query, () => found, toRecordReply);
    }),
    handle(getCallRecord, ({ params, identity }) => {
      const record = store.get(params.id);
      const legs = store.legsOf(params.id);
      if (record === undefined || !maySeeCall(legs, identity)) throw new AppError('not-found', 'There is no such call record');
      return { ...toRecordReply(record), legs: legs.map(toLegReply), reasons: record.reasons.map(toReasonReply) };
    }),
    handle(listCalls, ({ query, identity }) => {
      const seen = calls.list().filter((call) => maySeeCall(call.legs, identity));
      return answerInMemory(query, seen, toCallReply);
    }),
    handle(getCall, ({ params, identity }) => toCallReply(visible(params.id, identity))),
    handle(hangUpAllCalls, ({ body }) => ({ ended: calls.hangUpAll(body.deviceId) })),
    handle(hangUpCall, ({ params, identity }) => {
      const { record } = visible(params.id, identity);
      assertMayEnd(record, by(identity));
      calls.hangUp(record.id);
    }),
    handle(placeCall, async ({ body, identity }) => toCallReply(await control.call(body, by(identity)))),
    handle(transferCall, ({ params, body, identity }) =>
      toCallReply(control.transfer(visible(params.id, identity), body, by(identity))),
    ),
    handle(holdCall, async ({ params, body, identity }) =>
      toCallReply(await control.hold(visible(params.id, identity), body.isHeld, by(identity))),
    ),
  ];
}

function by(identity: Identity | undefined): ControlledBy {
  if (identity === undefined) throw new AppError('unauthorized', 'Sign in first');
  return { id: identity.id, personId: visiblePerson(identity) };
}

export function maySeeCall(legs: Iterable<CallLeg>, identity: Identity | undefined): boolean {
  const person = visiblePerson(identity);
  if (person === undefined) return true;
  for (const leg of legs) if (leg.personId === person) return true;
  return false;
}

function toRecordReply(record: CallRecord) {
  const { answeredAt, endedAt, verdict } = record;
  return {
    ...toCommonReply(record),
    endedAt: isoTimeOrNull(endedAt),
    durationSeconds: talkSeconds(answeredAt ?? null, endedAt ?? null),
    disposition: verdict?.disposition ?? null,
    reason: verdict?.reason ?? null,
  };
}

function toCallReply(call: OngoingCall) {
  return { ...toCommonReply(call.record), state: call.phase };
}

function toCommonReply(record: CallRecord) {
  return {
    id: record.id,
    direction: record.direction,
    startedAt: isoTime(record.startedAt),
    ringingAt: isoTimeOrNull(record.ringingAt),
    answeredAt: isoTimeOrNull(record.answeredAt),
    dialled: record.dialled,
    caller: toPartyReply(record.caller),
    callee: toPartyReply(record.callee),
    number: record.number ?? null,
    trunk: record.trunk ?? null,
    transferredFrom: record.transferredFrom ?? null,
    requestedBy: record.requestedBy ?? null,
    purpose: record.purpose ?? null,
  };
}

function toPartyReply({ deviceId, personId, number, name }: Party) {
  return { deviceId: deviceId ?? null, personId: personId ?? null, number, name };
}

function toLegReply(leg: CallLeg) {
  return {
    id: leg.id,
    role: leg.role,
    deviceId: leg.deviceId ?? null,
    personId: leg.personId ?? null,
    name: leg.name,
    trunk: leg.trunk ?? null,
    address: leg.address,
    sipCallId: leg.sipCallId,
    startedAt: isoTime(leg.startedAt),
    ringingAt: isoTimeOrNull(leg.ringingAt),
    answeredAt: isoTimeOrNull(leg.answeredAt),
    endedAt: isoTimeOrNull(leg.endedAt),
    sipStatus: leg.sipStatus ?? null,
    outcome: leg.outcome ?? null,
  };
}
