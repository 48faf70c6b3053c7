// Owns every recording from the moment we hear of it until its audio is gone: what is fetched, when, and what becomes of it.
// Called by the webhooks and the reconciliation (announce), and by voicemails and call recordings for the audio.
// Must stay true: a recording is fetched once, is called stored only when its file is on the disk, and survives a kill at any moment.
import type { Clock, Timer } from '#base/clock.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { AudioFiles } from './audio-files.ts';
import { decideAfterFetch, acceptTruncatedAfter } from './fetch-decision.ts';
import type { FetchOutcome } from './fetch-decision.ts';
import type { RecordingSource } from './ports.ts';
import { fileNameOf, kindOf, transitionFor } from './recording.ts';
import type { RecordingUpdate, Recording, RecordingKind } from './recording.ts';
import type { RecordingStore } from './recording-store.ts';
import type { DiskSpaceWatch } from './disk-space-watch.ts';
import type { VoicemailCall } from './voicemail-store.ts';
import type { VoicemailSettings } from './voicemail-settings.ts';

export type RecordingsDeps = {
  readonly store: RecordingStore;
  readonly files: Readonly<Record<RecordingKind, AudioFiles>>;
  readonly source: RecordingSource;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly settings: () => VoicemailSettings;
  readonly mailbox: Mailbox;
  /** Synchronous SQL: asks for the deletion at Twilio, in the transaction it is called in. */
  readonly deleteAtTwilio?: (recordingSid: string) => void;
  readonly space: DiskSpaceWatch;
  /** Told after the commit that a message which was announced turned out to be none: it is too short, or nobody says anything in it. */
  readonly onDiscarded?: (recording: Recording) => void;
};

/** What voicemail does about a recording. All but `told` are synchronous SQL inside the transaction that writes the recording. */
export type Mailbox = {
  recordingAdded(recording: Recording, call: VoicemailCall | undefined): void;
  isUnresolved(recordingId: string): boolean;
  resolve(recordingId: string, call: VoicemailCall): void;
  settled(recording: Recording): void;
  /** After the commit. */
  notify(recording: Recording): void;
};

/** Space that must stay free even for voicemail, for the database to go on. */
const minFreeBytes = 20_000_000;
/** 16 bits at 8 kHz, and a header. */
const bytesPerSecond = 16_000;
const maxRecordingSeconds = 4 * 3600;
const unknownLengthSeconds = 300;
const maxUnreachableSeconds = 600;
const stopTimeoutMs = 3_000;

export class Recordings {
  readonly #deps: RecordingsDeps;
  #isRunning = false;
  #working: Promise<void> | undefined;
  #timer: Timer | undefined;
  #consecutiveRetries = 0;

  constructor(deps: RecordingsDeps) {
    this.#deps = deps;
  }

  /**
   * Takes what a callback or a list says, in any order and any number of times. Resolves after the commit. `call` is whose call it
   * was; undefined where whoever tells does not know, which is looked up then.
   */
  async applyUpdate(update: RecordingUpdate, call?: VoicemailCall): Promise<void> {
    const changed = await this.#deps.writes.write(() => this.#apply(update, call));
    if (changed === undefined) return;
    const { id: recording, kind, state, callSid } = changed;
    this.#deps.log.info({ recording, kind, state, callSid }, 'Recording announced');
    if (state !== 'running') this.#deps.mailbox.notify(changed);
    this.#wake();
  }

  /** Whether a message that Twilio calls complete turned out to be none. */
  isDiscarded(recordingSid: string): boolean {
    return this.#deps.store.bySid(recordingSid)?.state === 'discarded';
  }

  async start(): Promise<void> {
    for (const kind of ['voicemail', 'call'] as const) {
      const known = this.#deps.store.idsWithFile(kind);
      const strays = await this.#deps.files[kind].sweep((name) => known.has(name.replace(/\.wav$/, '')));
      if (strays > 0) this.#deps.log.info({ kind, strays }, 'Audio that a kill left behind was deleted');
    }
    this.#isRunning = true;
    this.#wake();
  }

