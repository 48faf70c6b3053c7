import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutsideDesk, ourNumber } from '#testing/harness/outside-desk.ts';
import type { DeskOptions, FakeLeg } from '#testing/harness/outside-desk.ts';
import type { Caller } from './outside-call.ts';

const caller: Caller = { number: '+15555550100', isWithheld: false, name: 'Zoé', attestation: 'none', spamScore: undefined };
const call = { callSid: `CA${'1'.repeat(32)}`, dialled: ourNumber.number, caller, isReachable: true, trunk: 'twilio' };
const noAnswer = { isCallerGone: false, status: 'no-answer', sipStatus: 480 };
const heard = { isThere: true, seconds: 12, leastSeconds: 3 };

let desk: OutsideDesk;
beforeEach(() => {
  desk = new OutsideDesk();
});
afterEach(() => desk[Symbol.dispose]());

function open(options: DeskOptions): void {
  desk[Symbol.dispose]();
  desk = new OutsideDesk(options);
}

function arrive(change: Partial<typeof call> = {}) {
  return desk.outside.arrive({ ...call, ...change });
}

describe('a call from outside while the clock is set', () => {
  it.each([8 * 3_600_000, -3 * 86_400_000])('is not given up, and lasts as long as it really did (%i ms)', (byMs) => {
    const { token, callId } = arrive();
    desk.clock.advance(1_000);
    desk.clock.jump(byMs);
    desk.clock.advance(5_000);
    expect(desk.outside.progressOf(call.callSid)).toBe('announced');
    const leg = desk.leg(token);
    leg.rung[0]?.listener.answered();
    desk.clock.jump(byMs);
    desk.clock.advance(60_000);
    desk.placed?.hungUp({ result: 'answered', reason: 'callee-hung-up' });
    const record = desk.cdrs.get(callId);
    expect([(record?.answeredAt ?? 0) - (record?.startedAt ?? 0), (record?.endedAt ?? 0) - (record?.answeredAt ?? 0)]).toEqual([
      6_000, 60_000,
    ]);
  });
});

