// Owns the composition of this room: its stores, files and verbs, made from what src/app hands in.
// Called by src/app/voicemail.ts alone, once; what other rooms and the webhooks need of voicemail is on the value it returns.
// Must stay true: making it does no I/O but reading settings; start and stop do, and stop leaves nothing running.
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Events } from '#base/events.ts';
import type { CallId, DeviceId, NewId, PersonId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import type { StoredFile } from '#storage/file-store.ts';
import { HouseTimes } from '#storage/house-times.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import { AudioFiles } from './audio-files.ts';
import { CallRecordings } from './call-recordings.ts';
import { greetingRoutes } from './greeting-routes.ts';
import { Greetings } from './greetings.ts';
import type { MailboxGreeting } from './greetings.ts';
import { RetentionClock } from './retention-clock.ts';
import { MailboxStore } from './mailbox-store.ts';
import type { CallInProgress, CallOutcome, NameOf, NumbersNamed, Recorder, RecordingSource, SpeechToText } from './ports.ts';
import { recordingRoutes } from './recording-routes.ts';
import { fileNameOf } from './recording.ts';
import type { ExternalRecording, Recording, RecordingNotice } from './recording.ts';
import { RecordingStore } from './recording-store.ts';
import { Recordings } from './recordings.ts';
import type { MessageEndedNotice, RecordingsDeps } from './recordings.ts';
import { Retention } from './retention.ts';
import { DiskSpaceWatch } from './disk-space-watch.ts';
import { TranscriptStore } from './transcript-store.ts';
import { Transcriber } from './transcriber.ts';
import { transcriptionOf } from './transcription-state.ts';
import { voicemailRoutes } from './voicemail-routes.ts';
import { VoicemailSettingsStore } from './voicemail-settings.ts';
import type { MessageLimits } from './voicemail-settings.ts';
import { VoicemailStore } from './voicemail-store.ts';
import type { Voicemail } from './voicemail-store.ts';
import { Voicemails } from './voicemails.ts';
import type { TranscriptNotice } from './voicemails.ts';
import { PeakStore } from './peak-store.ts';
import { Waveforms } from './waveforms.ts';

export type VoicemailRoomDeps = {
  readonly db: OpenedDatabase['db'];
  readonly writes: WriteBatch;
  /** False where the database is only in memory: then no file is fetched, made or deleted. */
  readonly isDurable: boolean;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly events: Events<Facts>;
  readonly log: Log;
  readonly source: RecordingSource;
  readonly recorder: Recorder;
  readonly deleteAtSource: RecordingsDeps['deleteAtSource'];
  readonly calls: CallOutcome;
  /** The owner of one of our numbers, E.164. */
  readonly ownerOf: (number: string) => PersonId | undefined;
  readonly isPerson: (personId: PersonId) => boolean;
  readonly isRecordingEnabled: (deviceId: DeviceId) => boolean;
  readonly callOf: (callId: CallId) => CallInProgress | undefined;
  readonly personsOf: (callId: CallId) => readonly PersonId[] | undefined;
  /** A call that was recorded is over: its recording will be announced. */
  readonly onRecordedCallEnded: () => void;
  /** Nobody has a name where undefined. */
  readonly nameOf?: NameOf;
  /** Nobody is found by such a name where undefined. */
  readonly numbersNamed?: NumbersNamed;
  /** Puts messages into words in the house; undefined where it has nothing for it. */
  readonly speech?: SpeechToText | undefined;
  /** Of the disk with the data directory; from the system by default. */
  readonly freeBytes?: () => Promise<number>;
};

/** What a caller hears, and how their message is recorded. */
export type MailboxAnswer = { readonly greeting: MailboxGreeting; readonly limits: MessageLimits };

/** A WAV file; `open` resolves with undefined where it is gone by then. */
export type VoicemailAudio = { readonly bytes: number; readonly open: () => Promise<StoredFile | undefined> };

export type VoicemailRoom = {
  readonly routes: readonly Route[];
  readonly voicemails: Voicemails;
  readonly recordings: Recordings;
  readonly callRecordings: CallRecordings;
  readonly greetings: Greetings;
  readonly settings: VoicemailSettingsStore;
  readonly space: DiskSpaceWatch;
  readonly transcriber: Transcriber;
  /** From local state, at once. Undefined person: the house. */
  answer(personId: PersonId | undefined): MailboxAnswer;
  /** What a source says about a recording. Resolves after the commit. */
  recorded(notice: RecordingNotice): Promise<void>;
  /** The caller is done, and the recording is not known yet. */
  messageEnded(notice: MessageEndedNotice): void;
  /** Resolves after the commit. */
  transcribed(notice: TranscriptNotice): Promise<void>;
  /** What was announced last, for whoever tells people of it. */
  latest: VoicemailStore['latest'];
  /** Whether the words of a message are still to come. */
  isTranscriptPending(voicemail: Voicemail): boolean;
  /** The audio of a message; undefined where it is not there. */
  audioOf(voicemail: Voicemail): VoicemailAudio | undefined;
  /** Whether the transcript of a message is wanted and has not come. */
  wantsTranscript(recording: ExternalRecording): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export function createVoicemailRoom(deps: VoicemailRoomDeps): VoicemailRoom {
  const { db, writes, clock, events, log, freeBytes, dataDirectory, isDurable, callOf, personsOf, isPerson } = deps;
  const { nameOf = () => undefined, numbersNamed = () => [], speech } = deps;
  const folderOf = (name: string) =>
    new AudioFiles({ folder: join(dataDirectory, name), log, ...(freeBytes === undefined ? {} : { freeBytes }) });
  const files = { voicemail: folderOf('voicemail'), call: folderOf('recordings') };
  const store = new RecordingStore(db);
  const voicemailStore = new VoicemailStore(db);
  const transcripts = new TranscriptStore(db);
  const settings = new VoicemailSettingsStore({ db, writes, clock });
  const current = () => settings.current;
  const space = new DiskSpaceWatch(events);
  const voicemails = new Voicemails({ ...deps, store: voicemailStore, recordings: store, transcripts });
  const waveforms = new Waveforms({ store: new PeakStore(db), files, writes, clock, log });
  const onStored = ({ kind, callId }: Recording) => {
    waveforms.wake();
    if (kind === 'call' && callId !== undefined) callRecordings.notify(callId);
  };
  const recordings = new Recordings({ ...deps, store, files, space, mailbox: voicemails, settings: current, onStored });
  const callRecordings = new CallRecordings({ ...deps, recordings, files: files.call, settings: current, space });
  const greetings = new Greetings({ ...deps, store: new MailboxStore(db), files: folderOf('greetings') });
  const transcriber = new Transcriber({
    store: transcripts,
    files: files.voicemail,
    settings: current,
    speech,
    clock,
    log,
    save: (recordingId, transcript) => voicemails.transcribedHere(recordingId, transcript),
  });
  const ordersTranscript = () => {
    const { transcription, transcriptionFallback } = current();
    return transcription === 'twilio' || (transcription !== 'off' && transcriptionFallback === 'twilio' && !transcriber.isReady);
  };
  const mayOrderTranscript = () => current().transcription === 'twilio' || current().transcriptionFallback === 'twilio';
  let stopListening = () => {};
  const times = new HouseTimes(db);
  const time = new RetentionClock({ clock, load: () => times.get('keeping'), save: (at) => times.set('keeping', at) });
  const retention = new Retention({
    store,
    voicemailStore,
    recordings,
    voicemails,
    settings: current,
    writes,
    clock,
    time,
    log,
    checkSpace: () => callRecordings.checkSpace(),
  });
  return {
    voicemails,
    recordings,
    callRecordings,
    greetings,
    settings,
    space,
    transcriber,
    routes: [
      ...voicemailRoutes({
        voicemails,
        recordings,
        files: files.voicemail,
        settings,
        retention,
        nameOf,
        numbersNamed,
        speech,
        transcriber,
        waveforms,
        clock,
      }),
      ...recordingRoutes({ callRecordings, recordings, store, files: files.call, waveforms, callOf, personsOf }),
      ...greetingRoutes(greetings, isPerson),
    ],
    latest: (limit) => voicemailStore.latest(limit),
    isTranscriptPending: (voicemail) => transcriptionOf(voicemail, { now: clock.now(), settings: current() }) === 'pending',
    audioOf({ recordingId }) {
      const bytes = store.byId(recordingId)?.bytes;
      return bytes === undefined ? undefined : { bytes, open: () => files.voicemail.read(fileNameOf({ id: recordingId })) };
    },
    answer: (personId) => ({
      greeting: greetings.of(personId),
      limits: { ...settings.current, transcribe: ordersTranscript() },
    }),
    recorded: (notice) => recordings.recorded(notice),
    messageEnded: (notice) => recordings.messageEnded(notice),
    transcribed: (notice) => voicemails.transcribed(notice),
    wantsTranscript: (recording) => mayOrderTranscript() && voicemails.lacksTranscript(recording),
    async start() {
      if (!isDurable) return;
      await greetings.start();
      await recordings.start();
      retention.start();
      stopListening = events.on('voicemail.left', () => transcriber.wake());
      transcriber.start();
      waveforms.start();
    },
    async stop() {
      stopListening();
      retention.stop();
      // At the same time: each may wait for what it is in the middle of.
      await Promise.all([transcriber.stop(), recordings.stop(), waveforms.stop()]);
    },
  };
}
