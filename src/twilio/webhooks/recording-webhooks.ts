import type { Once } from './once.ts';
import type { OutsideCallsPort } from './voice-webhooks.ts';
import type { WebhookForm } from './webhook-form.ts';
import type { NoticeCall, RecordingNotice, VoicemailPort } from './webhook-ports.ts';

type Parts = {
  readonly calls: Pick<OutsideCallsPort, 'recordOf' | 'messageDone'>;
  readonly voicemail: VoicemailPort;
  readonly once: Once;
};

/** Hands on what becomes of recordings and of their transcripts. */
export class RecordingWebhooks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `call` is the id of our record that we put into the address. */
  async recording(form: WebhookForm, call: string | undefined): Promise<void> {
    const notice = readRecording(form);
    if (notice === undefined) return;
    const { once, voicemail } = this.#parts;
    const whole = { ...notice, call: this.#callOf(notice.callSid, call) };
    // Tells calls again even of a notice that voicemail had before: it knows by itself what it has heard.
    this.#tellCalls(whole);
    await once.run(`recording ${notice.recordingSid} ${notice.status}`, () => voicemail.onRecording(whole));
  }

  async transcription(form: WebhookForm): Promise<void> {
    const transcriptionSid = form.sid('TranscriptionSid', 'TR');
    const recordingSid = form.sid('RecordingSid', 'RE');
    if (transcriptionSid === undefined || recordingSid === undefined) return;
    const status = form.text('TranscriptionStatus');
    const text = form.text('TranscriptionText').trim();
    const notice = { transcriptionSid, recordingSid, status, text, callSid: form.sid('CallSid', 'CA') ?? '' };
    const { once, voicemail } = this.#parts;
    await once.run(`transcription ${transcriptionSid} ${status}`, () => voicemail.onTranscription(notice));
  }

  #tellCalls({ source, status, durationSeconds, recordingSid, callSid, call }: RecordingNotice): void {
    if (source !== 'RecordVerb') return;
    const { calls, voicemail } = this.#parts;
    const { leastSeconds } = voicemail.rulesFor(call?.personId);
    if (status === 'completed') {
      const isThere = !voicemail.isNothing(recordingSid);
      calls.messageDone(callSid, { isThere, seconds: durationSeconds, leastSeconds });
    } else if (status === 'absent' || status === 'failed') {
      calls.messageDone(callSid, { isThere: false, seconds: undefined, leastSeconds });
    }
  }

  #callOf(callSid: string, call: string | undefined): NoticeCall | undefined {
    const record = this.#parts.calls.recordOf(callSid, call);
    if (record === undefined) return undefined;
    const { id, startedAt, caller, number, callee } = record;
    return { callId: id, startedAt, callerNumber: caller.number, callerName: caller.name, number, personId: callee.personId };
  }
}

function readRecording(form: WebhookForm): Omit<RecordingNotice, 'call'> | undefined {
  const recordingSid = form.sid('RecordingSid', 'RE');
  const callSid = form.sid('CallSid', 'CA');
  if (recordingSid === undefined || callSid === undefined) return undefined;
  return {
    recordingSid,
    callSid,
    // Twilio's default event is this one.
    status: form.optional('RecordingStatus') ?? 'completed',
    durationSeconds: form.count('RecordingDuration'),
    channels: form.count('RecordingChannels'),
    // Only the recordings of `<Record>` are asked for by these addresses without a source being told.
    source: form.optional('RecordingSource') ?? 'RecordVerb',
    startedAt: form.time('RecordingStartTime'),
    errorCode: form.count('ErrorCode') || undefined,
  };
}