describe('a call from outside that is answered', () => {
  it('has one record from its announcement to the hang-up', () => {
    const { token, decision, callId } = arrive();
    expect(decision).toEqual({ kind: 'ring', seconds: 30 });
    expect(desk.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    desk.clock.advance(800);
    const leg = desk.leg(token);
    expect(desk.placed?.record.id).toBe(callId);
    // What the phone shows is the announced caller, whatever the SIP leg said.
    expect(leg.rung[0]?.target.from).toEqual({ number: '+15555550100', name: 'Zoé' });
    leg.rung[0]?.listener.progressed(180, false);
    leg.rung[0]?.listener.answered();
    desk.clock.advance(60_000);
    desk.placed?.hungUp({ result: 'answered', reason: 'callee-hung-up' });
    expect(desk.outside.dialDone(call.callSid, { isCallerGone: false, status: 'completed', sipStatus: 200 })).toEqual({
      kind: 'hang-up',
      verdict: { result: 'answered', reason: 'callee-hung-up' },
    });
    desk.outside.callerGone(call.callSid);
    expect(desk.records()).toEqual(['inbound answered/callee-hung-up +15555550100 → +14165550100']);
    expect(desk.told).toEqual(['call.started', 'call.changed ringing', 'call.changed in_call', 'call.ended callee-hung-up']);
    expect(desk.outside.size).toBe(0);
    expect(desk.cdrs.get(callId)).toMatchObject({ trunk: 'twilio', callee: { deviceId: 'dev_20', personId: 'user_eva' } });
  });

  it('is not closed by the action that comes before the BYE', () => {
    const { token } = arrive();
    desk.leg(token).rung[0]?.listener.answered();
    const done = { isCallerGone: false, status: 'completed', sipStatus: 200 };
    expect(desk.outside.dialDone(call.callSid, done)?.kind).toBe('hang-up');
    expect(desk.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    desk.placed?.hungUp({ result: 'answered', reason: 'callee-hung-up' });
    expect(desk.records()).toEqual(['inbound answered/callee-hung-up +15555550100 → +14165550100']);
    expect(desk.told.filter((one) => one.startsWith('call.ended'))).toHaveLength(1);
  });

  it('lasts as long as the people talk', () => {
    const { token } = arrive();
    desk.leg(token).rung[0]?.listener.answered();
    desk.outside.callerGone(call.callSid);
    desk.clock.advance(3 * 3_600_000);
    expect(desk.records()).toEqual(['inbound open +15555550100 → +14165550100']);
  });
});

/** The phone rings until its time is over. */
function ringOut(leg: FakeLeg): void {
  leg.rung[0]?.listener.progressed(180, false);
  desk.clock.advance(30_000);
}

describe('a call from outside that nobody answers', () => {
  it('goes to the voicemail on the same record', () => {
    const { token } = arrive();
    const leg = desk.leg(token);
    ringOut(leg);
    expect(leg.told).toEqual(['cancel no-answer', 'reject no-answer']);
    expect(desk.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    const after = { kind: 'voicemail', reason: 'no-answer' };
    expect(desk.outside.dialDone(call.callSid, noAnswer)).toEqual(after);
    // Asked twice, told twice the same.
    expect(desk.outside.dialDone(call.callSid, { ...noAnswer, status: 'completed' })).toEqual(after);
    expect(desk.outside.progressOf(call.callSid)).toBe('voicemail');
    desk.clock.advance(20_000);
    desk.outside.messageDone(call.callSid, heard);
    desk.outside.messageDone(call.callSid, { ...heard, seconds: 1 });
    expect(desk.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
    expect(desk.told).toEqual(['call.started', 'call.changed ringing', 'call.changed voicemail', 'call.ended no-answer']);
    expect(desk.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 no-answer']);
  });

  it.each<[string, Parameters<OutsideDesk['outside']['messageDone']>[1] | undefined, string]>([
    ['says nothing', { isThere: false, seconds: undefined, leastSeconds: 3 }, 'missed/no-answer'],
    ['says too little', { ...heard, seconds: 2 }, 'missed/no-answer'],
    ['hangs up before the tone', undefined, 'missed/no-answer'],
  ])('is missed where the caller %s', (_case, message, expected) => {
    const { token } = arrive();
    ringOut(desk.leg(token));
    desk.outside.dialDone(call.callSid, noAnswer);
    if (message === undefined) desk.outside.callerGone(call.callSid);
    else desk.outside.messageDone(call.callSid, message);
    desk.clock.advance(120_000);
    expect(desk.records()).toEqual([`inbound ${expected} +15555550100 → +14165550100`]);
  });

  it.each([['before'], ['after']])('is missed where the message turns out to be none, told %s the caller was done', (when) => {
    const { token } = arrive();
    ringOut(desk.leg(token));
    desk.outside.dialDone(call.callSid, noAnswer);
    const words = [
      { ...heard, isForetold: true },
      { ...heard, isThere: false },
    ];
    for (const word of when === 'after' ? words : words.toReversed()) desk.outside.messageDone(call.callSid, word);
    expect(desk.records()).toEqual(['inbound missed/no-answer +15555550100 → +14165550100']);
    expect(desk.told.filter((one) => one.startsWith('call.ended'))).toHaveLength(1);
  });

  it('is a voicemail after all where the word of the recording comes late', () => {
    const { token } = arrive();
    ringOut(desk.leg(token));
    desk.outside.dialDone(call.callSid, noAnswer);
    desk.outside.callerGone(call.callSid);
    desk.clock.advance(120_000);
    desk.outside.messageDone(call.callSid, heard);
    expect(desk.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
    expect(desk.told.filter((one) => one.startsWith('call.ended'))).toHaveLength(1);
  });

  it('is missed where the caller hangs up while it rings, in whatever order that is told', () => {
    for (const order of ['cancel first', 'action first', 'no action']) {
      open({});
      const { token } = arrive();
      desk.leg(token);
      const gone = { isCallerGone: true, status: 'canceled', sipStatus: 487 };
      if (order === 'action first') expect(desk.outside.dialDone(call.callSid, gone)?.kind).toBe('hang-up');
      desk.placed?.callerGone();
      if (order === 'cancel first') expect(desk.outside.dialDone(call.callSid, gone)?.kind).toBe('hang-up');
      desk.outside.callerGone(call.callSid);
      desk.clock.advance(60_000);
      expect(desk.records(), order).toEqual(['inbound missed/caller-cancelled +15555550100 → +14165550100']);
      expect(
        desk.told.filter((one) => one.startsWith('call.ended')),
        order,
      ).toEqual(['call.ended caller-cancelled']);
      expect(desk.outside.size, order).toBe(0);
    }
  });

  it('takes the reason from the phones', () => {
    const { token } = arrive();
    desk.leg(token).rung[0]?.listener.failed('declined', 603);
    const done = { isCallerGone: false, status: 'busy', sipStatus: 603 };
    expect(desk.outside.dialDone(call.callSid, done)).toEqual({ kind: 'voicemail', reason: 'declined' });
  });

  it('is closed in the end where the network falls silent', () => {
    const { token } = arrive();
    ringOut(desk.leg(token));
    desk.clock.advance(60_000);
    expect(desk.records()).toEqual(['inbound missed/no-answer +15555550100 → +14165550100']);
    // The word comes after all: the caller is still served, and the message they leave is found.
    expect(desk.outside.dialDone(call.callSid, noAnswer)).toEqual({ kind: 'voicemail', reason: 'no-answer' });
    desk.outside.messageDone(call.callSid, heard);
    expect(desk.records()).toEqual(['inbound voicemail/no-answer +15555550100 → +14165550100']);
  });

  it('is closed where its SIP leg never comes', () => {
    arrive();
    desk.clock.advance(200_000);
    expect(desk.records()).toEqual(['inbound missed/unreachable +15555550100 → +14165550100']);
    expect(desk.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 unreachable']);
    expect(desk.told).toEqual(['call.started', 'call.ended unreachable']);
  });
});

describe('a call from outside that rings nowhere', () => {
  it('is refused at once where it may not come in, with its record', () => {
    const spam = arrive({ caller: { ...caller, spamScore: 0.9 } });
    expect(spam.decision).toMatchObject({ kind: 'reject', tone: 'rejected' });
    expect(desk.records()).toEqual(['inbound blocked/spam +15555550100 → +14165550100']);
    expect(desk.told).toEqual(['call.started', 'call.ended spam']);
    expect(desk.outside.size).toBe(0);
    expect(arrive({ caller: { ...caller, spamScore: 0 } }).decision).toEqual(spam.decision);
    expect(desk.records()).toHaveLength(1);
  });

  it('goes straight to the voicemail while the phones are away, and their owner sees it', () => {
    open({ registered: [] });
    expect(arrive().decision).toEqual({ kind: 'voicemail', reason: 'offline' });
    expect(desk.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 offline']);
    desk.outside.messageDone(call.callSid, heard);
    expect(desk.records()).toEqual(['inbound voicemail/offline +15555550100 → +14165550100']);
    expect(desk.legs()).toEqual(['caller Zoé undefined', 'callee Phone 20 offline']);
    expect(desk.told).toEqual(['call.started', 'call.changed voicemail', 'call.ended offline']);
  });

  it('belongs to the owner also where they have no phone', () => {
    open({ phones: [] });
    expect(arrive({ caller: { ...caller, number: undefined, isWithheld: true, name: '' } }).decision).toEqual({
      kind: 'voicemail',
      reason: 'no-devices',
    });
    expect(desk.legs()).toEqual(['caller  undefined', 'callee Home offline']);
    expect(desk.records()).toEqual(['inbound open hidden → +14165550100']);
  });

  it('hears a busy tone while there are too many', () => {
    open({ mostCalls: 1 });
    arrive();
    expect(arrive({ callSid: 'CA2' }).decision).toMatchObject({ kind: 'reject', tone: 'busy' });
  });
});

describe('words that come twice or out of nowhere', () => {
  it('change nothing', () => {
    const first = arrive();
    expect(arrive()).toEqual(first);
    expect(arrive({ dialled: '+19995550000', isReachable: false })).toEqual(first);
    expect(desk.records()).toHaveLength(1);
    expect(desk.outside.dialDone('CA-unknown', noAnswer)).toBeUndefined();
    desk.outside.messageDone('CA-unknown', heard);
    desk.outside.callerGone('CA-unknown');
    expect(desk.outside.recordOf('CA-unknown')).toBeUndefined();
    expect(desk.outside.recordOf('CA-unknown', first.callId)?.id).toBe(first.callId);
    expect(desk.outside.sidOf(first.callId)).toBe(call.callSid);
    expect(desk.outside.progressOf('CA-unknown')).toBe('unknown');
  });

  it('let one SIP leg in, and a second one nowhere', () => {
    const { token } = arrive();
    desk.leg(token);
    const second = desk.leg(token);
    expect(second.told).toEqual(['reject loop']);
    expect(desk.records()).toHaveLength(1);
    // One that nobody announced is a call like any other from a trunk.
    const stranger = desk.leg('guessed');
    expect(stranger.told).toEqual(['reject unknown-number']);
    expect(desk.records()).toHaveLength(2);
  });

  it('are answered after a restart as before it', () => {
    const { token, callId } = arrive();
    desk.leg(token);
    const { clock, db } = desk;
    const again = new OutsideDesk({ clock, db });
    expect(again.outside.size).toBe(1);
    expect(again.outside.arrive(call)).toMatchObject({ callId, token });
    expect(again.records()).toEqual(['inbound open +15555550100 → +14165550100']);
    expect(again.outside.dialDone(call.callSid, { isCallerGone: false, status: 'failed', sipStatus: undefined })).toEqual({
      kind: 'voicemail',
      reason: 'unreachable',
    });
    again.outside.messageDone(call.callSid, heard);
    expect(again.records()).toEqual(['inbound voicemail/unreachable +15555550100 → +14165550100']);
    again.outside.stop();
  });

  it('leave what was answered before a restart to those who close it', () => {
    const { token } = arrive();
    desk.leg(token).rung[0]?.listener.answered();
    const again = new OutsideDesk({ clock: desk.clock, db: desk.db });
    expect(again.records()).toEqual(['inbound failed/interrupted +15555550100 → +14165550100']);
    expect(again.outside.size).toBe(0);
    again.outside.stop();
  });

  it.each(['PRAGMA query_only = ON', 'DROP TABLE outside_calls'])('are heard also while nothing can be kept: %s', (sql) => {
    desk.db.exec(sql);
    const { token, decision } = arrive();
    expect(decision.kind).toBe('ring');
    expect(arrive().token).toBe(token);
    const leg = desk.leg(token);
    ringOut(leg);
    expect(leg.told).toEqual(['cancel no-answer', 'reject no-answer']);
    expect(desk.outside.dialDone(call.callSid, noAnswer)).toEqual({ kind: 'voicemail', reason: 'no-answer' });
    desk.outside.messageDone(call.callSid, heard);
    expect(desk.told).toContain('storage.failed Call records cannot be written. Calls go on.');
    expect(desk.told.at(-1)).toBe('call.ended no-answer');
    expect(desk.outside.size).toBe(0);
  });
});
