// Owns every recording from its first notice until its audio is gone, and reports to calls whether a message was left.
// Called with the notices of a source (callbacks, lists), and by voicemails and call recordings for the audio.
// Must stay true: a recording is known once however often it is announced, and a call gets no verdict that its recordings deny.
import type { CallId, NewId } from '#base/ids.ts';
import { expectedVerdict, messageVerdict } from './message-verdict.ts';
import type { MessageVerdict } from './message-verdict.ts';
import type { CallOutcome } from './ports.ts';
import { RecordingFetcher } from './recording-fetcher.ts';
import type { RecordingFetcherDeps } from './recording-fetcher.ts';
import { applyNotice, fileNameOf } from './recording.ts';
import type { ExternalRecording, Recording, RecordingNotice, RecordingSourceName } from './recording.ts';
import { toVoicemailCall } from './voicemail-store.ts';
import type { VoicemailCall } from './voicemail-store.ts';

export type RecordingsDeps = Omit<RecordingFetcherDeps, 'releaseAtSource' | 'onSettled'> & {
  readonly newId: NewId;
  readonly calls: CallOutcome;
  /** Synchronous SQL: queues the deletion at the source, in the transaction it is called in. */
  readonly deleteAtSource: (externalId: string, source: RecordingSourceName) => void;
  /** After the commit: its audio is here. */
  readonly onStored: (recording: Recording) => void;
};

/** The caller has stopped speaking, or hung up; their recording is not known yet. */
export type MessageEndedNotice = {
  readonly source: RecordingSourceName;
  readonly externalCallId: string;
  readonly seconds: number | undefined;
};

export class Recordings {
  readonly #deps: RecordingsDeps;
  readonly #fetcher: RecordingFetcher;

  constructor(deps: RecordingsDeps) {
    this.#deps = deps;
    this.#fetcher = new RecordingFetcher({
      ...deps,
      releaseAtSource: (recording) => this.#deleteAtSource(recording),
      onSettled: (before, after) => {
        this.#correctVerdict(before, after);
        if (after.state === 'stored') deps.onStored(after);
      },
    });
  }

  /** Takes a notice in any order and any number of times. Resolves after the commit. */
  async recorded(notice: RecordingNotice): Promise<void> {
    const call = this.#closeCall(notice);
    await this.#save(notice, call);
  }

  /** Takes a recording of a call in progress that was started from here. Resolves after the commit. */
  async started(notice: RecordingNotice, callId: CallId): Promise<void> {
    await this.#save(notice, undefined, callId);
  }

  /** Closes the call before its recording is announced; what is known of the recording itself stands. */
  messageEnded({ seconds, ...call }: MessageEndedNotice): void {
    const { store, calls, settings } = this.#deps;
    const verdict = messageVerdict(store.ofExternalCall(call)) ?? expectedVerdict(seconds, settings().discardBelowSeconds);
    if (verdict !== undefined) calls.messageLeft(call.externalCallId, verdict);
  }

  async start(): Promise<void> {
    const { store, files, log } = this.#deps;
    for (const kind of ['voicemail', 'call'] as const) {
      const known = store.idsWithFile(kind);
      const strays = await files[kind].sweep((name) => known.has(name.replace(/\.wav$/, '')));
      if (strays > 0) log.info({ kind, strays }, 'Stray audio files of an earlier run deleted');
    }
    this.#fetcher.start();
  }

  stop(): Promise<void> {
    return this.#fetcher.stop();
  }

  /** Deletes the audio for good; the row stays, so that it is not fetched again. */
  async remove(recording: Recording, alsoWrite: () => void = () => {}): Promise<void> {
    const { store, writes, clock, files } = this.#deps;
    await writes.write(() => {
      const { state } = store.byId(recording.id) ?? recording;
      if (state !== 'removed') {
        store.save({ ...recording, state: 'removed', bytes: undefined, dueAt: undefined }, clock.now());
        this.#deleteAtSource(recording);
      }
      alsoWrite();
    });
    await files[recording.kind].delete(fileNameOf(recording));
  }

  async #save(notice: RecordingNotice, call: VoicemailCall | undefined, callId = call?.callId): Promise<void> {
    const { writes, store, clock, mailbox, log } = this.#deps;
    const changed = await writes.write(() => {
      const before = this.#find(notice);
      if (before !== undefined && call !== undefined) mailbox.resolve(before.id, call);
      const after = this.#apply(notice, before, callId);
      if (after !== undefined) this.#write(after, call);
      // Its callback may overtake the answer that names the recording, and does not know the call.
      else if (before !== undefined && before.callId === undefined && callId !== undefined) {
        store.save({ ...before, callId }, clock.now());
      }
      return after;
    });
    if (changed === undefined) return;
    const { id: recording, kind, state, externalCallId } = changed;
    log.info({ recording, kind, state, externalCallId }, 'Recording announced');
    mailbox.notify(changed);
    this.#fetcher.wake();
  }

  #write(recording: Recording, call: VoicemailCall | undefined): void {
    const { store, clock, mailbox } = this.#deps;
    store.save(recording, clock.now());
    if (recording.state === 'discarded') this.#deleteAtSource(recording);
    if (recording.kind === 'voicemail') mailbox.recordingAdded(recording, call);
    if (recording.state !== 'running') mailbox.settled(recording);
  }

  #find({ source, externalId }: ExternalRecording): Recording | undefined {
    return externalId === undefined ? undefined : this.#deps.store.byExternalId(source, externalId);
  }

  #apply(notice: RecordingNotice, before: Recording | undefined, callId?: CallId): Recording | undefined {
    const { clock, settings, newId } = this.#deps;
    const { discardBelowSeconds } = settings();
    return applyNotice(notice, before, { now: clock.now(), discardBelowSeconds, newId: () => newId('rec'), callId });
  }

  /** Gives the call of a recording its verdict, where there is one. Returns the call; undefined where it is not known. */
  #closeCall(notice: RecordingNotice): VoicemailCall | undefined {
    const { externalCallId, callId } = notice;
    if (externalCallId === undefined) return undefined;
    const { calls } = this.#deps;
    const before = this.#find(notice);
    const verdict = this.#verdictWith(this.#apply(notice, before) ?? before, notice);
    const record =
      verdict === undefined ? calls.recordOf(externalCallId, callId) : calls.messageLeft(externalCallId, verdict, callId);
    return record === undefined ? undefined : toVoicemailCall(record);
  }

  /** The audio may say otherwise than the notice did: it is too short, or silence. */
  #correctVerdict(before: Recording, after: Recording): void {
    const { externalCallId } = after;
    const verdict = this.#verdictWith(after, after);
    if (externalCallId === undefined || verdict === undefined) return;
    if (verdict.kind !== this.#verdictWith(before, after)?.kind) this.#deps.calls.messageLeft(externalCallId, verdict);
  }

  /** Of all recordings of a call, with one of them as given. */
  #verdictWith(recording: Recording | undefined, call: ExternalRecording): MessageVerdict | undefined {
    const others = this.#deps.store.ofExternalCall(call).filter(({ id }) => id !== recording?.id);
    return messageVerdict(recording === undefined ? others : [...others, recording]);
  }

  #deleteAtSource({ externalId, source }: Recording): void {
    const { settings, deleteAtSource, log } = this.#deps;
    if (externalId === undefined || !settings().deleteAtTwilio) return;
    try {
      deleteAtSource(externalId, source);
    } catch (error) {
      log.warn({ err: error, externalId, source }, 'Recording not deleted at its source');
    }
  }
}
