import type { EmulatedCall } from './call.ts';
import { rfc2822 } from './dates.ts';
import type { RecordingRecord, TranscriptionRecord } from './records.ts';
import type { FormFields } from './signature.ts';
import type { EmulatorState } from './state.ts';
import type { Recorded, LegRecording } from './voice-side.ts';
import type { WebhookSender } from './webhooks.ts';

export type RecordingCallback = {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly events: readonly string[];
};

export type RecordingRequest = {
  readonly source: string;
  readonly channels: 1 | 2;
  readonly track: string;
  readonly callback: RecordingCallback | undefined;
  readonly transcribeTo?: string | undefined;
};

type LiveRecording = {
  readonly record: RecordingRecord;
  readonly request: RecordingRequest;
  readonly recording: LegRecording;
  readonly call: EmulatedCall;
};

/** Recordings from their start until they can be fetched, and the transcriptions made of them. */
export class EmulatedRecordings {
  readonly #state: EmulatorState;
  readonly #webhooks: WebhookSender;
  readonly #live = new Map<string, LiveRecording>();
  /** What the transcriber hears in the next recordings. */
  transcript = 'This is a message.';

  constructor(state: EmulatorState, webhooks: WebhookSender) {
    this.#state = state;
    this.#webhooks = webhooks;
  }

  url(sid: string): string {
    return `https://api.twilio.com/2010-04-01/Accounts/${this.#state.account.sid}/Recordings/${sid}`;
  }

  begin(call: EmulatedCall, recording: LegRecording, request: RecordingRequest): RecordingRecord {
    const now = this.#state.now();
    const record: RecordingRecord = {
      sid: this.#state.sid('RE'),
      callSid: call.sid,
      source: request.source,
      channels: request.channels,
      track: request.track,
      createdMs: now,
      updatedMs: now,
      status: 'in-progress',
      durationMs: null,
      errorCode: null,
      wav: undefined,
      visibleFromMs: 0,
      price: null,
    };
    this.#state.recordings.set(record.sid, record);
    const live = { record, request, recording, call };
    this.#live.set(record.sid, live);
    this.#report(live, 'in-progress');
    void recording.done.then((recorded) => this.#end(live, recorded));
    return record;
  }

  /** Those of a call that still run. */
  runningOf(callSid: string): readonly RecordingRecord[] {
    return [...this.#live.values()].filter(({ record }) => record.callSid === callSid).map(({ record }) => record);
  }

  control(sid: string, status: 'paused' | 'in-progress' | 'stopped', behaviour: 'skip' | 'silence'): boolean {
    const live = this.#live.get(sid);
    if (live === undefined) return false;
    if (status === 'paused') live.recording.pause(behaviour);
    if (status === 'in-progress') live.recording.resume();
    if (status === 'stopped') live.recording.stop();
    live.record.status = status;
    live.record.updatedMs = this.#state.now();
    return true;
  }

  /** Whether nothing is kept of it: there was nothing, or nothing but silence, which the account was switched to drop. */
  drops({ isSilent, durationMs }: Recorded): boolean {
    return durationMs === 0 || (isSilent && this.#state.switches.silentRecordings === 'dropped');
  }

  #end(live: LiveRecording, recorded: Recorded): void {
    const { record } = live;
    this.#live.delete(record.sid);
    record.durationMs = recorded.durationMs;
    record.updatedMs = this.#state.now();
    const isForced = this.#state.faults.take('recording.absent', 'recording') !== undefined;
    if (isForced || this.drops(recorded)) {
      record.status = 'absent';
      record.durationMs = 0;
      this.#report(live, 'absent');
      return;
    }
    record.status = 'processing';
    this.#state.later(this.#state.delays.recordingReady, () => this.#complete(live, recorded));
  }

  #complete(live: LiveRecording, recorded: Recorded): void {
    const { record, request } = live;
    const now = this.#state.now();
    const isTruncated = this.#state.faults.take('recording.truncated', 'recording') !== undefined;
    record.wav = isTruncated ? recorded.wav.subarray(0, Math.floor(recorded.wav.length / 2)) : recorded.wav;
    const hidden = this.#state.faults.take('recording.404-for', 'recording');
    record.visibleFromMs = hidden === undefined ? 0 : now + (hidden.delayMs ?? 1000);
    record.status = 'completed';
    record.updatedMs = now;
    record.price = '-0.00250';
    this.#report(live, 'completed');
    if (request.transcribeTo !== undefined) this.#transcribe(live, request.transcribeTo);
  }

  #transcribe(live: LiveRecording, url: string): void {
    const { record, call } = live;
    const durationMs = record.durationMs ?? 0;
    if (durationMs <= 2000 || durationMs >= 120_000) {
      this.#state.alert(13_617, 'the recording is too short or too long to transcribe', { resourceSid: record.sid });
      return;
    }
    const transcription: TranscriptionRecord = {
      sid: this.#state.sid('TR'),
      recordingSid: record.sid,
      status: 'in-progress',
      text: '',
      durationMs,
      createdMs: this.#state.now(),
    };
    this.#state.transcriptions.set(transcription.sid, transcription);
    if (this.#state.faults.take('transcription.never', 'transcription') !== undefined) return;
    const text = this.transcript;
    this.#state.later(this.#state.delays.transcription, () => {
      const isGone = record.status === 'deleted';
      if (isGone) this.#state.alert(13_618, 'the recording was deleted first', { resourceSid: record.sid });
      transcription.status = text === '' || isGone ? 'failed' : 'completed';
      transcription.text = transcription.status === 'failed' ? '(blank)' : text;
      this.#reportText(transcription, call, url);
    });
  }

  #reportText(transcription: TranscriptionRecord, call: EmulatedCall, url: string): void {
    const { sid, recordingSid, status, text } = transcription;
    const base = `https://api.twilio.com/2010-04-01/Accounts/${this.#state.account.sid}`;
    const fields: FormFields = [
      ...call.fields(),
      ['TranscriptionSid', sid],
      ['TranscriptionText', text],
      ['TranscriptionStatus', status],
      ['TranscriptionUrl', `${base}/Recordings/${recordingSid}/Transcriptions/${sid}`],
      ['RecordingSid', recordingSid],
      ['RecordingUrl', this.url(recordingSid)],
    ];
    this.#webhooks.post({ kind: 'transcription', url, method: 'POST', fields, resourceSid: sid });
  }

  #report({ record, request, call }: LiveRecording, status: 'in-progress' | 'completed' | 'absent'): void {
    const { callback } = request;
    if (callback === undefined || !callback.events.includes(status)) return;
    const fields: FormFields = [
      ['AccountSid', this.#state.account.sid],
      ['CallSid', call.sid],
      ['RecordingSid', record.sid],
      ['RecordingUrl', this.url(record.sid)],
      ['RecordingStatus', status],
      ...(status === 'completed' ? [['RecordingDuration', String(seconds(record.durationMs))] as const] : []),
      ['RecordingChannels', String(record.channels)],
      ['RecordingStartTime', rfc2822(record.createdMs)],
      ['RecordingSource', record.source],
      ['RecordingTrack', record.track],
      ['ErrorCode', '0'],
    ];
    this.#webhooks.post({ kind: 'recording', url: callback.url, method: callback.method, fields, resourceSid: record.sid });
  }
}

/** Whole seconds of a recording, as Twilio counts them. */
export function seconds(durationMs: number | null): number {
  return Math.round((durationMs ?? 0) / 1000);
}
