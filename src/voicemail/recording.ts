import type { Id } from '#base/ids.ts';

export type RecordingId = Id<'rec'>;
export type RecordingKind = 'voicemail' | 'call';

/**
 * `running`: being recorded. `fetching`: to be fetched. `stored`: the audio is ours. `discarded`: too short to keep, or silence.
 * `lost`: it could not be had. `removed`: it was ours and was deleted.
 */
export type RecordingState = 'running' | 'fetching' | 'stored' | 'discarded' | 'lost' | 'removed';

/** Something Twilio recorded. Times in milliseconds since the Unix epoch. */
export type Recording = {
  readonly id: RecordingId;
  readonly kind: RecordingKind;
  readonly recordingSid: string;
  readonly callSid: string;
  readonly callId: string | undefined;
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

/** What a callback or a list of Twilio says about a recording. Any of them may come again, late, or never. */
export type RecordingUpdate = {
  readonly recordingSid: string;
  /** Of the parent leg. */
  readonly callSid: string;
  /** Twilio's word; `in-progress`, `completed`, `absent`, `failed` and `deleted` mean something to us. */
  readonly status: string;
  /** Twilio's word: `RecordVerb` is a voicemail, everything else a call. */
  readonly source: string;
  readonly seconds: number | undefined;
  readonly channels: number;
  readonly startedAt: number | undefined;
  /** The call record, where whoever tells knows it. */
  readonly callId?: string | undefined;
};

export type RecordingTransition =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'set'; readonly state: 'running' | 'fetching' | 'discarded' | 'lost'; readonly problem?: string };

export type TransitionFacts = {
  readonly kind: RecordingKind;
  readonly discardBelowSeconds: number;
  /** How often its sound was asked for in vain. */
  readonly tries?: number;
};

export const nothingHeard = 'Nothing was heard';

/** After so many tries in vain nothing brings a recording back. */
const maxTries = 30;

/** What an announcement changes about a recording that is `before` (undefined: never heard of). Whatever the order, never backwards. */
export function transitionFor(
  update: RecordingUpdate,
  before: RecordingState | undefined,
  { kind, discardBelowSeconds, tries = 0 }: TransitionFacts,
): RecordingTransition {
  const isOpen = before === undefined || before === 'running';
  const { status, seconds } = update;
  switch (status) {
    case 'in-progress':
    case 'paused':
    case 'processing':
    case 'stopped':
      return before === undefined ? { kind: 'set', state: 'running' } : { kind: 'nothing' };
    case 'completed': {
      // What was given up may be there after all; Twilio's list says so every few minutes, true or not.
      if (!isOpen && (before !== 'lost' || tries >= maxTries)) return { kind: 'nothing' };
      const isTooShort = kind === 'voicemail' && seconds !== undefined && seconds < discardBelowSeconds;
      return { kind: 'set', state: isTooShort ? 'discarded' : 'fetching' };
    }
    case 'absent':
      return isOpen ? { kind: 'set', state: 'discarded', problem: nothingHeard } : { kind: 'nothing' };
    case 'failed':
    case 'deleted':
      return isOpen || before === 'fetching'
        ? { kind: 'set', state: 'lost', problem: status === 'failed' ? 'Twilio could not record it' : 'It was deleted at Twilio' }
        : { kind: 'nothing' };
    default:
      return { kind: 'nothing' };
  }
}

/** `StartCallRecordingTwiML` and the like record calls; the verb records what a caller leaves. */
export function kindOf(source: string): RecordingKind {
  return source === 'RecordVerb' ? 'voicemail' : 'call';
}

export function fileNameOf({ id }: Pick<Recording, 'id'>): string {
  return `${id}.wav`;
}
