import type { Clock } from '#base/clock.ts';
import type { FetchResult, RetryLater } from '#storage/fetch-result.ts';
import type { Recorder, RecordingSource } from '#voicemail/ports.ts';
import type { RecordingNotice } from '#voicemail/recording.ts';
import { webhookPaths, webhookUrl } from '#twilio/webhooks/webhook-paths.ts';
import { trunkName } from '#twilio/api/settings.ts';
import { callerNumber, userOf } from '#twilio/webhooks/caller.ts';
import type { TwilioConnection } from '#twilio/api/connection.ts';
import { peek, unavailableReason } from './recording-availability.ts';
import { isAbsent } from '#twilio/api/result.ts';
import type { TwilioCall, TwilioDownload } from '#twilio/api/records.ts';
import type { TwilioFailure } from '#twilio/api/result.ts';

/** Statuses after which there will never be any audio. */
const statusesWithoutAudio = new Set(['absent', 'deleted', 'failed']);
/** Twilio's start time of a call is its answer or its beginning, by its own clock. */
const findWithinMs = 120_000;
/** A phone answers before Twilio lists the call and takes it for one in progress: it is tried again after these pauses. */
const answerIsKnownMs = [250, 500, 1000, 2000, 4000];
/** "Not eligible for recording": the call is not in progress, or not yet. */
const notInProgress = 21220;
type Connection = Pick<TwilioConnection, 'request'>;

/** Where the voicemail room gets its audio from. */
export function recordingSource(connection: Connection): RecordingSource {
  return {
    async fetch({ externalId: recordingSid, channels }) {
      if (recordingSid === undefined) return notAtTwilio;
      const wav = (count: 1 | 2) => connection.request((client) => client.fetchRecordingWav(recordingSid, { channels: count }));
      const first = await wav(channels === 2 ? 2 : 1);
      // Two channels of what was recorded in one are refused.
      const result = channels === 2 && first.kind === 'refused' && first.status === 400 ? await wav(1) : first;
      if (result.kind !== 'ok') return isAbsent(result) ? absenceReason(connection, recordingSid) : retryLater(result);
      return ofDownload(connection, recordingSid, result.value);
    },
    async callOf({ externalCallId: callSid }) {
      if (callSid === undefined) return { kind: 'gone' };
      const result = await connection.request((client) => client.fetchCall(callSid));
      if (result.kind === 'ok') {
        const { from, to, callerName } = result.value;
        return { kind: 'ok', call: { from: callerNumber(from) ?? '', to: userOf(to), callerName } };
      }
      return isAbsent(result) ? { kind: 'gone' } : retryLater(result);
    },
  };
}

export type RecorderDeps = {
  readonly connection: Connection;
  /** Where Twilio reaches our webhooks, without a slash at the end; undefined where it cannot. */
  readonly publicUrl: () => string | undefined;
  readonly clock: Clock;
};

/** How calls in progress are recorded, by their sid: `Twilio.CURRENT` fails where several run. */
export function recorder({ connection, publicUrl, clock }: RecorderDeps): Recorder {
  return {
    refusal: (trunk) => (trunk === trunkName ? undefined : 'Only calls that go through Twilio can be recorded'),
    async find({ dialled, startedAt }) {
      const query = { status: 'in-progress', startedAfter: startedAt - findWithinMs } as const;
      const list = () => connection.request((client) => client.listCalls(query));
      // A child leg through the SIP Domain carries only one side once the caller's own leg is gone: parent legs only.
      const isThisOne = (call: TwilioCall) => call.parentCallSid === undefined && userOf(call.to) === dialled;
      const result = await untilAnswered(clock, list, (listed) => listed.kind === 'ok' && !listed.value.some(isThisOne));
      if (result.kind !== 'ok') return { kind: 'failed', message: result.message };
      const found = result.value.filter(isThisOne);
      const distance = (call: TwilioCall) => Math.abs((call.startedAt ?? call.createdAt ?? 0) - startedAt);
      const [nearest] = found.toSorted((a, b) => distance(a) - distance(b));
      return nearest === undefined
        ? { kind: 'failed', message: 'Twilio does not know this call' }
        : { kind: 'ok', externalCallId: nearest.sid };
    },
    async start(callSid) {
      const base = publicUrl();
      const statusCallback = base === undefined ? undefined : webhookUrl(base, webhookPaths.recording);
      const start = () => connection.request((client) => client.startRecording({ callSid, statusCallback }));
      const result = await untilAnswered(clock, start, (refused) => refused.kind === 'refused' && refused.code === notInProgress);
      return result.kind === 'ok'
        ? { kind: 'ok', notice: startedNotice(callSid, result.value.sid) }
        : { kind: 'failed', message: result.message };
    },
    async change({ externalCallId: callSid = '', externalId: sid = '' }, change) {
      const result = await connection.request((client) => client.changeRecording({ callSid, sid }, change));
      return result.kind === 'ok' ? { kind: 'ok' } : { kind: 'failed', message: result.message };
    },
  };
}

/** Repeats what comes too early, while Twilio does not know of the answer. */
async function untilAnswered<Result>(
  clock: Clock,
  run: () => Promise<Result>,
  isTooEarly: (result: Result) => boolean,
): Promise<Result> {
  let result = await run();
  for (const delayMs of answerIsKnownMs) {
    if (!isTooEarly(result)) break;
    await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
    result = await run();
  }
  return result;
}

function startedNotice(callSid: string, sid: string): RecordingNotice {
  return {
    source: 'twilio',
    externalId: sid,
    externalCallId: callSid,
    kind: 'call',
    state: 'running',
    seconds: undefined,
    channels: 1,
    startedAt: undefined,
    callId: undefined,
  };
}

const notAtTwilio: FetchResult = { kind: 'gone', message: 'This recording was not made at Twilio' };
const notYet: FetchResult = { kind: 'not-yet', message: 'Twilio does not have the audio' };

/** What does not begin like a WAV file may be one that only the account's owner can open. */
async function ofDownload(connection: Connection, recordingSid: string, download: TwilioDownload): Promise<FetchResult> {
  const { isWav, chunks, release } = await peek(download);
  const fetched = { kind: 'ok', bytes: download.length, chunks } as const;
  if (isWav) return fetched;
  const result = await connection.request((client) => client.fetchRecording(recordingSid));
  const why = result.kind === 'ok' ? unavailableReason(result.value) : undefined;
  if (why === undefined) return fetched;
  await release().catch(() => {});
  return why;
}

/** Why the file is not there: not yet, or never. */
async function absenceReason(connection: Connection, recordingSid: string): Promise<FetchResult> {
  const result = await connection.request((client) => client.fetchRecording(recordingSid));
  if (result.kind !== 'ok') return notYet;
  const { status } = result.value;
  if (statusesWithoutAudio.has(status)) {
    return { kind: 'gone', message: status === 'deleted' ? 'It was deleted at Twilio' : 'Twilio has no audio of it' };
  }
  return unavailableReason(result.value) ?? notYet;
}

function retryLater({ message, retryAfterSeconds }: TwilioFailure): RetryLater {
  return { kind: 'later', message, retryAfterSeconds };
}
