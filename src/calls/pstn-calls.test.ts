import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeCallerLeg, PstnHarness, ourNumber, ownerPhone } from '#testing/harness/pstn-harness.ts';
import type { PstnHarnessOptions } from '#testing/harness/pstn-harness.ts';
import type { PstnCaller } from './pstn-call-decision.ts';

const caller: PstnCaller = { number: '+15555550100', isWithheld: false, name: 'Zoé', attestation: 'none', spamScore: undefined };
const call = { callSid: `CA${'1'.repeat(32)}`, dialled: ourNumber.number, caller, isReachable: true, trunk: 'twilio' };
const noAnswer = { isCallerGone: false, outcome: 'no-answer' } as const;
const message = { kind: 'message' } as const;
const mailbox = { kind: 'voicemail', personId: 'person_eva' } as const;
const none = { kind: 'none' } as const;

let harness: PstnHarness;
beforeEach(() => {
  harness = new PstnHarness();
});
afterEach(() => harness[Symbol.dispose]());

function open(options: PstnHarnessOptions): void {
  harness[Symbol.dispose]();
  harness = new PstnHarness(options);
}

function arrive(change: Partial<typeof call> = {}) {
  return harness.pstnCalls.receive({ ...call, ...change });
}

describe('a call from outside while the clock is set', () => {
  it.each([8 * 3_600_000, -3 * 86_400_000])('is not given up, and lasts as long as it really did (%i ms)', (byMs) => {
    const { token, callId } = arrive();
    harness.clock.advance(1_000);
    harness.clock.jump(byMs);
    harness.clock.advance(5_000);
    expect(harness.pstnCalls.progressOf(call.callSid)).toBe('announced');
    const leg = harness.leg(token);
    leg.ringRequests[0]?.listener.answered();
    harness.clock.jump(byMs);
    harness.clock.advance(60_000);
    harness.placed?.hungUp({ disposition: 'answered', reason: 'callee-hung-up' });
    const record = harness.cdrs.get(callId);
    expect([(record?.answeredAt ?? 0) - (record?.startedAt ?? 0), (record?.endedAt ?? 0) - (record?.answeredAt ?? 0)]).toEqual([
      6_000, 60_000,
    ]);
  });
});

