import type { TwilioConnection } from '#twilio/api/connection.ts';
import { toRecordingNotice, toTranscriptNotice } from '#twilio/api/recording-notice.ts';
import type { VoicemailRoom } from '#voicemail/voicemail-room.ts';
import type { ReconcilerSinks } from './reconcile.ts';

export type RecordingSyncDeps = {
  readonly connection: Pick<TwilioConnection, 'request'>;
  readonly voicemail: Pick<VoicemailRoom, 'recorded' | 'transcribed' | 'wantsTranscript'>;
};

/** Brings a recording of Twilio's list, as its callback would have, and the transcript whose callback was lost. */
export function recordingSink({ connection, voicemail }: RecordingSyncDeps): ReconcilerSinks['recording'] {
  return async (recording) => {
    const notice = toRecordingNotice({ ...recording, startedAt: recording.startedAt ?? recording.createdAt });
    if (notice === undefined) return;
    await voicemail.recorded(notice);
    if (!voicemail.wantsTranscript(notice)) return;
    const found = await connection.request((client) => client.listTranscriptions(recording.sid));
    const completed = found.kind === 'ok' ? found.value.filter(({ status }) => status === 'completed') : [];
    for (const transcription of completed) await voicemail.transcribed(toTranscriptNotice(transcription, recording.callSid));
  };
}
