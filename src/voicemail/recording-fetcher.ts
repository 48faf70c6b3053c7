// Owns the fetching of audio: what is due, one recording after another, and what becomes of each attempt.
// Called by recordings.ts alone.
// Must stay true: a recording is fetched once and is called stored only when its file is on the disk, whatever is killed when.
import type { Clock } from '#base/clock.ts';
import { DueWork } from '#base/due-work.ts';
import type { Log } from '#base/log.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { AudioFiles } from './audio-files.ts';
import type { DiskSpaceWatch } from './disk-space-watch.ts';
import { acceptTruncatedAfter, decideAfterFetch } from './fetch-decision.ts';
import type { FetchOutcome } from './fetch-decision.ts';
import type { Mailbox } from './mailbox.ts';
import type { RecordingSource } from './ports.ts';
import { fileNameOf } from './recording.ts';
import type { Recording, RecordingKind } from './recording.ts';
import type { RecordingStore } from './recording-store.ts';
import type { VoicemailSettings } from './voicemail-settings.ts';

export type RecordingFetcherDeps = {
  readonly store: RecordingStore;
  readonly files: Readonly<Record<RecordingKind, AudioFiles>>;
  readonly source: RecordingSource;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => VoicemailSettings;
  readonly mailbox: Mailbox;
  readonly space: DiskSpaceWatch;
  /** Synchronous SQL, in the transaction it is called in: the source's copy is not needed any more. */
  readonly releaseAtSource: (recording: Recording) => void;
  /** After the commit. */
  readonly onSettled: (before: Recording, after: Recording) => void;
};

/** Space that must stay free even for voicemail, for the database to go on. */
const minFreeBytes = 20_000_000;
/** 16 bits at 8 kHz, and a header. */
const bytesPerSecond = 16_000;
const maxRecordingSeconds = 4 * 3600;
const unknownLengthSeconds = 300;
const maxUnreachableSeconds = 600;
const stopTimeoutMs = 3_000;
const noSpace = 'The disk is almost full; recordings are fetched when there is room again';

export class RecordingFetcher {
  readonly #deps: RecordingFetcherDeps;
  readonly #work: DueWork<Recording>;
  #consecutiveRetries = 0;

