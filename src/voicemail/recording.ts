import type { CallId, RecordingId } from '#base/ids.ts';

export type RecordingKind = 'voicemail' | 'call';

/** Who recorded it, or transcribed it: the provider of a trunk, or the house itself. */
export type RecordingSourceName = 'twilio' | 'house';

/**
 * `running`: being recorded. `fetching`: to be fetched. `stored`: the audio is ours. `discarded`: too short to keep, or silence.
 * `lost`: it could not be had. `removed`: it was ours and was deleted.
 */
export type RecordingState = 'running' | 'fetching' | 'stored' | 'discarded' | 'lost' | 'removed';

/** What the source calls a recording and its call; undefined where it has no name for them. */
export type ExternalRecording = {
  readonly source: RecordingSourceName;
  readonly externalId: string | undefined;
  readonly externalCallId: string | undefined;
};

/** Something that was recorded for us. Times in milliseconds since the Unix epoch. */
export type Recording = ExternalRecording & {
  readonly id: RecordingId;
  readonly kind: RecordingKind;
  readonly callId: CallId | undefined;
  readonly state: RecordingState;
  readonly startedAt: number;
  readonly seconds: number | undefined;
  readonly channels: number;
  /** Of the file; only once it is stored. */
  readonly bytes: number | undefined;
  readonly attempts: number;
  readonly absences: number;
  /** When it is to be fetched; only while it is. */
  readonly dueAt: number | undefined;
  readonly problem: string | undefined;
};

/** What a source says about a recording. Any notice may come again, late, or never. */
export type RecordingNotice = ExternalRecording & {
  readonly kind: RecordingKind;
  /** `complete`: the audio can be fetched. `silent`: nothing was said. `lost`: there will be no audio, `problem` says why. */
  readonly state: 'running' | 'complete' | 'silent' | 'lost';
  readonly problem?: string | undefined;
  readonly seconds: number | undefined;
  readonly channels: number;
  readonly startedAt: number | undefined;
  /** Our id of the call, where the source repeats it. */
  readonly callId: CallId | undefined;
};

export type RecordingTransition =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'set';
      readonly state: 'running' | 'fetching' | 'discarded' | 'lost';
      readonly problem?: string | undefined;
    };

export type TransitionFacts = {
  readonly discardBelowSeconds: number;
  /** How often fetching its audio failed. */
  readonly tries?: number;
};

export const nothingHeard = 'Nothing was heard';

/** After so many failed tries nothing brings a recording back. */
const maxTries = 30;

/** What a notice changes about a recording that is `before` (undefined: unknown). Whatever the order, never backwards. */
export function transitionFor(
  { kind, state, seconds, problem }: Pick<RecordingNotice, 'kind' | 'state' | 'seconds' | 'problem'>,
  before: RecordingState | undefined,
  { discardBelowSeconds, tries = 0 }: TransitionFacts,
): RecordingTransition {
  const isOpen = before === undefined || before === 'running';
  switch (state) {
    case 'running':
      return before === undefined ? { kind: 'set', state: 'running' } : { kind: 'nothing' };
    case 'complete': {
      // What was given up may be there after all; a source that lists it says so every few minutes, true or not.
      if (!isOpen && (before !== 'lost' || tries >= maxTries)) return { kind: 'nothing' };
      const isTooShort = kind === 'voicemail' && seconds !== undefined && seconds < discardBelowSeconds;
      return { kind: 'set', state: isTooShort ? 'discarded' : 'fetching' };
    }
    case 'silent':
      return isOpen ? { kind: 'set', state: 'discarded', problem: nothingHeard } : { kind: 'nothing' };
    case 'lost':
      return isOpen || before === 'fetching' ? { kind: 'set', state: 'lost', problem } : { kind: 'nothing' };
  }
}

/** A recording as `notice` leaves it; undefined where it changes nothing. `callId`: of the call record, where it is known. */
export function applyNotice(
  notice: RecordingNotice,
  before: Recording | undefined,
  facts: {
    readonly now: number;
    readonly discardBelowSeconds: number;
    readonly newId: () => RecordingId;
    readonly callId: CallId | undefined;
  },
): Recording | undefined {
  const { attempts = 0, absences = 0, kind = notice.kind } = before ?? {};
  const { now, discardBelowSeconds } = facts;
  const transition = transitionFor({ ...notice, kind }, before?.state, { discardBelowSeconds, tries: attempts + absences });
  if (transition.kind === 'nothing') return undefined;
  return {
    id: before?.id ?? facts.newId(),
    kind,
    source: notice.source,
    externalId: notice.externalId,
    externalCallId: notice.externalCallId ?? before?.externalCallId,
    callId: facts.callId ?? before?.callId,
    state: transition.state,
    // Until it is over, its beginning may be our guess.
    startedAt: (before?.state === 'running' ? notice.startedAt : undefined) ?? before?.startedAt ?? notice.startedAt ?? now,
    seconds: notice.seconds ?? before?.seconds,
    channels: notice.channels,
    bytes: undefined,
    attempts,
    absences,
    dueAt: transition.state === 'fetching' ? now : undefined,
    problem: transition.problem,
  };
}

/** One of which nothing but its name is known yet. */
export function openRecording(id: RecordingId, external: ExternalRecording, now: number): Recording {
  const { source, externalId, externalCallId } = external;
  return {
    id,
    kind: 'voicemail',
    source,
    externalId,
    externalCallId,
    callId: undefined,
    state: 'running',
    startedAt: now,
    seconds: undefined,
    channels: 1,
    bytes: undefined,
    attempts: 0,
    absences: 0,
    dueAt: undefined,
    problem: undefined,
  };
}

export function fileNameOf({ id }: Pick<Recording, 'id'>): string {
  return `${id}.wav`;
}
