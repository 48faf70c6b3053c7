import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { RetentionClock } from './retention-clock.ts';
import type { RetainedRecording, RecordingStore } from './recording-store.ts';
import type { Recordings } from './recordings.ts';
import type { Voicemails } from './voicemails.ts';
import type { VoicemailSettings } from './voicemail-settings.ts';
import type { VoicemailStore } from './voicemail-store.ts';
import type { WriteBatch } from '#storage/write-batch.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** How long the row of a recording prevents that it is fetched again. */
const rememberedDays = 400;
const perRun = 1000;
/** More than a house ever has. */
const perPreview = 1_000_000;

export type Keeping = Pick<VoicemailSettings, 'keepVoicemailDays' | 'keepRecordingDays' | 'keepRecordingMegabytes'>;

/** The call recordings to delete: those too old, then the oldest until the rest fits. `stored` is oldest first. */
export function expired(
  stored: readonly RetainedRecording[],
  totalBytes: number,
  {
    now,
    keepRecordingDays,
    keepRecordingMegabytes,
  }: Pick<VoicemailSettings, 'keepRecordingDays' | 'keepRecordingMegabytes'> & { readonly now: number },
): readonly RetainedRecording[] {
  const oldest = keepRecordingDays === null ? -Infinity : now - keepRecordingDays * dayMs;
  const maxBytes = keepRecordingMegabytes === null ? Infinity : keepRecordingMegabytes * 1_000_000;
  let bytes = totalBytes;
  return stored.filter((recording) => {
    if (recording.retainedFrom >= oldest && bytes <= maxBytes) return false;
    bytes -= recording.bytes ?? 0;
    return true;
  });
}

export type RetentionDeps = {
  readonly store: RecordingStore;
  readonly voicemailStore: VoicemailStore;
  readonly recordings: Pick<Recordings, 'remove'>;
  readonly voicemails: Pick<Voicemails, 'delete'>;
  readonly settings: () => VoicemailSettings;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly time: RetentionClock;
  readonly log: Log;
  /** Also runs every hour. */
  readonly checkSpace: () => Promise<unknown>;
};

/** Deletes what is older or larger than the settings keep: hourly, and when they change. */
export class Retention {
  readonly #deps: RetentionDeps;
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = this.#deps.clock.every(hourMs, () => void this.run());
    void this.run();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** How many would be deleted now if they were kept like this. */
  preview(keeping: Keeping): { readonly voicemails: number; readonly recordings: number } {
    const { store, voicemailStore, time } = this.#deps;
    const now = time.peek();
    const calls = expired(store.stored('call', perPreview), store.storedBytes('call'), { ...keeping, now });
    const { keepVoicemailDays: days } = keeping;
    const voicemails = days === null ? [] : voicemailStore.retainedFromBefore(now - days * dayMs, perPreview);
    return { voicemails: voicemails.length, recordings: calls.length };
  }

  /** Never fails; what could not be deleted is tried again in an hour. */
  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#deleteOverdue();
      await this.#deps.checkSpace();
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'Deleting old recordings failed');
    } finally {
      this.#isRunning = false;
    }
  }

  async #deleteOverdue(): Promise<void> {
    const { store, voicemailStore, recordings, voicemails, settings, writes, time, log } = this.#deps;
    const now = await writes.write(() => {
      const at = time.next();
      store.startRetention(at, !time.isSystemClockSuspect(at));
      return at;
    });
    const { keepVoicemailDays } = settings();
    const calls = expired(store.stored('call', perRun), store.storedBytes('call'), { ...settings(), now });
    for (const recording of calls) await recordings.remove(recording);
    const old = keepVoicemailDays === null ? [] : voicemailStore.retainedFromBefore(now - keepVoicemailDays * dayMs, perRun);
    for (const { id } of old) await voicemails.delete(id, recordings);
    if (calls.length + old.length > 0) log.info({ recordings: calls.length, voicemails: old.length }, 'Old recordings deleted');
    await writes.write(() => store.prune(now - rememberedDays * dayMs));
  }
}
