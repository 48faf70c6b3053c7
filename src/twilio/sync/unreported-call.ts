import type { MissedCall } from '#calls/missed-pstn-call.ts';
import { callerNumber, userOf } from '#twilio/webhooks/caller.ts';
import type { TwilioCall } from '#twilio/api/records.ts';
import { trunkName } from '#twilio/api/settings.ts';

const finalStatuses = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

/** A call to a number, and one that a trunk brings to the house: that is one record, whose `to` is the SIP URI it went to. */
const inboundDirections = new Set(['inbound', 'trunking-originating']);

/** What a call of Twilio's list is to us where nobody told us of it; undefined for what is no call from outside, or not over. */
export function toMissedCall(call: TwilioCall): MissedCall | undefined {
  const { sid, parentCallSid, direction, from, to, status, createdAt, startedAt = createdAt, endedAt, callerName = '' } = call;
  if (!inboundDirections.has(direction) || parentCallSid !== undefined || !finalStatuses.has(status) || startedAt === undefined)
    return undefined;
  const number = callerNumber(from);
  return {
    callSid: sid,
    dialled: userOf(to),
    startedAt,
    endedAt: endedAt ?? startedAt,
    trunk: trunkName,
    isByTrunk: direction === 'trunking-originating',
    caller: { number, isWithheld: number === undefined, name: callerName, attestation: 'none', spamScore: undefined },
  };
}
