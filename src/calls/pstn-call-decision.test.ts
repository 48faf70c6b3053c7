import { describe, expect, it } from 'vitest';
import { callReasons, isReasonOf } from '#contract/call-verdicts.ts';
import type { OurNumber } from '#numbers/number.ts';
import { decideAfterDial, decideInbound, unanswered, verdictAfterTimeout, verdictOfMessage } from './pstn-call-decision.ts';
import type { DialOutcome, PstnCaller, InboundFacts } from './pstn-call-decision.ts';
import type { Verdict } from './verdict.ts';

const number: OurNumber = {
  id: 'num_1',
  number: '+14165550100',
  name: 'Home',
  ownerPersonId: 'person_1',
  voiceEnabled: true,
  createdAt: 0,
};
const caller: PstnCaller = { number: '+15555550100', isWithheld: false, name: '', attestation: 'none', spamScore: undefined };
const facts: InboundFacts = {
  number,
  caller,
  spamThreshold: 0.7,
  phones: { enabled: 2, registered: 1 },
  isReachable: true,
  isFull: false,
  ringSeconds: 30,
};

function shown(decision: ReturnType<typeof decideInbound>): string {
  if (decision.kind === 'ring') return `ring ${decision.seconds}`;
  if (decision.kind === 'voicemail') return `voicemail ${decision.reason}`;
  return `${decision.tone} ${decision.verdict.disposition}/${decision.verdict.reason}`;
}

describe('a call from outside', () => {
  it.each<[string, Partial<InboundFacts>, string]>([
    ['rings', {}, 'ring 30'],
    ['rings also where nobody attests the number', { caller: { ...caller, number: undefined, isWithheld: true } }, 'ring 30'],
    ['to a number that is not ours', { number: undefined }, 'rejected failed/unknown-number'],
    ['to a number that is off', { number: { ...number, voiceEnabled: false } }, 'rejected blocked/switched-off'],
    ['to nobody', { number: { ...number, ownerPersonId: undefined } }, 'rejected failed/no-owner'],
    ['that is unwanted', { caller: { ...caller, spamScore: 0.71 } }, 'rejected blocked/spam'],
    ['that is at the threshold', { caller: { ...caller, spamScore: 0.7 } }, 'ring 30'],
    ['too many at once', { isFull: true }, 'busy failed/too-many-calls'],
    ['to somebody without a phone', { phones: { enabled: 0, registered: 0 } }, 'voicemail no-devices'],
    ['while all phones are away', { phones: { enabled: 2, registered: 0 } }, 'voicemail offline'],
    ['while the network cannot reach us', { isReachable: false }, 'voicemail unreachable'],
    ['unwanted, to nobody', { caller: { ...caller, spamScore: 1 }, number: undefined }, 'rejected failed/unknown-number'],
  ])('%s', (_case, change, expected) => {
    expect(shown(decideInbound({ ...facts, ...change }))).toBe(expected);
  });
});

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
    const after = decideAfterDial({ outcome, isCallerGone, sipVerdict, hasMailbox: true });
    expect(
      after.kind === 'voicemail' ? `voicemail ${after.reason}` : `hang-up ${after.verdict.disposition}/${after.verdict.reason}`,
    ).toBe(expected);
  });

  it('hangs up where there is no mailbox', () => {
    const dial = { outcome: 'busy', isCallerGone: false, sipVerdict: undefined, hasMailbox: false } as const;
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
