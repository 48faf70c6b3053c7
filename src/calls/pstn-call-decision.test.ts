import { describe, expect, it } from 'vitest';
import { callReasons, isReasonOf } from '#contract/call-verdicts.ts';
import type { AfterRing } from '#routing/decision.ts';
import { unanswered } from '#routing/mailbox-plan.ts';
import { decideAfterDial, verdictAfterTimeout, verdictOfMessage } from './pstn-call-decision.ts';
import type { AfterDial, DialOutcome } from './pstn-call-decision.ts';
import type { Verdict } from './verdict.ts';

const mailbox: AfterRing = { kind: 'voicemail', personId: 'person_eva' };

function shown(after: AfterDial): string {
  if (after.kind === 'hang-up') return `hang-up ${after.verdict.disposition}/${after.verdict.reason}`;
  return after.kind === 'voicemail' ? `voicemail ${after.reason}` : `forward ${after.number}`;
}

describe('after the attempt to reach us', () => {
  const missed = (reason: 'no-answer' | 'declined' | 'offline' | 'unreachable'): Verdict => ({ disposition: 'missed', reason });
  const hungUp: Verdict = { disposition: 'answered', reason: 'callee-hung-up' };
  const gone: Verdict = { disposition: 'cancelled', reason: 'caller-cancelled' };

  it.each<[DialOutcome, boolean, Verdict | undefined, string]>([
    ['answered', false, hungUp, 'hang-up answered/callee-hung-up'],
    ['answered', true, hungUp, 'hang-up answered/callee-hung-up'],
    ['answered', false, undefined, 'hang-up answered/caller-hung-up'],
    // Whatever the network reports, our side knows that two people talked.
    ['unreachable', false, hungUp, 'hang-up answered/callee-hung-up'],
    ['no-answer', false, missed('no-answer'), 'voicemail no-answer'],
    ['no-answer', false, gone, 'voicemail no-answer'],
    ['no-answer', false, undefined, 'voicemail no-answer'],
    ['no-answer', true, gone, 'hang-up missed/caller-cancelled'],
    ['no-answer', true, undefined, 'hang-up missed/caller-cancelled'],
    ['busy', false, { disposition: 'busy', reason: 'busy' }, 'voicemail busy'],
    ['busy', false, undefined, 'voicemail busy'],
    ['declined', false, undefined, 'voicemail declined'],
    ['busy', false, missed('declined'), 'voicemail declined'],
    ['unreachable', false, missed('offline'), 'voicemail offline'],
    ['unreachable', false, undefined, 'voicemail unreachable'],
    ['unreachable', false, { disposition: 'failed', reason: 'phone-error' }, 'voicemail internal'],
    ['no-answer', false, { disposition: 'cancelled', reason: 'revoked' }, 'voicemail no-answer'],
    ['unreachable', false, { disposition: 'blocked', reason: 'switched-off' }, 'hang-up blocked/switched-off'],
    ['unreachable', true, { disposition: 'blocked', reason: 'switched-off' }, 'hang-up missed/caller-cancelled'],
  ])('%s, caller gone %s, our side %j: %s', (outcome, isCallerGone, sipVerdict, expected) => {
    const after = decideAfterDial({ outcome, isCallerGone, sipVerdict, then: mailbox });
    expect(shown(after)).toBe(expected);
  });

  it('forwards to a number outside where the plan says so, but never a caller who is gone or blocked', () => {
    const then = { kind: 'forward', number: '+15555550123', seconds: 20, isScreened: true } as const;
    const dial = { outcome: 'no-answer', isCallerGone: false, sipVerdict: undefined, then } as const;
    const blocked = { disposition: 'blocked', reason: 'switched-off' } as const;
    const ends = [dial, { ...dial, isCallerGone: true }, { ...dial, sipVerdict: blocked }];
    expect(ends.map((one) => shown(decideAfterDial(one)))).toEqual([
      'forward +15555550123',
      'hang-up missed/caller-cancelled',
      'hang-up blocked/switched-off',
    ]);
  });

  it('hangs up where there is no mailbox', () => {
    const dial = { outcome: 'busy', isCallerGone: false, sipVerdict: undefined, then: { kind: 'hang-up' } } as const;
    expect(decideAfterDial(dial)).toEqual({ kind: 'hang-up', verdict: { disposition: 'busy', reason: 'busy' } });
  });
});

describe('the end of a call', () => {
  it('is in the closed list for every reason, with a message and without', () => {
    for (const reason of callReasons.filter((one) => isReasonOf('voicemail', one))) {
      const without = unanswered(reason);
      expect(isReasonOf(without.disposition, without.reason)).toBe(true);
      expect(verdictOfMessage({ kind: 'message' }, reason)).toEqual({ disposition: 'voicemail', reason });
      expect(verdictOfMessage({ kind: 'none' }, reason)).toEqual(without);
    }
  });

  it.each<[Parameters<typeof verdictAfterTimeout>[0], string]>([
    [{ voicemailReason: 'busy', sipVerdict: undefined, isCallerGone: true }, 'busy/busy'],
    [
      { voicemailReason: undefined, sipVerdict: { disposition: 'cancelled', reason: 'caller-cancelled' }, isCallerGone: false },
      'missed/caller-cancelled',
    ],
    [
      { voicemailReason: undefined, sipVerdict: { disposition: 'missed', reason: 'declined' }, isCallerGone: false },
      'missed/declined',
    ],
    [{ voicemailReason: undefined, sipVerdict: undefined, isCallerGone: true }, 'missed/caller-cancelled'],
    [{ voicemailReason: undefined, sipVerdict: undefined, isCallerGone: false }, 'missed/unreachable'],
  ])('after the last callback was lost: %j', (abandoned, expected) => {
    const { disposition, reason } = verdictAfterTimeout(abandoned);
    expect(`${disposition}/${reason}`).toBe(expected);
  });
});
