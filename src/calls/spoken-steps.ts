import type { CallReason } from '#contract/call-verdicts.ts';
import type { ChallengeRule } from '#routing/routing-settings.ts';
import type { CallLeg, Party } from './call.ts';
import { maxTries } from './challenge.ts';
import type { Phrase, PromptName } from './phrase.ts';
import type { PlannedRoute } from './planned-route.ts';
import type { PlannedLeg, PlannedStep } from './planned-step.ts';
import type { Attempt, RingTarget } from './ports.ts';
import type { Verdict } from './verdict.ts';

type VoiceTarget = Extract<RingTarget, { kind: 'voice' }>;

/** Why a phone's call is refused, in words; for other reasons the tones of the phone say enough. */
const refusalPrompts: Partial<Record<CallReason, PromptName>> = {
  'call-not-permitted': 'not-permitted',
  'destination-not-allowed': 'not-permitted',
  'not-registered-here': 'not-permitted',
  'call-not-permitted-now': 'not-permitted-now',
  'outgoing-limit': 'limit-reached',
  'minutes-used-up': 'limit-reached',
  'no-trunk': 'no-line',
  'unknown-number': 'unknown-number',
};

/** Longer than anything that is said: for a far side that holds the call meanwhile. */
const promptSeconds = 30;
const announcementSeconds = 150;
/** After the words, for each try. */
const keySeconds = 8;

const house: Party = { deviceId: undefined, personId: undefined, number: '', name: 'House' };

type MakeLeg = (role: CallLeg['role'], party: Party, at: { readonly sipCallId: string; readonly address: string }) => CallLeg;

/** The steps of a call in which the house itself speaks to the caller. */
export class SpokenSteps {
  readonly #makeLeg: MakeLeg;

  constructor(makeLeg: MakeLeg) {
    this.#makeLeg = makeLeg;
  }

  /** What a route rings, with what is said before, after and instead. */
  around({ caller }: Pick<Attempt, 'caller'>, { ring }: PlannedRoute, steps: readonly PlannedStep[]): readonly PlannedStep[] {
    switch (ring.kind) {
      case 'spoken':
        return [this.#instead(ring, steps)];
      case 'steps':
        return ring.challenge === undefined ? steps : [this.#challenge(ring.challenge), ...steps, this.#goodbye()];
      case 'trunks':
        return ring.isEmergency || caller.kind !== 'device' || steps.length === 0 ? steps : [...steps, this.#noLine()];
      case 'nothing':
        return steps;
    }
  }

  /** Said as early media, so that nobody pays. Undefined: nothing is said. */
  refusal(verdict: Verdict): PlannedStep | undefined {
    const name = refusalPrompts[verdict.reason];
    return name === undefined ? undefined : { ...this.#step({ say: [prompt(name)], by: 'early-media' }, promptSeconds), verdict };
  }

  /** The legs that go nowhere stay in the record: it says whose call it was. */
  #instead({ say, verdict }: Extract<PlannedRoute['ring'], { kind: 'spoken' }>, steps: readonly PlannedStep[]): PlannedStep {
    const step = this.#step({ say, by: 'answer' }, announcementSeconds);
    return { ...step, legs: [...(steps[0]?.legs ?? []), ...step.legs], verdict };
  }

  #challenge({ digit }: ChallengeRule): PlannedStep {
    const say: readonly Phrase[] = [prompt('press-key'), { kind: 'number', digits: digit }];
    const keys = {
      accept: digit,
      tries: maxTries,
      seconds: keySeconds,
      wrong: [prompt('wrong-key')],
      right: [prompt('one-moment'), ringing],
    };
    const seconds = maxTries * (promptSeconds + keySeconds);
    return { ...this.#step({ say, by: 'answer', keys }, seconds), verdict: { disposition: 'blocked', reason: 'challenge' } };
  }

  /** The caller was answered already, and a tone would say nothing. */
  #goodbye(): PlannedStep {
    return this.#step({ say: [prompt('cannot-be-taken')], by: 'earlier-answer' }, promptSeconds);
  }

  #noLine(): PlannedStep {
    const step = this.#step({ say: [prompt('no-line')], by: 'early-media' }, promptSeconds);
    return { ...step, onlyIfUnreachable: true, verdict: { disposition: 'failed', reason: 'unreachable' } };
  }

  #step(target: Omit<VoiceTarget, 'kind'>, seconds: number): PlannedStep {
    const leg = this.#makeLeg('callee', house, { sipCallId: '', address: '' });
    const planned: PlannedLeg = { leg, group: leg.id, target: { kind: 'voice', ...target } };
    return { legs: [planned], seconds, onlyIfUnreachable: false };
  }
}

const ringing: Phrase = { kind: 'tone', tone: 'ringback' };

function prompt(name: PromptName): Phrase {
  return { kind: 'prompt', name };
}
