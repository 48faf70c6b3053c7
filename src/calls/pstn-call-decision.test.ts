import { describe, expect, it } from 'vitest';
import { callReasons, isReasonOf } from '#contract/call-verdicts.ts';
import type { OurNumber } from '#numbers/number.ts';
import { decideAfterDial, decideInbound, unanswered, verdictOfVoicemail, verdictAfterTimeout } from './pstn-call-decision.ts';
import type { PstnCaller, DialResult, InboundFacts } from './pstn-call-decision.ts';
import type { Verdict } from './verdict.ts';

const number: OurNumber = {
  id: 'num_1',
  number: '+14165550100',
  name: 'Home',
  ownerPersonId: 'user_1',
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

  it.each<[string, boolean, number | undefined, Verdict | undefined, string]>([
    ['completed', false, 200, hungUp, 'hang-up answered/callee-hung-up'],
    ['completed', true, 200, hungUp, 'hang-up answered/callee-hung-up'],
    ['completed', false, 200, undefined, 'hang-up answered/caller-hung-up'],
    ['answered', false, undefined, undefined, 'hang-up answered/caller-hung-up'],
    // Whatever the network calls it, we know that somebody talked.
    ['failed', false, 500, hungUp, 'hang-up answered/callee-hung-up'],
    ['no-answer', false, 480, missed('no-answer'), 'voicemail no-answer'],
    ['no-answer', false, 487, gone, 'voicemail no-answer'],
    ['no-answer', false, undefined, undefined, 'voicemail no-answer'],
    ['no-answer', true, 487, gone, 'hang-up missed/caller-cancelled'],
    ['canceled', true, 487, gone, 'hang-up missed/caller-cancelled'],
    ['canceled', false, 487, gone, 'voicemail no-answer'],
    ['busy', false, 486, { disposition: 'busy', reason: 'busy' }, 'voicemail busy'],
    ['busy', false, 486, undefined, 'voicemail busy'],
    ['busy', false, 603, undefined, 'voicemail declined'],
    ['busy', false, 603, missed('declined'), 'voicemail declined'],
    ['failed', false, 480, missed('offline'), 'voicemail offline'],
    ['failed', false, undefined, undefined, 'voicemail unreachable'],
    ['failed', false, 500, { disposition: 'failed', reason: 'phone-error' }, 'voicemail internal'],
    ['failed', false, 403, { disposition: 'blocked', reason: 'switched-off' }, 'hang-up blocked/switched-off'],
    ['', false, undefined, undefined, 'voicemail no-answer'],
    ['something-new', false, undefined, undefined, 'voicemail no-answer'],
  ])('%s, caller gone %s, SIP %s, ours %j: %s', (status, isCallerGone, sipStatus, ours, expected) => {
    const dial: DialResult = { status, isCallerGone, sipStatus, sipVerdict: ours, hasMailbox: true };
    const after = decideAfterDial(dial);
    expect(
      after.kind === 'voicemail' ? `voicemail ${after.reason}` : `hang-up ${after.verdict.disposition}/${after.verdict.reason}`,
    ).toBe(expected);
  });

  it('hangs up where there is no mailbox', () => {
    const dial: DialResult = { status: 'busy', isCallerGone: false, sipStatus: 486, sipVerdict: undefined, hasMailbox: false };
    expect(decideAfterDial(dial)).toEqual({ kind: 'hang-up', verdict: { disposition: 'busy', reason: 'busy' } });
  });
});

describe('the end of a call', () => {
  it('is in the closed list for every reason, with a message and without', () => {
    for (const reason of callReasons.filter((one) => isReasonOf('voicemail', one))) {
      const without = unanswered(reason);
      expect(isReasonOf(without.disposition, without.reason)).toBe(true);
      const heard = { isThere: true, seconds: 5, minSeconds: 3 };
      expect(verdictOfVoicemail(heard, reason)).toEqual({ disposition: 'voicemail', reason });
      expect(verdictOfVoicemail({ ...heard, seconds: 2 }, reason)).toEqual(without);
      expect(verdictOfVoicemail({ ...heard, seconds: 3 }, reason)).toEqual({ disposition: 'voicemail', reason });
      expect(verdictOfVoicemail({ ...heard, isThere: false }, reason)).toEqual(without);
      expect(verdictOfVoicemail({ ...heard, seconds: undefined }, reason)).toBeUndefined();
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
  ])('that nobody told: %j', (untold, expected) => {
    const { disposition, reason } = verdictAfterTimeout(untold);
    expect(`${disposition}/${reason}`).toBe(expected);
  });
});
