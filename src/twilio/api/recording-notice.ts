import type { CallId } from '#base/ids.ts';
import type { RecordingNotice } from '#voicemail/recording.ts';
import type { TranscriptNotice } from '#voicemail/voicemails.ts';
import type { TwilioRecording, TwilioTranscription } from './records.ts';

/** What a callback and Twilio's list both say of a recording. `callSid`: of the parent leg. */
type RecordingFacts = Pick<
  TwilioRecording,
  'sid' | 'callSid' | 'status' | 'source' | 'channels' | 'durationSeconds' | 'startedAt'
>;

const running = { state: 'running' } as const;
const states: ReadonlyMap<string, Pick<RecordingNotice, 'state' | 'problem'>> = new Map<
  string,
  Pick<RecordingNotice, 'state' | 'problem'>
>([
  ['in-progress', running],
  ['paused', running],
  ['processing', running],
  ['stopped', running],
  ['completed', { state: 'complete' }],
  ['absent', { state: 'silent' }],
  ['failed', { state: 'lost', problem: 'Twilio could not record it' }],
  ['deleted', { state: 'lost', problem: 'It was deleted at Twilio' }],
]);

/** Undefined for a status that means nothing to us: new ones appear without notice. `callId`: as our address repeats it. */
export function toRecordingNotice(recording: RecordingFacts, callId?: CallId): RecordingNotice | undefined {
  const state = states.get(recording.status);
  if (state === undefined) return undefined;
  return {
    ...state,
    source: 'twilio',
    externalId: recording.sid,
    externalCallId: recording.callSid,
    // `<Record>` takes messages; every other source (`DialVerb`, `StartCallRecordingAPI` …) records calls.
    kind: recording.source === 'RecordVerb' ? 'voicemail' : 'call',
    seconds: recording.durationSeconds,
    channels: recording.channels,
    startedAt: recording.startedAt,
    callId,
  };
}

export function toTranscriptNotice(
  { recordingSid, status, text }: Omit<TwilioTranscription, 'sid'>,
  callSid: string | undefined,
): TranscriptNotice {
  return {
    recording: { source: 'twilio', externalId: recordingSid, externalCallId: callSid },
    source: 'twilio',
    status: status === 'completed' ? 'completed' : 'failed',
    text,
  };
}