  /** Gives the fetch that is on its way a moment to end; what is cut off is fetched again after the next start. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.cancel();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeout = this.#deps.clock.after(stopTimeoutMs, resolve);
    await Promise.race([promise, this.#working]);
    timeout.cancel();
  }

  /** Deletes the audio for good; the row stays, so that it is not fetched again. */
  async remove(recording: Recording, alsoWrite: () => void = () => {}): Promise<void> {
    const { store, writes, clock, files } = this.#deps;
    await writes.write(() => {
      const { state } = store.byId(recording.id) ?? recording;
      if (state !== 'removed') {
        store.save({ ...recording, state: 'removed', bytes: undefined, dueAt: undefined }, clock.now());
        this.#dropAtTwilio(recording);
      }
      alsoWrite();
    });
    await files[recording.kind].delete(fileNameOf(recording));
  }

  #apply(update: RecordingUpdate, call: VoicemailCall | undefined): Recording | undefined {
    const { store, settings, clock, newId, mailbox } = this.#deps;
    const { recordingSid, callSid, seconds, channels, startedAt } = update;
    const before = store.bySid(recordingSid);
    const kind = before?.kind ?? kindOf(update.source);
    if (before !== undefined && call !== undefined) mailbox.resolve(before.id, call);
    const { attempts = 0, absences = 0 } = before ?? {};
    const { discardBelowSeconds } = settings();
    const transition = transitionFor(update, before?.state, { kind, discardBelowSeconds, tries: attempts + absences });
    if (transition.kind === 'nothing') return undefined;
    const now = clock.now();
    const recording: Recording = {
      id: before?.id ?? newId('rec'),
      kind,
      recordingSid,
      callSid,
      state: transition.state,
      callId: update.callId ?? before?.callId ?? call?.callId,
      startedAt: before?.startedAt ?? startedAt ?? now,
      seconds: seconds ?? before?.seconds,
      channels,
      bytes: undefined,
      attempts,
      absences,
      problem: transition.problem,
      dueAt: transition.state === 'fetching' ? now : undefined,
    };
    store.save(recording, now);
    if (transition.state === 'discarded') this.#dropAtTwilio(recording);
    if (kind === 'voicemail') mailbox.recordingAdded(recording, call);
    if (transition.state !== 'running') mailbox.settled(recording);
    return recording;
  }

  #wake(): void {
    if (!this.#isRunning || this.#working !== undefined) return;
    this.#timer?.cancel();
    this.#working = this.#workUntilDone();
  }

  async #workUntilDone(): Promise<void> {
    let next: number | undefined;
    try {
      next = await this.#work();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'Recordings cannot be fetched');
      next = this.#deps.clock.now() + maxUnreachableSeconds * 1000;
    }
    this.#working = undefined;
    if (next !== undefined) this.#wakeAt(next);
  }

  #wakeAt(at: number): void {
    if (!this.#isRunning) return;
    const { clock } = this.#deps;
    this.#timer?.cancel();
    this.#timer = clock.after(Math.max(0, at - clock.now()), () => this.#wake());
  }

  /** Fetches what is due, one after another. Returns when the next will be. */
  async #work(): Promise<number | undefined> {
    while (this.#isRunning) {
      const [next] = this.#deps.store.fetching(1);
      if (next === undefined) return undefined;
      const dueAt = next.dueAt ?? 0;
      if (dueAt > this.#deps.clock.now()) return dueAt;
      await this.#fetchOne(next);
    }
    return undefined;
  }

  async #fetchOne(recording: Recording): Promise<void> {
    const { store, writes, clock, settings, mailbox, files, log } = this.#deps;
    const outcome = this.#withBackoff(recording.kind, await this.#attempt(recording));
    // Cut off by our own end: that is nobody's fault, and the database may be closed by now.
    if (!this.#isRunning && outcome.kind !== 'stored') return;
    const { discardBelowSeconds } = settings();
    const after = await writes.write(() => {
      // Deleted while it was on its way.
      const now = store.byId(recording.id);
      if (now?.state !== 'fetching') return undefined;
      const decided = decideAfterFetch(now, outcome, { now: clock.now(), discardBelowSeconds });
      store.save(decided, clock.now());
      if (decided.state !== 'fetching') mailbox.settled(decided);
      if (decided.state === 'stored' || decided.state === 'discarded') this.#dropAtTwilio(decided);
      return decided;
    });
    if (after?.state !== 'stored' && outcome.kind === 'stored') await files[recording.kind].delete(fileNameOf(recording));
    if (after === undefined) return;
    const { state, problem } = after;
    const fields = { recording: after.id, kind: after.kind, state, problem };
    if (state === 'lost') log.warn(fields, 'A recording is lost');
    else log.info(fields, state === 'fetching' ? 'A recording will be fetched later' : 'A recording was fetched');
    if (state !== 'fetching') mailbox.notify(after);
    if (state === 'discarded') this.#deps.onDiscarded?.(after);
  }

  async #attempt(recording: Recording): Promise<FetchOutcome> {
    const { files, source, settings } = this.#deps;
    const { kind, channels, seconds = unknownLengthSeconds } = recording;
    const unresolved = await this.#resolveCall(recording);
    if (unresolved !== undefined) return unresolved;
    const leaveFreeBytes = kind === 'call' ? settings().freeSpaceFloorMegabytes * 1_000_000 : minFreeBytes;
    // Asked first: a connection that nobody reads is not opened.
    const free = await files[kind].freeBytes();
    if (free < leaveFreeBytes + seconds * bytesPerSecond * channels) return { kind: 'no-space', message: noSpace };
    const fetched = await source.fetch(recording.recordingSid, channels);
    if (fetched.kind !== 'ok') return fetched;
    const stored = await files[kind].store({
      name: fileNameOf(recording),
      chunks: fetched.chunks,
      bytes: fetched.bytes,
      leaveFreeBytes,
      maxBytes: maxRecordingSeconds * bytesPerSecond * 2 + 100_000,
      detectSilence: kind === 'voicemail',
      // The duration is told in whole seconds, of the message before its silence is cut off.
      accepts: (wav) =>
        recording.attempts >= acceptTruncatedAfter || (!wav.isTruncated && wav.seconds >= (recording.seconds ?? 0) - 2),
    });
    if (stored.kind !== 'stored') return stored;
    const { bytes, isSilent, wav } = stored;
    return { kind: 'stored', bytes, seconds: wav.seconds, isSilent };
  }

  /** Whose mailbox it belongs to, where that is not known yet; an outcome only where it cannot be told now. */
  async #resolveCall(recording: Recording): Promise<FetchOutcome | undefined> {
    const { mailbox, source, writes } = this.#deps;
    if (recording.kind !== 'voicemail' || !mailbox.isUnresolved(recording.id)) return undefined;
    const found = await source.callOf(recording.callSid);
    if (found.kind === 'later') return found;
    const { from = '', to, callerName = '' } = found.kind === 'ok' ? found.call : { to: undefined };
    const call = { callId: undefined, personId: undefined, callerNumber: from, callerName, number: to };
    await writes.write(() => mailbox.resolve(recording.id, call));
    return undefined;
  }

  /** Waits longer each time the other side cannot be reached. */
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

  #dropAtTwilio({ recordingSid }: Recording): void {
    const { settings, deleteAtTwilio, log } = this.#deps;
    if (!settings().deleteAtTwilio) return;
    try {
      deleteAtTwilio?.(recordingSid);
    } catch (error) {
      log.warn({ err: error, recordingSid }, 'A recording stays at Twilio');
    }
  }
}

const noSpace = 'The disk is almost full; recordings wait at Twilio until there is room';
