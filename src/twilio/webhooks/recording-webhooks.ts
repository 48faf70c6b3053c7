import type { CallId } from '#base/ids.ts';
import { toRecordingNotice, toTranscriptNotice } from '#twilio/api/recording-notice.ts';
import type { RecordingNotice } from '#voicemail/recording.ts';
import type { WebhookForm } from './webhook-form.ts';
import type { VoicemailPort } from './webhook-ports.ts';

/** Turns the callbacks of recordings and transcriptions into notices. Voicemail takes the same one any number of times. */
export class RecordingWebhooks {
  readonly #voicemail: Pick<VoicemailPort, 'recorded' | 'transcribed'>;

  constructor(voicemail: Pick<VoicemailPort, 'recorded' | 'transcribed'>) {
    this.#voicemail = voicemail;
  }

  /** `callId` is the id of our record that we put into the address. */
  async recording(form: WebhookForm, callId: CallId | undefined): Promise<void> {
    const notice = readRecording(form, callId);
    if (notice !== undefined) await this.#voicemail.recorded(notice);
  }

  async transcription(form: WebhookForm): Promise<void> {
    const recordingSid = form.sid('RecordingSid', 'RE');
    if (form.sid('TranscriptionSid', 'TR') === undefined || recordingSid === undefined) return;
    const transcription = { recordingSid, status: form.text('TranscriptionStatus'), text: form.text('TranscriptionText').trim() };
    await this.#voicemail.transcribed(toTranscriptNotice(transcription, form.sid('CallSid', 'CA')));
  }
}

function readRecording(form: WebhookForm, callId: CallId | undefined): RecordingNotice | undefined {
  const sid = form.sid('RecordingSid', 'RE');
  const callSid = form.sid('CallSid', 'CA');
  if (sid === undefined || callSid === undefined) return undefined;
  const recording = {
    sid,
    callSid,
    // Twilio's default event is this one.
    status: form.optional('RecordingStatus') ?? 'completed',
    durationSeconds: form.count('RecordingDuration'),
    channels: form.count('RecordingChannels') ?? 1,
    // Where no source is given, it is the `<Record>` of our document that was ordered with this address.
    source: form.optional('RecordingSource') ?? 'RecordVerb',
    startedAt: form.time('RecordingStartTime'),
  };
  return toRecordingNotice(recording, callId);
}