describe('a call from outside that is answered', () => {
  it('has one record from its announcement to the hang-up', () => {
    const { token, step, callId } = arrive();
    expect(step).toEqual({ kind: 'ring', seconds: 30 });
    expect(harness.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    harness.clock.advance(800);
    const leg = harness.leg(token);
    expect(harness.placed?.record.id).toBe(callId);
    // What the phone shows is the announced caller, whatever the SIP leg said.
    expect(leg.ringRequests[0]?.target).toMatchObject({ from: { number: '+15555550100', name: 'Zoé' } });
    leg.ringRequests[0]?.listener.progressed(180, false);
    leg.ringRequests[0]?.listener.answered();
    harness.clock.advance(60_000);
    harness.placed?.hungUp({ disposition: 'answered', reason: 'callee-hung-up' });
    expect(harness.pstnCalls.dialDone(call.callSid, { isCallerGone: false, outcome: 'answered' })).toEqual({ kind: 'hang-up' });
    harness.pstnCalls.callerGone(call.callSid);
    expect(harness.records()).toEqual(['inbound answered/callee-hung-up +15555550100 → +14165550100']);
    expect(harness.publishedFacts).toEqual([
      'call.started',
      'call.changed ringing',
      'call.changed in_call',
      'call.ended callee-hung-up',
    ]);
    expect(harness.pstnCalls.size).toBe(0);
    expect(harness.cdrs.get(callId)).toMatchObject({ trunk: 'twilio', callee: { deviceId: 'dev_20', personId: 'person_eva' } });
  });

  it('is not closed by the action that comes before the BYE', () => {
    const { token } = arrive();
    harness.leg(token).ringRequests[0]?.listener.answered();
    const done = { isCallerGone: false, outcome: 'answered' } as const;
    expect(harness.pstnCalls.dialDone(call.callSid, done)?.kind).toBe('hang-up');
    expect(harness.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    harness.placed?.hungUp({ disposition: 'answered', reason: 'callee-hung-up' });
    expect(harness.records()).toEqual(['inbound answered/callee-hung-up +15555550100 → +14165550100']);
    expect(harness.publishedFacts.filter((one) => one.startsWith('call.ended'))).toHaveLength(1);
  });

  it('lasts as long as the people talk', () => {
    const { token } = arrive();
    harness.leg(token).ringRequests[0]?.listener.answered();
    harness.pstnCalls.callerGone(call.callSid);
    harness.clock.advance(3 * 3_600_000);
    expect(harness.records()).toEqual(['inbound open +15555550100 → +14165550100']);
  });
});

/** The phone rings until its time is over. */
function ringOut(leg: FakeCallerLeg): void {
  leg.ringRequests[0]?.listener.progressed(180, false);
  harness.clock.advance(30_000);
}

describe('a call from outside that nobody answers', () => {
  it('goes to the voicemail on the same record', () => {
    const { token } = arrive();
    const leg = harness.leg(token);
    ringOut(leg);
    expect(leg.commands).toEqual(['cancel no-answer', 'reject no-answer']);
    expect(harness.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    expect(harness.pstnCalls.dialDone(call.callSid, noAnswer)).toEqual(mailbox);
    // Asked twice, told twice the same.
    expect(harness.pstnCalls.dialDone(call.callSid, { ...noAnswer, outcome: 'answered' })).toEqual(mailbox);
    expect(harness.pstnCalls.progressOf(call.callSid)).toBe('voicemail');
    harness.clock.advance(20_000);
    harness.pstnCalls.messageLeft(call.callSid, message);
    harness.pstnCalls.messageLeft(call.callSid, message);
    expect(harness.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
    expect(harness.publishedFacts).toEqual([
      'call.started',
      'call.changed ringing',
      'call.changed over',
      'call.changed voicemail',
      'call.ended no-answer',
    ]);
    expect(harness.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 no-answer']);
  });

  it.each([
    ['leaves no message', none],
    ['hangs up before the tone', undefined],
  ])('is missed where the caller %s', (_case, outcome) => {
    const { token } = arrive();
    ringOut(harness.leg(token));
    harness.pstnCalls.dialDone(call.callSid, noAnswer);
    if (outcome === undefined) harness.pstnCalls.callerGone(call.callSid);
    else harness.pstnCalls.messageLeft(call.callSid, outcome);
    harness.clock.advance(120_000);
    expect(harness.records()).toEqual(['inbound missed/no-answer +15555550100 → +14165550100']);
  });

  it.each([
    ['is missed where the message turns out to be none', [message, none], 'missed/no-answer'],
    ['is a voicemail where a message is found after all', [none, message], 'voicemail/no-answer'],
  ])('%s', (_case, outcomes, expected) => {
    const { token, callId } = arrive();
    ringOut(harness.leg(token));
    harness.pstnCalls.dialDone(call.callSid, noAnswer);
    for (const outcome of outcomes) expect(harness.pstnCalls.messageLeft(call.callSid, outcome)?.id).toBe(callId);
    expect(harness.records()).toEqual([`inbound ${expected} +15555550100 → +14165550100`]);
    expect(harness.publishedFacts.filter((one) => one.startsWith('call.ended'))).toHaveLength(1);
  });

  it('is a voicemail after all where its recording is announced late', () => {
    const { token } = arrive();
    ringOut(harness.leg(token));
    harness.pstnCalls.dialDone(call.callSid, noAnswer);
    harness.pstnCalls.callerGone(call.callSid);
    harness.clock.advance(120_000);
    harness.pstnCalls.messageLeft(call.callSid, message);
    expect(harness.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
    expect(harness.publishedFacts.filter((one) => one.startsWith('call.ended'))).toHaveLength(1);
  });

  it('is missed where the caller hangs up while it rings, in whatever order that is told', () => {
    for (const order of ['cancel first', 'action first', 'no action']) {
      open({});
      const { token, callId } = arrive();
      harness.leg(token);
      // Whoever is told of the end reads there how it was: it may be before the SIP leg is over.
      const known: unknown[] = [];
      harness.events.on('call.ended', () => void known.push(harness.calls.find(callId)?.record.verdict));
      const gone = { isCallerGone: true, outcome: 'no-answer' } as const;
      if (order === 'action first') expect(harness.pstnCalls.dialDone(call.callSid, gone)?.kind).toBe('hang-up');
      harness.placed?.callerGone();
      if (order === 'cancel first') expect(harness.pstnCalls.dialDone(call.callSid, gone)?.kind).toBe('hang-up');
      harness.pstnCalls.callerGone(call.callSid);
      harness.clock.advance(60_000);
      expect(harness.records(), order).toEqual(['inbound missed/caller-cancelled +15555550100 → +14165550100']);
      expect(known, order).toEqual([{ disposition: 'missed', reason: 'caller-cancelled' }]);
      expect(
        harness.publishedFacts.filter((one) => one.startsWith('call.ended')),
        order,
      ).toEqual(['call.ended caller-cancelled']);
      expect(harness.pstnCalls.size, order).toBe(0);
    }
  });

  it('counts as going on no longer than its SIP leg, also where the network said before that it is over', () => {
    const { token } = arrive();
    harness.leg(token);
    harness.pstnCalls.dialDone(call.callSid, { isCallerGone: true, outcome: 'no-answer' });
    expect(harness.publishedFacts.at(-1)).toBe('call.ended caller-cancelled');
    expect(harness.calls.list()).toHaveLength(1);
    harness.placed?.callerGone();
    expect(harness.calls.list()).toEqual([]);
    expect(harness.publishedFacts.at(-1)).toBe('call.changed over');
  });

  it('has ten minutes for the message', () => {
    arrive();
    harness.pstnCalls.dialDone(call.callSid, noAnswer);
    harness.clock.advance(599_000);
    expect(harness.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    harness.clock.advance(10_000);
    expect(harness.records()).toEqual(['inbound missed/no-answer +15555550100 → +14165550100']);
  });

  it('rings no phone once the caller is in the voicemail', () => {
    const { token } = arrive();
    harness.pstnCalls.dialDone(call.callSid, noAnswer);
    const leg = harness.leg(token);
    expect([leg.commands, leg.ringRequests]).toEqual([['reject loop'], []]);
  });

  it('takes the reason from the phones', () => {
    const { token } = arrive();
    harness.leg(token).ringRequests[0]?.listener.failed('declined', 603);
    const done = { isCallerGone: false, outcome: 'busy' } as const;
    expect(harness.pstnCalls.dialDone(call.callSid, done)).toEqual(mailbox);
  });

  it('is closed in the end where the network falls silent', () => {
    const { token } = arrive();
    ringOut(harness.leg(token));
    harness.clock.advance(60_000);
    expect(harness.records()).toEqual(['inbound missed/no-answer +15555550100 → +14165550100']);
    // The word comes after all: the caller is still served, and the message they leave is found.
    expect(harness.pstnCalls.dialDone(call.callSid, noAnswer)).toEqual(mailbox);
    harness.pstnCalls.messageLeft(call.callSid, message);
    expect(harness.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
  });

  it('is closed where its SIP leg never comes', () => {
    arrive();
    harness.clock.advance(200_000);
    expect(harness.records()).toEqual(['inbound missed/unreachable +15555550100 → +14165550100']);
    expect(harness.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 unreachable']);
    expect(harness.publishedFacts).toEqual(['call.started', 'call.ended unreachable']);
  });
});

describe('a call from outside that rings nowhere', () => {
  it('is refused at once where it may not come in, with its record', () => {
    const spam = arrive({ caller: { ...caller, spamScore: 0.9 } });
    expect(spam.step).toMatchObject({ kind: 'reject', tone: 'rejected' });
    expect(harness.records()).toEqual(['inbound blocked/spam +15555550100 → +14165550100']);
    expect(harness.publishedFacts).toEqual(['call.started', 'call.ended spam']);
    expect(harness.pstnCalls.size).toBe(0);
    expect(arrive({ caller: { ...caller, spamScore: 0 } }).step).toEqual(spam.step);
    expect(harness.records()).toHaveLength(1);
  });

  it('goes straight to the voicemail while the phones are away, and their owner sees it', () => {
    open({ registered: [] });
    expect(arrive().step).toEqual(mailbox);
    expect(harness.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 offline']);
    harness.pstnCalls.messageLeft(call.callSid, message);
    expect(harness.records()).toEqual(['inbound voicemail/offline +15555550100 → +14165550100']);
    expect(harness.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 offline']);
    expect(harness.publishedFacts).toEqual(['call.started', 'call.changed voicemail', 'call.ended offline']);
  });

  it('belongs to the owner also where they have no phone', () => {
    open({ phones: [] });
    expect(arrive({ caller: { ...caller, number: undefined, isWithheld: true, name: '' } }).step).toEqual(mailbox);
    expect(harness.legs()).toEqual(['caller  undefined', 'callee Home offline']);
    expect(harness.records()).toEqual(['inbound open hidden → +14165550100']);
  });

  it('rings no phone that is switched off, and has no leg for it', () => {
    const off = { ...ownerPhone('21'), enabled: false };
    open({ phones: [off] });
    expect(arrive().step).toEqual(mailbox);
    open({ phones: [ownerPhone('20'), off], registered: [off.id] });
    expect(arrive().step).toEqual(mailbox);
    expect(harness.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 offline']);
  });

  it('hears a busy tone from the two-thousand-and-first on, where no other number is set', () => {
    for (let n = 1; n < 2_000; n += 1) arrive({ callSid: `CA${n}` });
    expect(arrive({ callSid: 'CA2000' }).step).toMatchObject({ kind: 'ring' });
    expect(arrive({ callSid: 'CA2001' }).step).toMatchObject({ kind: 'reject', tone: 'busy' });
  });

  it('hears a busy tone while there are too many', () => {
    open({ maxCalls: 1 });
    arrive();
    expect(arrive({ callSid: 'CA2' }).step).toMatchObject({ kind: 'reject', tone: 'busy' });
  });
});

describe('words that come twice or out of nowhere', () => {
  it('change nothing', () => {
    const first = arrive();
    expect(arrive()).toEqual(first);
    expect(arrive({ dialled: '+19995550000', isReachable: false })).toEqual(first);
    expect(harness.records()).toHaveLength(1);
    expect(harness.pstnCalls.dialDone('CA-unknown', noAnswer)).toBeUndefined();
    expect(harness.pstnCalls.messageLeft('CA-unknown', message)).toBeUndefined();
    expect(harness.pstnCalls.messageLeft('CA-unknown', message, first.callId)?.id).toBe(first.callId);
    harness.pstnCalls.callerGone('CA-unknown');
    expect(harness.pstnCalls.recordOf('CA-unknown')).toBeUndefined();
    expect(harness.pstnCalls.recordOf('CA-unknown', first.callId)?.id).toBe(first.callId);
    expect(harness.pstnCalls.callSidOf(first.callId)).toBe(call.callSid);
    expect(harness.pstnCalls.progressOf('CA-unknown')).toBe('unknown');
  });

  it('let one SIP leg in, and a second one nowhere', () => {
    const { token } = arrive();
    harness.leg(token);
    const second = harness.leg(token);
    expect(second.commands).toEqual(['reject loop']);
    expect(harness.records()).toHaveLength(1);
    // One that nobody announced is a call like any other from a trunk.
    const unannounced = harness.leg('guessed');
    expect(unannounced.commands).toEqual(['reject unknown-number']);
    expect(harness.records()).toHaveLength(2);
  });

  it('are answered after a restart as before it', () => {
    const { token, callId } = arrive();
    harness.leg(token);
    const { clock, db } = harness;
    const again = new PstnHarness({ clock, db });
    expect(again.pstnCalls.size).toBe(1);
    expect(again.pstnCalls.receive(call)).toMatchObject({ callId, token });
    expect(again.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    expect(again.pstnCalls.dialDone(call.callSid, { isCallerGone: false, outcome: 'unreachable' })).toEqual(mailbox);
    again.pstnCalls.messageLeft(call.callSid, message);
    expect(again.records()).toEqual(['inbound voicemail/unreachable +15555550100 → +14165550100']);
    again.pstnCalls.stop();
  });

  it.each([
    [4 * 3_600_000 - 60_000, 1, 'open'],
    [4 * 3_600_000 + 60_000, 0, 'failed/interrupted'],
  ])('are waited for after a restart up to four hours after the call came (%i ms)', (ageMs, size, end) => {
    arrive();
    harness.pstnCalls.stop();
    const { clock, db } = harness;
    clock.advance(ageMs);
    const again = new PstnHarness({ clock, db });
    expect([again.pstnCalls.size, again.records()]).toEqual([size, [`inbound ${end} +15555550100 → +14165550100`]]);
    again.pstnCalls.stop();
  });

  it('are not waited for after a restart where the record is closed already', () => {
    arrive();
    const { clock, db } = harness;
    db.exec("UPDATE cdrs SET ended_at = started_at, disposition = 'failed', reason = 'interrupted'");
    const again = new PstnHarness({ clock, db });
    expect(again.pstnCalls.size).toBe(0);
    again.pstnCalls.stop();
  });

  it('change no record of a call that was answered or blocked', () => {
    harness.leg(arrive().token).ringRequests[0]?.listener.answered();
    harness.placed?.hungUp({ disposition: 'answered', reason: 'callee-hung-up' });
    harness.pstnCalls.messageLeft(call.callSid, message);
    arrive({ callSid: 'CA2', caller: { ...caller, spamScore: 1 } });
    harness.pstnCalls.messageLeft('CA2', message);
    expect(harness.records()).toEqual([
      'inbound answered/callee-hung-up +15555550100 → +14165550100',
      'inbound blocked/spam +15555550100 → +14165550100',
    ]);
  });

  it('report a full disk once until it takes records again', () => {
    const reports = () => harness.publishedFacts.filter((fact) => fact.startsWith('storage.failed')).length;
    harness.db.pragma('query_only = ON');
    for (const callSid of ['CA1', 'CA2', 'CA3']) arrive({ callSid });
    expect(reports()).toBe(1);
    harness.db.pragma('query_only = OFF');
    arrive({ callSid: 'CA4' });
    harness.db.pragma('query_only = ON');
    arrive({ callSid: 'CA5' });
    expect(reports()).toBe(2);
  });

  it('leave what was answered before a restart to those who close it', () => {
    const { token } = arrive();
    harness.leg(token).ringRequests[0]?.listener.answered();
    const again = new PstnHarness({ clock: harness.clock, db: harness.db });
    expect(again.records()).toEqual(['inbound failed/interrupted +15555550100 → +14165550100']);
    expect(again.pstnCalls.size).toBe(0);
    again.pstnCalls.stop();
  });

  it.each(['PRAGMA query_only = ON', 'DROP TABLE pstn_calls'])('are heard also while nothing can be kept: %s', (sql) => {
    harness.db.exec(sql);
    const { token, step } = arrive();
    expect(step.kind).toBe('ring');
    expect(arrive().token).toBe(token);
    const leg = harness.leg(token);
    ringOut(leg);
    expect(leg.commands).toEqual(['cancel no-answer', 'reject no-answer']);
    expect(harness.pstnCalls.dialDone(call.callSid, noAnswer)).toEqual(mailbox);
    harness.pstnCalls.messageLeft(call.callSid, message);
    expect(harness.publishedFacts).toContain('storage.failed Call records cannot be written. Calls go on.');
    expect(harness.publishedFacts.at(-1)).toBe('call.ended no-answer');
    expect(harness.pstnCalls.size).toBe(0);
  });
});

describe('a call over the trunk that comes back for the voicemail under another name', () => {
  const again = { callSid: 'CA9', dialled: ourNumber.number, caller, trunk: 'twilio' };

  function unanswered(): void {
    const leg = new FakeCallerLeg();
    const from = { kind: 'trunk', trunk: 'twilio', number: '+15555550100', name: '' } as const;
    harness.calls.place({ caller: from, dialled: ourNumber.number, leg, networkCallId: 'CA7' });
    ringOut(leg);
  }

  it('keeps its record where it comes at once', () => {
    unanswered();
    harness.clock.advance(29_000);
    expect(harness.pstnCalls.recover(again).step).toEqual(mailbox);
    harness.pstnCalls.messageLeft('CA9', message);
    expect(harness.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
  });

  it('is another call where it comes later, or from somebody else', () => {
    unanswered();
    expect(harness.pstnCalls.recover({ ...again, caller: { ...caller, number: '+15555550199' } }).step).toEqual(mailbox);
    harness.clock.advance(31_000);
    expect(harness.pstnCalls.recover({ ...again, callSid: 'CA8' }).step).toEqual(mailbox);
    expect(harness.records()).toHaveLength(3);
  });
});

it('a call that no webhook announced, such as one between two phones, ends with its SIP leg', () => {
  const { callId } = arrive();
  const announced = harness.cdrs.get(callId)!;
  const internal = { ...announced, id: `${announced.id}0` as typeof announced.id };
  expect(harness.pstnCalls.sipLegs.legEnded(internal)).toBe(true);
  expect(harness.pstnCalls.progressOf(call.callSid)).toBe('announced');
});
