import type { MissedCall } from '#calls/missed-pstn-call.ts';
import { callerNumber, userOf } from '#twilio/webhooks/caller.ts';
import type { TwilioCall } from '#twilio/api/records.ts';
import { trunkName } from '#twilio/api/settings.ts';

const finalStatuses = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

/** A call to a number, and one by origination of a trunk: a single record, whose `to` is the origination SIP URI. */
const inboundDirections = new Set(['inbound', 'trunking-originating']);

/** A call of Twilio's list that no webhook reported, as a missed call; undefined unless it is inbound and over. */
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
