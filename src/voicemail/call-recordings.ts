// Owns the recording of calls in progress: on demand and for devices that ask for it, as long as the disk has room.
// Called by its routes and by app.ts, which tells when a call is answered and when it is over.
// Must stay true: recording never stands in the way of a call, and nothing is recorded that could not be kept.
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { AudioFiles } from './audio-files.ts';
import type { CallAtTwilio, RecordableCall, Recorder, RecordingChange } from './ports.ts';
import type { Recordings } from './recordings.ts';
import type { DiskSpaceWatch } from './disk-space-watch.ts';
import type { VoicemailSettings } from './voicemail-settings.ts';

export type CallRecordingsDeps = {
  readonly recordings: Pick<Recordings, 'applyUpdate'>;
  readonly recorder: Recorder;
  readonly files: Pick<AudioFiles, 'freeBytes'>;
  readonly settings: () => VoicemailSettings;
  readonly space: DiskSpaceWatch;
  /** Of a call in progress. */
  readonly callOf: (callId: string) => RecordableCall | undefined;
  /** Whether calls of a device are to be recorded. */
  readonly isRecordingEnabled: (deviceId: string) => boolean;
  readonly events: Events<Facts>;
  readonly log: Log;
};

export type CallRecordingState = 'off' | 'recording' | 'paused';

type Running = { readonly recordingSid: string; readonly callSid: string; isPaused: boolean };

const tooFull = 'The disk is almost full: calls are not recorded until there is room';

export class CallRecordings {
  readonly #deps: CallRecordingsDeps;
  readonly #running = new Map<string, Running>();
  /** Asked for and not yet answered; a second wish waits for the same answer. */
  readonly #starting = new Map<string, Promise<void>>();

  constructor(deps: CallRecordingsDeps) {
    this.#deps = deps;
  }

  stateOf(callId: string): CallRecordingState {
    const running = this.#running.get(callId);
    if (running === undefined) return 'off';
    return running.isPaused ? 'paused' : 'recording';
  }

  /** Throws `conflict` for a call that cannot be recorded, `unavailable` where there is no room or Twilio does not do it. */
  async start(callId: string): Promise<CallRecordingState> {
    if (this.#running.get(callId)?.isPaused === true) return this.change(callId, 'in-progress');
    if (!this.#running.has(callId)) {
      const starting = this.#starting.get(callId) ?? this.#begin(callId);
      this.#starting.set(callId, starting);
      await starting.finally(() => this.#starting.delete(callId));
    }
    return this.stateOf(callId);
  }

  /** Throws `conflict` where nothing is recorded, `unavailable` where Twilio does not do it. */
  async change(callId: string, change: RecordingChange): Promise<CallRecordingState> {
    const running = this.#running.get(callId);
    if (running === undefined) throw new AppError('conflict', 'This call is not recorded');
    const result = await this.#deps.recorder.change(running.callSid, running.recordingSid, change);
    if (result.kind === 'failed') throw new AppError('unavailable', result.message);
    if (change === 'stopped') this.#running.delete(callId);
    else running.isPaused = change === 'paused';
    this.#notify(callId);
    return this.stateOf(callId);
  }

  /** Begins by itself where a device in the call asks for it. Never fails: the call goes on without. */
  async answered(callId: string): Promise<void> {
    const { callOf, isRecordingEnabled, log } = this.#deps;
    const call = callOf(callId);
    if (call === undefined || (call.callSid ?? call.atTwilio) === undefined) return;
    if (!call.deviceIds.some((deviceId) => isRecordingEnabled(deviceId))) return;
    try {
      await this.start(callId);
    } catch (error) {
      log.warn({ err: error, callId }, 'A call is not recorded');
    }
  }

  ended(callId: string): void {
    this.#running.delete(callId);
  }

  /** Looks whether there is room again. */
  async checkSpace(): Promise<boolean> {
    const { files, settings, space } = this.#deps;
    const hasRoom = (await files.freeBytes()) >= settings().freeSpaceFloorMegabytes * 1_000_000;
    space.report('start', hasRoom ? undefined : tooFull);
    return hasRoom;
  }

  async #begin(callId: string): Promise<void> {
    const { recordings, recorder, callOf, log } = this.#deps;
    const call = callOf(callId);
    if (call === undefined || !call.isAnswered) throw new AppError('conflict', 'Only a call that was answered can be recorded');
    const { callSid: known, atTwilio } = call;
    if (known === undefined && atTwilio === undefined) {
      throw new AppError('conflict', 'Only calls that go through Twilio can be recorded');
    }
    if (!(await this.checkSpace())) throw new AppError('unavailable', tooFull);
    const callSid = known ?? (await this.#find(atTwilio));
    const result = await recorder.start(callSid);
    if (result.kind === 'failed') throw new AppError('unavailable', result.message);
    const { recordingSid } = result;
    // A call that ended meanwhile is not in progress any more; Twilio ends the recording with it.
    if (callOf(callId) !== undefined) this.#running.set(callId, { recordingSid, callSid, isPaused: false });
    log.info({ callId, recordingSid }, 'Call recording started');
    this.#notify(callId);
    await recordings
      .applyUpdate({
        recordingSid,
        callSid,
        callId,
        status: 'in-progress',
        source: 'StartCallRecordingAPI',
        seconds: undefined,
        channels: 1,
        startedAt: undefined,
      })
      // It is announced again when it is complete.
      .catch((error: unknown) => log.warn({ err: error, callId }, 'A call recording could not be noted'));
  }

  async #find(call: CallAtTwilio | undefined): Promise<string> {
    const found = call === undefined ? undefined : await this.#deps.recorder.find(call);
    if (found?.kind === 'ok') return found.callSid;
    throw new AppError('unavailable', found?.message ?? 'Twilio does not know this call');
  }

  #notify(callId: string): void {
    this.#deps.events.emit('recording.changed', { callId, state: this.stateOf(callId) });
  }
}
