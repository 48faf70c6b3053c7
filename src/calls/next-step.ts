import type { PersonId } from '#base/ids.ts';
import type { AfterRing, RoutingPlan } from '#routing/decision.ts';
import type { Challenge } from './challenge.ts';
import type { AfterDial } from './pstn-call-decision.ts';

/** What the network is to do with a caller now. */
export type NextStep =
  /** Hand the call to the house, whose phones ring for so long. */
  | { readonly kind: 'ring'; readonly seconds: number }
  /** Ask for this key first. */
  | { readonly kind: 'challenge'; readonly digit: string }
  /** Call a number outside; `dial` is which attempt of this call to reach somebody it is. */
  | (Extract<AfterRing, { kind: 'forward' }> & { readonly dial: number })
  /** The mailbox of a person; `greeting` in place of their own. */
  | { readonly kind: 'voicemail'; readonly personId: PersonId | undefined; readonly greeting?: string | undefined }
  | { readonly kind: 'reject'; readonly tone: 'busy' | 'rejected' }
  | { readonly kind: 'play'; readonly text: string; readonly language: string }
  | { readonly kind: 'hang-up' };

/** The first step of a plan. */
export function firstStep(plan: RoutingPlan, challenge: Challenge | undefined): NextStep {
  if (challenge?.isPassed === false) return { kind: 'challenge', digit: challenge.digit };
  switch (plan.kind) {
    case 'ring':
      return { kind: 'ring', seconds: plan.steps.reduce((sum, { seconds }) => sum + seconds, 0) };
    case 'forward': {
      const { number, seconds, isScreened } = plan;
      return { kind: 'forward', number, seconds, isScreened, dial: 0 };
    }
    case 'voicemail':
      return { kind: 'voicemail', personId: plan.personId, greeting: plan.greeting };
    case 'reject':
      return { kind: 'reject', tone: plan.tone };
    case 'play':
      return { kind: 'play', text: plan.text, language: plan.language };
  }
}

/** The step after the attempt number `dial`. */
export function stepAfter(after: AfterDial, dial: number): NextStep {
  switch (after.kind) {
    case 'voicemail':
      return { kind: 'voicemail', personId: after.personId };
    case 'forward':
      return { ...after, dial: dial + 1 };
    case 'hang-up':
      return { kind: 'hang-up' };
  }
}
