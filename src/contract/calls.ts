import { z } from 'zod';
import { callDispositions, callReasons } from './call-verdicts.ts';
import { endpoint, noContent } from './endpoint.ts';
import { streamReply } from './file.ts';
import { numberFilter } from './number-filter.ts';
import { callId, deviceId, legId, personId, personOrTokenId } from './ids.ts';
import { isoDateTime } from './date-time.ts';
import { listQuery, pageOf } from './page.ts';
import { routingReason } from './routing-reasons.ts';

export const callDirections = ['internal', 'inbound', 'outbound'] as const;
export const callPhases = ['ringing', 'in_call', 'held'] as const;
/** Why the house called a phone itself: to test it, or to dial for it once it was picked up. */
export const callPurposes = ['test', 'dial'] as const;
export const legOutcomes = [
  'answered',
  'busy',
  'declined',
  'no-answer',
  'offline',
  'unreachable',
  'refused',
  'unknown-number',
  'media-refused',
  'no-media',
  'error',
  'redirected',
  'answered-elsewhere',
  'cancelled',
  'interrupted',
] as const;

export const callDirection = z.enum(callDirections).meta({ id: 'CallDirection' });
export const callDisposition = z.enum(callDispositions).meta({ id: 'CallDisposition' });
export const callReason = z.enum(callReasons).meta({ id: 'CallReason' });

const party = z
  .object({
    deviceId: deviceId.nullable(),
    personId: personId.nullable(),
    /** E.164, an extension, or what was dialled where it is neither; empty where the caller hides it. */
    number: z.string(),
    name: z.string(),
  })
  .meta({ id: 'CallParty' });

const common = {
  id: callId,
  direction: callDirection,
  startedAt: isoDateTime,
  ringingAt: isoDateTime.nullable(),
  answeredAt: isoDateTime.nullable(),
  dialled: z.string(),
  caller: party,
  callee: party,
  /** Our phone number by which the call came or went, E.164. */
  number: z.string().nullable(),
  trunk: z.string().nullable(),
  /** The call that was transferred to this one, or in which the house rang the phone for which it then dialled. */
  transferredFrom: callId.nullable(),
  /** The person, or the API token of no person, who asked for it through the API; `token_home-assistant` where an automation did. */
  requestedBy: personOrTokenId.nullable(),
  /** Null for every call that somebody made. */
  purpose: z.enum(callPurposes).meta({ id: 'CallPurpose' }).nullable(),
};

export const callLeg = z
  .object({
    id: legId,
    role: z.enum(['caller', 'callee']).meta({ id: 'LegRole' }),
    deviceId: deviceId.nullable(),
    personId: personId.nullable(),
    name: z.string(),
    trunk: z.string().nullable(),
    /** Where the leg went or came from, such as `udp 192.0.2.7:5060`. */
    address: z.string(),
    sipCallId: z.string(),
    startedAt: isoDateTime,
    ringingAt: isoDateTime.nullable(),
    answeredAt: isoDateTime.nullable(),
    endedAt: isoDateTime.nullable(),
    /** The last SIP status of the leg. */
    sipStatus: z.number().int().nullable(),
    outcome: z.enum(legOutcomes).meta({ id: 'LegOutcome' }).nullable(),
  })
  .meta({ id: 'CallLeg' });

const recordShape = {
  ...common,
  endedAt: isoDateTime.nullable(),
  /** Seconds of talk. */
  durationSeconds: z.number().int(),
  /** Null while the call goes on. */
  disposition: callDisposition.nullable(),
  reason: callReason.nullable(),
};

export const callRecord = z.object(recordShape).meta({ id: 'CallRecord' });
export const callRecordWithLegs = z
  .object({
    ...recordShape,
    legs: z.array(callLeg),
    /** Why it rang whom it rang, in the order in which it was looked at; empty where nothing was to be decided. */
    reasons: z.array(routingReason),
  })
  .meta({ id: 'CallRecordWithLegs' });
export const callInProgress = z.object({ ...common, state: z.enum(callPhases).meta({ id: 'CallPhase' }) }).meta({ id: 'Call' });

const callParams = z.object({ id: callId });

const filters = {
  /** E.164, extension or dialled digits of either side. */
  number: numberFilter.optional(),
  device: deviceId.optional(),
  person: personId.optional(),
  direction: callDirection.optional(),
  disposition: callDisposition.optional(),
  from: isoDateTime.optional(),
  to: isoDateTime.optional(),
};
/** Part of a name or number. */
const text = z.string().trim().min(1).max(64).optional();

export const listCallRecords = endpoint({
  id: 'listCallRecords',
  method: 'GET',
  path: '/cdrs',
  access: 'user',
  summary: 'Call records (CDRs): all for an admin; for a user, calls to and from their own devices',
  query: listQuery(['startedAt', 'endedAt', 'answeredAt'], { ...filters, text }),
  reply: pageOf(callRecord),
});

