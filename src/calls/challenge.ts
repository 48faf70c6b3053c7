import type { RoutingPlan } from '#routing/decision.ts';
import type { ChallengeRule } from '#routing/routing-settings.ts';

/** The key that a caller is asked for before anything rings, which a machine that dials does not press. Stored with the call. */
export type Challenge = ChallengeRule & { readonly isPassed: boolean; readonly triesLeft: number };

export const maxTries = 2;

/** Of a new call; undefined where the plan asks for none. */
export function challengeOf(plan: RoutingPlan): Challenge | undefined {
  const rule = 'challenge' in plan ? plan.challenge : undefined;
  return rule === undefined ? undefined : { digit: rule.digit, isPassed: false, triesLeft: maxTries };
}

/** What the caller's keys make of it. */
export function answerChallenge(challenge: Challenge, pressed: string): Challenge {
  if (challenge.isPassed || challenge.triesLeft === 0) return challenge;
  return pressed === challenge.digit ? { ...challenge, isPassed: true } : { ...challenge, triesLeft: challenge.triesLeft - 1 };
}
