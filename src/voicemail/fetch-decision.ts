import { nothingHeard } from './recording.ts';
import type { Recording } from './recording.ts';

/** How one attempt to fetch a recording ended. */
export type FetchOutcome =
  /** `isSilent`: no speech in it. */
  | { readonly kind: 'stored'; readonly bytes: number; readonly seconds: number; readonly isSilent: boolean }
  | { readonly kind: 'incomplete'; readonly message: string }
  | { readonly kind: 'not-yet'; readonly message: string }
  | { readonly kind: 'gone'; readonly message: string }
  | { readonly kind: 'no-space'; readonly message: string }
  | { readonly kind: 'later'; readonly message: string; readonly retryAfterSeconds?: number | undefined };

/** Times the source may say that there is nothing: with the delays below some 25 minutes, where two are usual. */
export const maxAbsences = 14;
/** Times a recording may come cut off. */
export const maxTruncations = 8;
/** From here on a recording that is shorter than announced is taken as it is: half a message is better than none. */
export const acceptTruncatedAfter = 4;
const maxDelayMs = 300_000;
const noSpaceDelayMs = 600_000;

/** What becomes of a recording after an attempt. A source that is busy, or a full disk, is never counted against it. */
export function decideAfterFetch(
  recording: Recording,
  outcome: FetchOutcome,
  { now, discardBelowSeconds }: { readonly now: number; readonly discardBelowSeconds: number },
): Recording {
  const { attempts, absences } = recording;
  const postponed = (delayMs: number, problem: string): Recording => ({ ...recording, dueAt: now + delayMs, problem });
  const ended = { ...recording, dueAt: undefined };
  switch (outcome.kind) {
    case 'stored': {
      const { bytes, seconds, isSilent } = outcome;
      if (recording.kind === 'voicemail' && isSilent) return { ...ended, state: 'discarded', seconds, problem: nothingHeard };
      if (recording.kind === 'voicemail' && seconds < discardBelowSeconds) return { ...ended, state: 'discarded', seconds };
      return { ...ended, state: 'stored', bytes, seconds, problem: undefined };
    }
    case 'gone':
      return { ...ended, state: 'lost', absences: absences + 1, problem: outcome.message };
    case 'not-yet': {
      const next = absences + 1;
      if (next >= maxAbsences) return { ...ended, state: 'lost', absences: next, problem: outcome.message };
      return { ...postponed(backOffMs(absences), outcome.message), absences: next };
    }
    case 'incomplete': {
      const next = attempts + 1;
      if (next >= maxTruncations) return { ...ended, state: 'lost', attempts: next, problem: outcome.message };
      return { ...postponed(backOffMs(attempts), outcome.message), attempts: next };
    }
    case 'no-space':
      return postponed(noSpaceDelayMs, outcome.message);
    case 'later':
      return postponed(Math.ceil((outcome.retryAfterSeconds ?? 30) * 1000), outcome.message);
  }
}

/** 1 s, 2 s, 4 s … up to 5 minutes. */
export function backOffMs(failures: number): number {
  return Math.min(maxDelayMs, 1000 * 2 ** Math.min(failures, 20));
}
