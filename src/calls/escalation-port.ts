import type { EscalationLeg, EscalationOutcome } from './escalation.ts';
import type { Phrase } from './phrase.ts';

/** What becomes of one call of an escalation. After `ended` nothing more comes. */
export type EscalationCallListener = {
  ringing(): void;
  answered(): void;
  key(key: string): void;
  ended(outcome: EscalationOutcome): void;
};

/** One call of an escalation. No method throws; each may be called at any time and does nothing where it makes no sense. */
export type EscalationCall = {
  /** Only to somebody who answered. `done` is called at the end of the words, but not where others replace them. */
  play(what: readonly Phrase[], done?: () => void): void;
  /** Whether it rings or was answered. `elsewhere`: somebody else has taken it. */
  hangUp(why: 'elsewhere' | 'no-answer' | 'stopped'): void;
};

/** Calls one phone or number in the name of the house. */
export type EscalationCaller = {
  /** `from`: the name that is displayed. `listener` may hear of it before this returns. */
  call(leg: EscalationLeg, from: string, listener: EscalationCallListener): EscalationCall;
};
