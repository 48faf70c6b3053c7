import { describe, expect, it } from 'vitest';
import { verdictOfLegs, verdictOfStop } from './call-end.ts';
import type { LegState } from './call-transition.ts';
import type { LegOutcome } from './call.ts';

const leg = (outcome: LegOutcome): LegState => ({
  id: outcome,
  group: outcome,
  isTrunk: false,
  isOffline: false,
  phase: 'over',
  outcome,
});

describe('a call that several phones did not take', () => {
  const byPrecedence = [
    ...(['declined', 'no-answer', 'busy', 'media-refused', 'no-media', 'unknown-number'] as const),
    ...(['refused', 'redirected', 'error', 'unreachable', 'offline', 'cancelled'] as const),
  ];

  it.each(byPrecedence.slice(0, -1).map((outcome, index) => [outcome, byPrecedence.slice(index + 1)] as const))(
    'ends as %s whatever weaker outcomes there are beside it: %j',
    (outcome, weaker) => {
      const alone = verdictOfLegs([leg(outcome)]);
      for (const other of weaker) {
        expect(verdictOfLegs([leg(outcome), leg(other)])).toEqual(alone);
        expect(verdictOfLegs([leg(other), leg(outcome)])).toEqual(alone);
      }
    },
  );

  it('ends as its forwarded leg says, not as the phone that forwarded it', () => {
    expect(verdictOfLegs([{ ...leg('redirected'), isFollowed: true }, leg('offline')]).reason).toBe('offline');
  });
});

describe('a call that we stop', () => {
  it.each([
    ['requested', 'cancelled/hung-up-by-house', 'answered/hung-up-by-house'],
    ['engine-lost', 'failed/engine-lost', 'answered/engine-lost'],
    ['blocked', 'blocked/blocklist', 'answered/hung-up-by-house'],
    ['preempted', 'cancelled/made-room', 'answered/made-room'],
    ['revoked', 'cancelled/revoked', 'answered/revoked'],
    ['too-long', 'cancelled/too-long', 'answered/too-long'],
    ['fault', 'failed/internal', 'failed/internal'],
  ] as const)('because %s: %s while it rings, %s once it is answered', (why, ringing, connected) => {
    const verdicts = [false, true].map((isConnected) => verdictOfStop(why, isConnected));
    expect(verdicts.map(({ disposition, reason }) => `${disposition}/${reason}`)).toEqual([ringing, connected]);
  });
});