  constructor(deps: RecordingFetcherDeps) {
    this.#deps = deps;
    const { store, clock, log } = deps;
    this.#work = new DueWork({
      clock,
      next: () => {
        const [item] = store.fetching(1);
        return item === undefined ? undefined : { item, dueAt: item.dueAt ?? 0 };
      },
      run: (recording) => this.#fetchOne(recording),
      onFault: (error) => log.error({ err: error }, 'Fetching recordings failed'),
      afterFaultMs: maxUnreachableSeconds * 1000,
    });
  }

  start(): void {
    this.#work.start();
  }

  /** Gives a fetch in progress a moment to end; what is cut off is fetched again after the next start. */
  stop(): Promise<void> {
    return this.#work.stop(stopTimeoutMs);
  }

  /** Something may be due. */
  wake(): void {
    this.#work.wake();
  }

  async #fetchOne(recording: Recording): Promise<void> {
    const outcome = this.#withBackoff(recording.kind, await this.#attempt(recording));
    // Cut off by our own stop: no failure of the source, and the database may be closed by now.
    if (!this.#work.isRunning && outcome.kind !== 'stored') return;
    const after = await this.#settle(recording, outcome);
    if (after !== undefined) this.#report(recording, after);
    const isUnwanted = outcome.kind === 'stored' && after?.state !== 'stored';
    if (isUnwanted) await this.#deps.files[recording.kind].delete(fileNameOf(recording));
  }

  /** Writes how an attempt ended; undefined where the recording was deleted meanwhile. */
  #settle(recording: Recording, outcome: FetchOutcome): Promise<Recording | undefined> {
    const { store, writes, clock, settings, mailbox, releaseAtSource } = this.#deps;
    const { discardBelowSeconds } = settings();
    return writes.write(() => {
      const before = store.byId(recording.id);
      if (before?.state !== 'fetching') return undefined;
      const after = decideAfterFetch(before, outcome, { now: clock.now(), discardBelowSeconds });
      store.save(after, clock.now());
      if (after.state !== 'fetching') mailbox.settled(after);
      if (after.state === 'stored' || after.state === 'discarded') releaseAtSource(after);
      return after;
    });
  }

  #report(before: Recording, after: Recording): void {
    const { log, mailbox, onSettled } = this.#deps;
    const { id, kind, state, problem } = after;
    const fields = { recording: id, kind, state, problem };
    if (state === 'lost') log.warn(fields, 'Recording lost');
    else log.info(fields, state === 'fetching' ? 'Recording not fetched; retrying later' : 'Recording fetched');
    if (state === 'fetching') return;
    mailbox.notify(after);
    onSettled(before, after);
  }

  async #attempt(recording: Recording): Promise<FetchOutcome> {
    const { files, source, settings } = this.#deps;
    const { kind, channels, seconds = unknownLengthSeconds } = recording;
    const unresolved = await this.#resolveCall(recording);
    if (unresolved !== undefined) return unresolved;
    const leaveFreeBytes = kind === 'call' ? settings().freeSpaceFloorMegabytes * 1_000_000 : minFreeBytes;
    // Checked first, so that no connection is opened that is not read.
    const free = await files[kind].freeBytes();
    if (free < leaveFreeBytes + seconds * bytesPerSecond * channels) return { kind: 'no-space', message: noSpace };
    const fetched = await source.fetch(recording);
    if (fetched.kind !== 'ok') return fetched;
    const stored = await files[kind].store({
      name: fileNameOf(recording),
      chunks: fetched.chunks,
      bytes: fetched.bytes,
      leaveFreeBytes,
      maxBytes: maxRecordingSeconds * bytesPerSecond * 2 + 100_000,
      detectSilence: kind === 'voicemail',
      // The announced duration is in whole seconds, of the message before its silence is cut off.
      accepts: (wav) =>
        recording.attempts >= acceptTruncatedAfter || (!wav.isTruncated && wav.seconds >= (recording.seconds ?? 0) - 2),
    });
    if (stored.kind !== 'stored') return stored;
    const { bytes, isSilent, wav } = stored;
    return { kind: 'stored', bytes, seconds: wav.seconds, isSilent };
  }

  /** Looks up whose mailbox it belongs to, where that is not known yet; an outcome only where the source cannot say now. */
  async #resolveCall(recording: Recording): Promise<FetchOutcome | undefined> {
    const { mailbox, source, writes } = this.#deps;
    if (recording.kind !== 'voicemail' || !mailbox.isUnresolved(recording.id)) return undefined;
    const found = await source.callOf(recording);
    if (found.kind === 'later') return found;
    const { from = '', to, callerName = '' } = found.kind === 'ok' ? found.call : { to: undefined };
    const call = { callId: undefined, personId: undefined, callerNumber: from, callerName, number: to };
    await writes.write(() => mailbox.resolve(recording.id, call));
    return undefined;
  }

  /** Waits longer each time the source cannot be reached. */
  #withBackoff(kind: RecordingKind, outcome: FetchOutcome): FetchOutcome {
    if (outcome.kind === 'no-space') this.#deps.space.report(kind, outcome.message);
    if (outcome.kind === 'stored') this.#deps.space.report(kind, undefined);
    if (outcome.kind !== 'later') {
      this.#consecutiveRetries = 0;
      return outcome;
    }
    const seconds = Math.min(maxUnreachableSeconds, 2 ** Math.min(this.#consecutiveRetries + 1, 10));
    this.#consecutiveRetries += 1;
    return { ...outcome, retryAfterSeconds: outcome.retryAfterSeconds ?? seconds };
  }
}
