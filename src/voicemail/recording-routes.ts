import { isoTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { CallId, PersonId, RecordingId } from '#base/ids.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import type { FileReply } from '#contract/file.ts';
import {
  controlCallRecording,
  deleteCallRecording,
  getCallRecordingAudio,
  getCallRecordingPeaks,
  getCallRecordingState,
  listCallRecordings,
} from '#contract/recordings.ts';
import type { AudioFiles } from './audio-files.ts';
import type { CallRecordings } from './call-recordings.ts';
import type { CallInProgress } from './ports.ts';
import { fileNameOf } from './recording.ts';
import type { Recording } from './recording.ts';
import type { RecordingStore } from './recording-store.ts';
import type { Recordings } from './recordings.ts';
import type { Waveforms } from './waveforms.ts';

type Deps = {
  readonly callRecordings: CallRecordings;
  readonly recordings: Recordings;
  readonly store: RecordingStore;
  readonly files: AudioFiles;
  readonly waveforms: Pick<Waveforms, 'of'>;
  readonly callOf: (callId: CallId) => CallInProgress | undefined;
  /** The people whose phones rang or called, of a call record; undefined where there is none. */
  readonly personsOf: (callId: CallId) => readonly PersonId[] | undefined;
};

const changes = { pause: 'paused', resume: 'in-progress', stop: 'stopped' } as const;

/** A user hears the calls that rang or came from their phones; an admin hears all. */
export function recordingRoutes(deps: Deps): readonly Route[] {
  const { callRecordings, recordings, store, files, waveforms, callOf, personsOf } = deps;
  const callInProgress = (callId: CallId, identity: Identity | undefined): CallInProgress => {
    const call = callOf(callId);
    if (call === undefined || !mayHear(call.personIds, identity)) throw noSuch('call in progress');
    return call;
  };
  const ofRecord = (callId: CallId, identity: Identity | undefined): readonly Recording[] => {
    const persons = personsOf(callId);
    if (persons === undefined || !mayHear(persons, identity)) throw noSuch('call record');
    return store.ofCall(callId).filter(({ state }) => state !== 'removed' && state !== 'discarded');
  };
  const chosen = (found: readonly Recording[], id: RecordingId | undefined): Recording => {
    const recording =
      id === undefined ? (found.find(({ state }) => state === 'stored') ?? found[0]) : found.find((one) => one.id === id);
    if (recording === undefined) throw noSuch('recording of this call');
    return recording;
  };
  return [
    handle(getCallRecordingState, ({ params, identity }) => ({
      state: callRecordings.stateOf(callInProgress(params.id, identity).callId),
    })),
    handle(controlCallRecording, async ({ params, body, identity }) => {
      const { callId } = callInProgress(params.id, identity);
      if (body.action === 'start') return { state: await callRecordings.start(callId) };
      return { state: await callRecordings.change(callId, changes[body.action]) };
    }),
    handle(listCallRecordings, ({ params, identity }) => ({ items: ofRecord(params.id, identity).map(toReply) })),
    handle(getCallRecordingAudio, async ({ params, query, identity }): Promise<FileReply> => {
      const { id, state } = chosen(ofRecord(params.id, identity), query.recording);
      const file = state === 'stored' ? await files.read(fileNameOf({ id })) : undefined;
      if (file === undefined) throw new AppError('not-found', 'The audio of this recording is not there, or not yet');
      const version = `${id}-${file.bytes}`;
      return { ...file, contentType: 'audio/wav', etag: version, fileName: `${id}.wav`, disposition: 'inline' };
    }),
    handle(getCallRecordingPeaks, async ({ params, query, identity }) => {
      const { id } = chosen(ofRecord(params.id, identity), query.recording);
      return { peaks: [...(await waveforms.of(id))] };
    }),
    handle(deleteCallRecording, async ({ params, query, identity }) => {
      await recordings.remove(chosen(ofRecord(params.id, identity), query.recording));
    }),
  ];
}

function mayHear(personIds: readonly PersonId[], identity: Identity | undefined): boolean {
  if (identity?.role === 'admin') return true;
  return identity?.personId !== undefined && personIds.includes(identity.personId);
}

function noSuch(what: string): AppError {
  return new AppError('not-found', `There is no such ${what}`);
}

function toReply({ id, state, startedAt, seconds, channels, bytes, problem }: Recording) {
  return {
    id,
    startedAt: isoTime(startedAt),
    seconds: seconds ?? null,
    channels,
    bytes: bytes ?? null,
    state: state === 'removed' || state === 'discarded' ? ('lost' as const) : state,
    problem: problem ?? null,
  };
}
