// Composes what the rooms know of calls, voicemails and messages into what decides who is told of them.
// Called by notify.ts.
// Must stay true: who missed a call is decided in calls/call-occurrences.ts alone; nothing here waits.
import { isDeviceId, madeAt } from '#base/ids.ts';
import type { CallId, DeviceId, MessageId, PersonId, VoicemailId } from '#base/ids.ts';
import { whenEnded, whenRinging } from '#calls/call-occurrences.ts';
import type { CallOccurrence, CallOccurrenceType, CallSnapshot } from '#calls/call-occurrences.ts';
import type { CatchUpSources } from '#notify/catch-up.ts';
import type { ToldCall } from '#notify/recipients.ts';
import type { ToldSources } from '#notify/told.ts';
import type { CallsRoom } from './calls.ts';
import type { MessageRoom } from './messages.ts';
import type { NumbersRoom } from './numbers.ts';
import type { VoicemailServices } from './voicemail.ts';

export type ToldSourceDeps = {
  readonly calls: Pick<CallsRoom, 'cdrs'> & { readonly calls: Pick<CallsRoom['calls'], 'find'> };
  readonly voicemail: { readonly room: Pick<VoicemailServices['room'], 'voicemails' | 'latest' | 'isTranscriptPending'> };
  readonly messages: Pick<MessageRoom, 'stores'>;
  readonly numbers: Pick<NumbersRoom['numbers'], 'byNumber'>;
};

/** More than a house has in a day. */
const maxLatest = 500;

export function toldSources(deps: ToldSourceDeps): ToldSources & CatchUpSources {
  return { ...callSources(deps), ...voicemailSources(deps), ...messageSources(deps) };
}

function callSources({ calls: { calls, cdrs } }: ToldSourceDeps) {
  return {
    ringing(callId: CallId, deviceId: DeviceId) {
      const call = calls.find(callId);
      return call === undefined ? undefined : toToldCall(call, whenRinging(call, deviceId), 'incoming');
    },
    missed(callId: CallId) {
      const call = calls.find(callId);
      const verdict = call?.record.verdict;
      if (call === undefined || verdict === undefined) return undefined;
      const told = toToldCall(call, whenEnded(call, verdict), 'missed');
      const mailbox = verdict.disposition === 'voicemail' ? (call.record.callee.personId ?? null) : undefined;
      return told === undefined ? undefined : { ...told, mailbox, endedAt: call.record.endedAt };
    },
    callsSince: (at: number) =>
      since(
        cdrs.latest(maxLatest).map(({ id, endedAt = 0 }) => ({ id, changedAt: endedAt })),
        at,
      ),
  };
}

/** Nobody is told of a call that goes out. */
function toToldCall(call: CallSnapshot, occurrences: readonly CallOccurrence[], type: CallOccurrenceType): ToldCall | undefined {
  const { direction, callee } = call.record;
  if (direction === 'outbound') return undefined;
  const owners = occurrences.filter((one) => one.type === type && one.side === 'callee').map(({ owner }) => owner);
  const persons = owners.filter(isPerson);
  const isAnybodys =
    callee.personId !== undefined || call.legs.some(({ role, personId }) => role === 'callee' && personId !== undefined);
  const isHouse = owners.includes('exchange') && persons.length === 0 && !isAnybodys;
  return { direction, persons, isHouse };
}

function isPerson(owner: CallOccurrence['owner']): owner is PersonId {
  return owner !== 'exchange' && !isDeviceId(owner);
}

function voicemailSources({ voicemail: { room } }: ToldSourceDeps) {
  return {
    voicemail(id: VoicemailId) {
      const found = room.voicemails.byId(id);
      if (found === undefined || found.heardAt !== undefined) return undefined;
      const { personId = null, leftAt } = found;
      return { personId, leftAt, isTranscriptPending: room.isTranscriptPending(found) };
    },
    voicemailsSince: (at: number) => since(room.latest(maxLatest), at),
  };
}

function messageSources({ messages: { stores }, numbers }: ToldSourceDeps) {
  return {
    message(id: MessageId) {
      const found = stores.messages.byId(id);
      if (found === undefined || found.direction !== 'inbound' || found.readAt !== undefined) return undefined;
      const personId = numbers.byNumber(found.ourNumber)?.ownerPersonId ?? null;
      const isMediaPending = stores.media.ofMessage(id).some(({ state }) => state === 'fetching');
      return { personId, isMediaPending, receivedAt: found.createdAt };
    },
    messagesSince: (at: number) =>
      since(
        stores.messages.latestInbound(maxLatest).map(({ id, createdAt }) => ({ id, changedAt: createdAt })),
        at,
      ),
  };
}

/** What was reported late is older than its id. */
function since<Id extends string>(
  newestFirst: readonly { readonly id: Id; readonly changedAt: number }[],
  at: number,
): readonly Id[] {
  const found = newestFirst.filter(({ id, changedAt }) => Math.max(changedAt, madeAt(id) ?? 0) >= at);
  return found.map(({ id }) => id).toReversed();
}
