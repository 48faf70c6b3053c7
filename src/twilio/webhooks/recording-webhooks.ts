import type { WebhookDeduplicator } from './webhook-deduplicator.ts';
import type { PstnCallsPort } from './voice-webhooks.ts';
import type { WebhookForm } from './webhook-form.ts';
import type { NoticeCall, RecordingNotice, VoicemailPort } from './webhook-ports.ts';

type Deps = {
  readonly calls: Pick<PstnCallsPort, 'recordOf' | 'voicemailDone'>;
  readonly voicemail: VoicemailPort;
  readonly deduplicator: WebhookDeduplicator;
};

/** Hands on what becomes of recordings and of their transcripts. */
export class RecordingWebhooks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `call` is the id of our record that we put into the address. */
  async recording(form: WebhookForm, call: string | undefined): Promise<void> {
    const notice = readRecording(form);
    if (notice === undefined) return;
    const { deduplicator: once, voicemail } = this.#deps;
    const withCall = { ...notice, call: this.#callOf(notice.callSid, call) };
    // Tells calls again even of a notice that voicemail had before: it knows by itself what it has heard.
    this.#notifyCalls(withCall);
    await once.run(`recording ${notice.recordingSid} ${notice.status}`, () => voicemail.onRecording(withCall));
  }

  async transcription(form: WebhookForm): Promise<void> {
    const transcriptionSid = form.sid('TranscriptionSid', 'TR');
    const recordingSid = form.sid('RecordingSid', 'RE');
    if (transcriptionSid === undefined || recordingSid === undefined) return;
    const status = form.text('TranscriptionStatus');
    const text = form.text('TranscriptionText').trim();
    const notice = { transcriptionSid, recordingSid, status, text, callSid: form.sid('CallSid', 'CA') ?? '' };
    const { deduplicator: once, voicemail } = this.#deps;
    await once.run(`transcription ${transcriptionSid} ${status}`, () => voicemail.onTranscription(notice));
  }

  #notifyCalls({ source, status, durationSeconds, recordingSid, callSid, call }: RecordingNotice): void {
    if (source !== 'RecordVerb') return;
    const { calls, voicemail } = this.#deps;
    const { minSeconds: leastSeconds } = voicemail.rulesFor(call?.personId);
    if (status === 'completed') {
      const isThere = !voicemail.isDiscarded(recordingSid);
      calls.voicemailDone(callSid, { isThere, seconds: durationSeconds, minSeconds: leastSeconds });
    } else if (status === 'absent' || status === 'failed') {
      calls.voicemailDone(callSid, { isThere: false, seconds: undefined, minSeconds: leastSeconds });
    }
  }

  #callOf(callSid: string, call: string | undefined): NoticeCall | undefined {
    const record = this.#deps.calls.recordOf(callSid, call);
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