export const exportCallRecords = endpoint({
  id: 'exportCallRecords',
  method: 'GET',
  path: '/cdrs/export.csv',
  access: 'user',
  summary: 'Call records as CSV for spreadsheets, by the same filters as the list and without its pages, by their start',
  query: z.strictObject({ order: z.enum(['asc', 'desc']).default('desc'), ...filters, text }),
  reply: streamReply,
  replyTypes: ['text/csv'],
});

const counted = {
  calls: z.number().int(),
  answered: z.number().int(),
  talkSeconds: z.number().int(),
};

const dispositionCount = z.object({ disposition: callDisposition, calls: z.number().int() }).meta({ id: 'DispositionCount' });

export const callStatistics = z
  .object({
    timeZone: z.string().meta({ description: 'Of the house: its days and weeks begin at midnight there' }),
    from: isoDateTime,
    to: isoDateTime,
    total: z.object(counted).meta({ id: 'CallCount' }),
    periods: z.array(
      z
        .object({
          date: z.iso.date().meta({ description: 'The day, or the Monday of the week' }),
          ...counted,
          dispositions: z.array(dispositionCount),
        })
        .meta({ id: 'CallPeriod' }),
    ),
    dispositions: z.array(dispositionCount),
    directions: z.array(z.object({ direction: callDirection, ...counted }).meta({ id: 'DirectionCount' })),
    persons: z
      .array(z.object({ personId, ...counted }).meta({ id: 'PersonCount' }))
      .meta({ description: 'Each person whose phones called or rang; a user sees themselves alone' }),
  })
  .meta({ id: 'CallStatistics' });

export const getCallStatistics = endpoint({
  id: 'getCallStatistics',
  method: 'GET',
  path: '/cdrs/stats',
  access: 'user',
  summary: 'How many calls there were, and how long they lasted, by day or week of the house: calls that have ended',
  query: z.strictObject({
    by: z.enum(['day', 'week']).default('day'),
    ...filters,
    from: isoDateTime.optional().meta({ description: 'By default 30 days before `to`, or 12 weeks' }),
    to: isoDateTime.optional().meta({ description: 'By default now' }),
  }),
  reply: callStatistics,
});

export const getCallRecord = endpoint({
  id: 'getCallRecord',
  method: 'GET',
  path: '/cdrs/:id',
  access: 'user',
  summary: 'One call record with its legs',
  params: callParams,
  reply: callRecordWithLegs,
});

export const listCalls = endpoint({
  id: 'listCalls',
  method: 'GET',
  path: '/calls',
  access: 'user',
  summary: 'Calls in progress',
  query: listQuery(['startedAt'], {}),
  reply: pageOf(callInProgress),
});

export const getCall = endpoint({
  id: 'getCall',
  method: 'GET',
  path: '/calls/:id',
  access: 'user',
  summary: 'One call in progress',
  params: callParams,
  reply: callInProgress,
});

export const hangUpAllCalls = endpoint({
  id: 'hangUpAllCalls',
  method: 'POST',
  path: '/calls/hangup',
  access: 'admin',
  summary: 'Hang up all calls in progress, or those of one phone; emergency calls go on, and can only be hung up one by one',
  body: z.strictObject({ deviceId: deviceId.optional() }),
  reply: z.object({
    /** How many calls were ended. */
    ended: z.number().int(),
  }),
});

export const hangUpCall = endpoint({
  id: 'hangUpCall',
  method: 'POST',
  path: '/calls/:id/hangup',
  access: 'user',
  summary: 'Hang up a call in progress',
  status: 204,
  params: callParams,
  reply: noContent,
});

const dialled = z.string().trim().min(1).max(64).meta({ description: 'An extension or number, as the phone would dial it' });

export const placeCall = endpoint({
  id: 'placeCall',
  method: 'POST',
  path: '/calls',
  access: 'user',
  summary: 'Click-to-call: ring a phone, and dial for it once it is picked up; a user with their own phones only',
  status: 201,
  isDoneOnce: true,
  body: z.strictObject({
    deviceId,
    to: dialled,
    autoAnswer: z.boolean().default(false).meta({ description: 'Ask the phone to answer by itself, where it knows how' }),
  }),
  /** The call to the phone; the one that it makes then names this in `transferredFrom`. */
  reply: callInProgress,
});

export const transferCall = endpoint({
  id: 'transferCall',
  method: 'POST',
  path: '/calls/:id/transfer',
  access: 'user',
  summary: 'Transfer a call: a phone leaves it, and its other side is connected with an extension or number that answers',
  status: 201,
  isDoneOnce: true,
  params: callParams,
  body: z.strictObject({
    to: dialled,
    deviceId: deviceId
      .optional()
      .meta({ description: 'The phone that leaves the call, where both sides are phones of the house' }),
  }),
  /** The new call. */
  reply: callInProgress,
});

export const holdCall = endpoint({
  id: 'holdCall',
  method: 'POST',
  path: '/calls/:id/hold',
  access: 'user',
  summary: 'Hold a call, so that neither side hears the other, or resume it',
  params: callParams,
  body: z.strictObject({ isHeld: z.boolean() }),
  reply: callInProgress,
});
