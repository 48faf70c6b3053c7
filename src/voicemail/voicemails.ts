// Owns the mailboxes: what was left for whom, what was said in text, heard or not, archived or not.
// Called by its routes, by recordings when audio comes or is lost, and with the transcripts of a source.
// Must stay true: a message is shown once, heard in one place is heard everywhere, and facts are published after the commit.
import type { Clock } from '#base/clock.ts';
import { spokenError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { NewId, PersonId, RecordingId, VoicemailId } from '#base/ids.ts';
import { maskNumber } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { Mailbox } from './mailbox.ts';
import { openRecording } from './recording.ts';
import type { ExternalRecording, Recording } from './recording.ts';
import type { RecordingStore } from './recording-store.ts';
import type { Recordings } from './recordings.ts';
import { noVoicemail } from './spoken-words.ts';
import { isBetter } from './transcript-store.ts';
import type { Transcript, TranscriptStore } from './transcript-store.ts';
import type { Voicemail, VoicemailCall, VoicemailFilter, VoicemailPage, VoicemailStore } from './voicemail-store.ts';

export type VoicemailsDeps = {
  readonly store: VoicemailStore;
  readonly recordings: RecordingStore;
  readonly transcripts: TranscriptStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
  /** The owner of one of our numbers, E.164; for messages left while the house was away. */
  readonly ownerOf: (number: string) => PersonId | undefined;
};

/** A transcript as its source announces it. Any notice may come again, late, also before the recording itself, or never. */
export type TranscriptNotice = Omit<Transcript, 'recordingId'> & { readonly recording: ExternalRecording };

/** What a person or an admin may do with one message. */
export type VoicemailChange = { readonly isHeard?: boolean | undefined; readonly isArchived?: boolean | undefined };

const maxTranscriptLength = 20_000;

export class Voicemails implements Mailbox {
  readonly #deps: VoicemailsDeps;
  /** Recordings whose message was shown by the transaction that is open. */
  readonly #shown = new Set<string>();

  constructor(deps: VoicemailsDeps) {
    this.#deps = deps;
  }

  list(filter: VoicemailFilter, page: VoicemailPage): { readonly items: readonly Voicemail[]; readonly total: number } {
    return this.#deps.store.find(filter, page);
  }

  /** Undefined also for one whose audio has not come yet. */
  byId(id: VoicemailId): Voicemail | undefined {
    return this.#deps.store.byId(id);
  }

  /** Throws `not-found`. */
  async change(id: VoicemailId, { isHeard, isArchived }: VoicemailChange): Promise<Voicemail> {
    const { store, writes, clock, events } = this.#deps;
    const { before, after } = await writes.write(() => {
      const found = this.#get(id);
      const now = clock.now();
      // The first time counts: hearing it again elsewhere is nothing new.
      if (isHeard !== undefined && isHeard !== (found.heardAt !== undefined)) store.setHeard(id, isHeard ? now : undefined);
      if (isArchived !== undefined && isArchived !== (found.archivedAt !== undefined)) {
        store.setArchived(id, isArchived ? now : undefined);
      }
      return { before: found, after: this.#get(id) };
    });
    if (before.heardAt === undefined && after.heardAt !== undefined) events.emit('voicemail.heard', factOf(after));
    else if (before.heardAt !== after.heardAt || before.archivedAt !== after.archivedAt) {
      events.emit('voicemail.changed', factOf(after));
    }
    return after;
  }

  /** Null: the house's own. Returns those that were not heard before. */
  async markAllHeard(personId: PersonId | null): Promise<readonly VoicemailId[]> {
    const { store, writes, clock, events } = this.#deps;
    const heard = await writes.write(() => {
      const unheard = store.unheardByPerson(personId);
      for (const { id } of unheard) store.setHeard(id, clock.now());
      return unheard;
    });
    for (const voicemail of heard) events.emit('voicemail.heard', factOf(voicemail));
    return heard.map(({ id }) => id);
  }

  /** With its audio. Throws `not-found`. */
  async delete(id: VoicemailId, recordings: Pick<Recordings, 'remove'>): Promise<void> {
    const found = this.#get(id);
    const recording = this.#deps.recordings.byId(found.recordingId);
    if (recording === undefined) throw spokenError('not-found', noVoicemail);
    await recordings.remove(recording, () => this.#deps.store.delete(id));
    this.#deps.events.emit('voicemail.deleted', factOf(found));
  }

  /** Keeps a transcript, whenever it comes: also before the message itself, again, or never. Resolves after the commit. */
  async transcribed({ recording: announced, ...given }: TranscriptNotice): Promise<void> {
    await this.#keep(given, () => this.#find(announced) ?? this.#open(announced));
  }

  /** Keeps a transcript that the house has made; nothing where its message was deleted meanwhile. Resolves after the commit. */
  async transcribedHere(recordingId: RecordingId, given: Pick<Transcript, 'status' | 'text'>): Promise<void> {
    await this.#keep({ ...given, source: 'house' }, () => this.#deps.recordings.byId(recordingId));
  }

  async #keep(given: Omit<Transcript, 'recordingId'>, find: () => Recording | undefined): Promise<void> {
    const { transcripts, store, writes, clock, events } = this.#deps;
    const text = given.text.trim().slice(0, maxTranscriptLength);
    const isEmpty = text === '' || text === '(blank)';
    const next = isEmpty ? { ...given, status: 'failed' as const, text: '' } : { ...given, text };
    const voicemail = await writes.write(() => {
      const recording = find();
      // Whoever deletes a message deletes its words with it.
      if (recording === undefined || recording.state === 'removed') return undefined;
      if (!isBetter(next, transcripts.get(recording.id))) return undefined;
      transcripts.save({ ...next, recordingId: recording.id }, clock.now());
      return store.byRecording(recording.id);
    });
    if (voicemail === undefined) return;
    events.emit(voicemail.transcript === undefined ? 'voicemail.changed' : 'voicemail.transcribed', factOf(voicemail));
  }

  /** Whether a message is shown whose transcript has not come. */
  lacksTranscript(announced: ExternalRecording): boolean {
    const { transcripts, store } = this.#deps;
    const recording = this.#find(announced);
    if (recording === undefined || transcripts.get(recording.id) !== undefined) return false;
    return store.byRecording(recording.id) !== undefined;
  }

  #find({ source, externalId }: ExternalRecording): Recording | undefined {
    return externalId === undefined ? undefined : this.#deps.recordings.byExternalId(source, externalId);
  }

  /** The recording of a transcript that came first; its message is opened by its own notice. */
  #open(announced: ExternalRecording): Recording {
    const { recordings, newId, clock } = this.#deps;
    const opened = openRecording(newId('rec'), announced, clock.now());
    recordings.save(opened, clock.now());
    return opened;
  }

  recordingAdded(recording: Recording, call: VoicemailCall | undefined): void {
    const { store, newId } = this.#deps;
    // Nothing was said, so no message was left.
    if (recording.state === 'discarded') return;
    store.insert({ id: newId('vm'), recordingId: recording.id, leftAt: recording.startedAt, call });
  }

  isUnresolved(recordingId: RecordingId): boolean {
    return this.#deps.store.isUnresolved(recordingId);
  }

  resolve(recordingId: RecordingId, call: VoicemailCall): void {
    const { store, ownerOf } = this.#deps;
    const personId = call.personId ?? (call.number === undefined ? undefined : ownerOf(call.number));
    store.resolve(recordingId, { ...call, personId });
  }

  settled(recording: Recording): void {
    if (recording.state !== 'stored' && recording.state !== 'lost') return;
    if (this.#deps.store.show(recording.id)) this.#shown.add(recording.id);
  }

  notify(recording: Recording): void {
    const { store, events, log } = this.#deps;
    const isNew = this.#shown.delete(recording.id);
    if (recording.kind !== 'voicemail') return;
    const voicemail = store.byRecording(recording.id);
    if (voicemail === undefined) return;
    if (!isNew) {
      events.emit('voicemail.changed', factOf(voicemail));
      return;
    }
    const { id, callerNumber, seconds, callId } = voicemail;
    log.info({ voicemail: id, callId, from: maskNumber(callerNumber), seconds: Math.round(seconds) }, 'Voicemail left');
    events.emit('voicemail.left', factOf(voicemail));
    if (voicemail.transcript !== undefined) events.emit('voicemail.transcribed', factOf(voicemail));
  }

  #get(id: VoicemailId): Voicemail {
    const found = this.#deps.store.byId(id);
    if (found === undefined) throw spokenError('not-found', noVoicemail);
    return found;
  }
}

function factOf({ id, personId }: Voicemail): { readonly voicemailId: VoicemailId; readonly personId: PersonId | null } {
  return { voicemailId: id, personId: personId ?? null };
}
