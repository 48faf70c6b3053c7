import type { getTestCall } from '#contract/test-calls.ts';
import type { EndpointReply } from '#contract/endpoint.ts';

export type TestCall = NonNullable<EndpointReply<typeof getTestCall>['testCall']>;
export type TestResult = NonNullable<TestCall['result']>;
export type StepState = 'done' | 'now' | 'failed' | 'open';
export type TestStep = { readonly name: (typeof testStepNames)[number]; readonly state: StepState };

/** The way of a test call, leg by leg. */
export const testStepNames = ['connected', 'rings', 'picked-up', 'heard', 'hears'] as const;

type Reached = Pick<TestCall, 'ringingAt' | 'answeredAt' | 'isHeard' | 'hearsUs' | 'result' | 'callId'>;

/** What was not found out either way is no failure. */
const unproven: ReadonlySet<TestResult> = new Set([
  'unconfirmed',
  'stopped',
  'hung-up-at-once',
  'in-call',
  'house-busy',
  'no-voice',
]);
const beforeTheCall: ReadonlySet<TestResult> = new Set(['not-registered', 'switched-off', 'unreachable']);

/** How far it got: each leg that was reached, the one that goes on or failed, and those still to come. */
export function testSteps(test: Reached): readonly TestStep[] {
  const reached = [
    test.result === null || !beforeTheCall.has(test.result),
    test.ringingAt !== null || test.answeredAt !== null,
    test.answeredAt !== null,
    test.isHeard || test.hearsUs === 'confirmed',
    // What a phone reports is proof in the end; as long as a key is asked for, it is not pressed.
    test.hearsUs === 'confirmed' || (test.hearsUs === 'reported' && test.result !== null),
  ];
  const first = reached.indexOf(false);
  const next = test.result === null ? 'now' : test.result === 'works' || unproven.has(test.result) ? 'open' : 'failed';
  return testStepNames.map((name, at) => ({ name, state: reached[at] === true ? 'done' : at === first ? next : 'open' }));
}

/** Whether a phone that signed in since cannot be judged by it any more. */
export function isOutdated({ result, endedAt }: Pick<TestCall, 'result' | 'endedAt'>, registeredAt: string | undefined): boolean {
  if (result === null || endedAt === null || registeredAt === undefined) return false;
  return beforeTheCall.has(result) && registeredAt > endedAt;
}

export function isGood(result: TestResult): boolean {
  return result === 'works';
}
