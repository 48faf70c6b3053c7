import { expect, it } from 'vitest';
import type { RoutingPlan } from './decision.ts';
import { allowedForwards } from './allowed-forwards.ts';

const dear = '+19005550100';
const mobile = '+14165550177';
const mailbox = { kind: 'voicemail', personId: 'person_eva' } as const;
const to = (number: string) => ({ kind: 'forward', number, seconds: 20, isScreened: true }) as const;
const step = (deviceIds: readonly `dev_${string}`[], forwards: readonly string[]) => ({ deviceIds, forwards, seconds: 20 });

const busy = { kind: 'reject', tone: 'busy', verdict: { disposition: 'failed', reason: 'redirected' } } as const;

it.each<[string, RoutingPlan, RoutingPlan]>([
  ['goes to the mailbox', { ...to(dear), then: mailbox }, { ...mailbox, reason: 'redirected' }],
  ['goes where it may', { ...to(dear), then: to(mobile) }, { ...to(mobile), then: { kind: 'hang-up' } }],
  ['ends', { ...to(dear), then: { kind: 'hang-up' } }, busy],
  [
    'rings the phones beside it',
    { kind: 'ring', steps: [step(['dev_20'], [dear, mobile]), step([], [dear])], then: to(dear) },
    { kind: 'ring', steps: [step(['dev_20'], [mobile])], then: { kind: 'hang-up' } },
  ],
  [
    'still asks for the key',
    { ...to(dear), then: mailbox, challenge: { digit: '4' } },
    { ...mailbox, reason: 'redirected', challenge: { digit: '4' } },
  ],
])('a call that a rule forwards to a premium rate number %s', (_case, plan, expected) => {
  const decided = allowedForwards({ plan, reasons: [] }, (number) => number !== dear);
  expect(decided).toEqual({ plan: expected, reasons: [{ code: 'forward-not-allowed', params: { number: dear } }] });
});

it('a forward to an allowed number is left alone', () => {
  const decision = { plan: { ...to(mobile), then: mailbox }, reasons: [] };
  expect(allowedForwards(decision, () => true)).toBe(decision);
});
