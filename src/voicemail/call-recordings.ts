// Owns the recording of calls in progress: on demand and for devices that ask for it, as long as the disk has room.
// Called by its routes, and by the facts of calls: a call is answered, a call is over.
// Must stay true: recording never stands in the way of a call, and nothing is recorded that could not be kept.
import { spokenError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { CallId, DeviceId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { AudioFiles } from './audio-files.ts';
import type { CallInProgress, Recorder, RecordingChange } from './ports.ts';
import type { ExternalRecording } from './recording.ts';
import type { Recordings } from './recordings.ts';
import { cannotRecord, diskFull, notAnswered, notRecorded } from './spoken-words.ts';
import type { DiskSpaceWatch } from './disk-space-watch.ts';
import type { VoicemailSettings } from './voicemail-settings.ts';

export type CallRecordingsDeps = {
  readonly recordings: Pick<Recordings, 'started'>;
  readonly recorder: Recorder;
  readonly files: Pick<AudioFiles, 'freeBytes'>;
  readonly settings: () => VoicemailSettings;
  readonly space: DiskSpaceWatch;
  /** Of a call in progress. */
  readonly callOf: (callId: CallId) => CallInProgress | undefined;
  /** Whether calls of a device are to be recorded. */
  readonly isRecordingEnabled: (deviceId: DeviceId) => boolean;
  /** A call that was recorded is over: its recording will be announced. */
  readonly onRecordedCallEnded: () => void;
  readonly events: Events<Facts>;
  readonly log: Log;
};

export type CallRecordingState = 'off' | 'recording' | 'paused';

type Running = { readonly recording: ExternalRecording; isPaused: boolean };

export class CallRecordings {
  readonly #deps: CallRecordingsDeps;
  readonly #running = new Map<string, Running>();
  /** Being started; a second request waits for the same answer. */
  readonly #starting = new Map<string, Promise<void>>();

  constructor(deps: CallRecordingsDeps) {
    this.#deps = deps;
  }

  stateOf(callId: CallId): CallRecordingState {
    const running = this.#running.get(callId);
    if (running === undefined) return 'off';
    return running.isPaused ? 'paused' : 'recording';
  }

  /** Throws `conflict` for a call that cannot be recorded, `unavailable` where the disk is full or the recorder refuses. */
  async start(callId: CallId): Promise<CallRecordingState> {
    if (this.#running.get(callId)?.isPaused === true) return this.change(callId, 'in-progress');
    if (!this.#running.has(callId)) {
      const starting = this.#starting.get(callId) ?? this.#begin(callId);
      this.#starting.set(callId, starting);
      await starting.finally(() => this.#starting.delete(callId));
    }
    return this.stateOf(callId);
  }

  /** Throws `conflict` where nothing is recorded, `unavailable` where the recorder refuses. */
  async change(callId: CallId, change: RecordingChange): Promise<CallRecordingState> {
    const running = this.#running.get(callId);
    if (running === undefined) throw spokenError('conflict', notRecorded, because('not-recorded'));
    const result = await this.#deps.recorder.change(running.recording, change);
    if (result.kind === 'failed') throw spokenError('unavailable', cannotRecord(result.message), because('cannot-record'));
    if (change === 'stopped') this.#running.delete(callId);
    else running.isPaused = change === 'paused';
    this.notify(callId);
    return this.stateOf(callId);
  }

  /** The state of a call as its fact says it. */
  callChanged(callId: CallId, state: string): void {
    if (state === 'in_call') void this.answered(callId);
  }

  /** Begins by itself where a phone in the call asks for it. Never fails: the call goes on without. */
  async answered(callId: CallId): Promise<void> {
    const { callOf, isRecordingEnabled, log } = this.#deps;
    const call = callOf(callId);
    if (call === undefined || this.#refusal(call) !== undefined) return;
    if (!call.answeredDeviceIds.some((deviceId) => isRecordingEnabled(deviceId))) return;
    try {
      await this.start(callId);
    } catch (error) {
      log.warn({ err: error, callId }, 'Call is not recorded');
    }
  }

  ended(callId: CallId): void {
    if (this.#running.delete(callId)) this.#deps.onRecordedCallEnded();
  }

  /** Checks whether there is room again. */
  async checkSpace(): Promise<boolean> {
    const { files, settings, space } = this.#deps;
    const hasRoom = (await files.freeBytes()) >= settings().freeSpaceFloorMegabytes * 1_000_000;
    space.report('start', hasRoom ? undefined : diskFull.en);
    return hasRoom;
  }

  async #begin(callId: CallId): Promise<void> {
    const { recordings, recorder, callOf, log } = this.#deps;
    const call = callOf(callId);
    if (call === undefined || !call.isAnswered) throw spokenError('conflict', notAnswered, because('not-answered'));
    const refusal = this.#refusal(call);
    if (refusal !== undefined) throw spokenError('conflict', cannotRecord(refusal), because('cannot-record'));
    if (!(await this.checkSpace())) throw spokenError('unavailable', diskFull, because('disk-full'));
    const result = await recorder.start(call.externalCallId ?? (await this.#find(call)));
    if (result.kind === 'failed') throw spokenError('unavailable', cannotRecord(result.message), because('cannot-record'));
    const { notice } = result;
    // A call that ended meanwhile is not in progress any more; its recording ended with it.
    if (callOf(callId) !== undefined) this.#running.set(callId, { recording: notice, isPaused: false });
    log.info({ callId, externalId: notice.externalId }, 'Call recording started');
    this.notify(callId);
    await recordings
      .started(notice, callId)
      // It is announced again when it is complete.
      .catch((error: unknown) => log.warn({ err: error, callId }, 'Call recording not saved'));
  }

  #refusal({ externalCallId, trunk }: CallInProgress): string | undefined {
    return externalCallId === undefined ? this.#deps.recorder.refusal(trunk) : undefined;
  }

  async #find(call: CallInProgress): Promise<string> {
    const found = await this.#deps.recorder.find(call);
    if (found.kind === 'ok') return found.externalCallId;
    throw spokenError('unavailable', cannotRecord(found.message), because('cannot-record'));
  }

  /** What there is of the recording of a call has changed. */
  notify(callId: CallId): void {
    this.#deps.events.emit('recording.changed', { callId, state: this.stateOf(callId) });
  }
}
