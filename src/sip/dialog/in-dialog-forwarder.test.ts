import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { connectPhones, offerOf, SipHarness, ScriptedCall } from '#testing/harness/sip-harness.ts';
import type { ScriptedPhone } from '#testing/harness/sip-harness.ts';

let harness: SipHarness;
let a: ScriptedPhone;
let b: ScriptedPhone;
let atA: ScriptedCall;
let atB: ScriptedCall;

beforeEach(async () => {
  harness = await SipHarness.start();
  [a, b] = [await harness.phone('20'), await harness.phone('21')];
  [atA, atB] = await connectPhones(a, b);
});

afterEach(async () => {
  await harness[Symbol.asyncDispose]();
});

describe('a re-INVITE', () => {
  it('is forwarded to the other phone, and its answer back; hold is recorded', async () => {
    atA.request('INVITE', { body: offerOf('20', 'sendonly', 2) });
    const invite = await b.peer.expect('INVITE');
    expect(invite.body).toBe(offerOf('20', 'sendonly', 2));
    b.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'recvonly', 2) });
    await b.peer.expect('ACK');
    expect((await a.peer.expect(200)).body).toBe(offerOf('21', 'recvonly', 2));
    atA.ack();
    await harness.until(() => harness.calls.list()[0]?.phase === 'held', 'hold');
    atA.request('INVITE', { body: offerOf('20', 'sendrecv', 3) });
    const again = await b.peer.expect('INVITE');
    b.reply(atB, '200 OK', { to: again, body: offerOf('21', 'sendrecv', 3) });
    await b.peer.expect('ACK');
    await a.peer.expect(200);
    atA.ack();
    await harness.until(() => harness.calls.list()[0]?.phase === 'in_call', 'the end of the hold');
  });

  it.each([
    ['a=sendrecv', 'in_call'],
    ['a=sendonly', 'held'],
  ])('with sound that is %s and a picture that is only sent leaves the call %s', async (direction, phase) => {
    atA.request('INVITE', { body: offerOf('20', 'inactive', 2) });
    b.reply(atB, '200 OK', { to: await b.peer.expect('INVITE'), body: offerOf('21', 'inactive', 2) });
    await a.peer.expect(200);
    atA.ack();
    await harness.until(() => harness.calls.list()[0]?.phase === 'held', 'hold');
    const door = `${offerOf('20', 'sendrecv', 3).replace('a=sendrecv', direction)}m=video 40002 RTP/AVP 96\r\na=sendonly\r\n`;
    atA.request('INVITE', { body: door });
    const invite = await b.peer.skipTo('INVITE');
    b.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 3) });
    await a.peer.expect(200);
    atA.ack();
    await b.peer.skipTo('ACK');
    atA.request('INFO', { body: 'after the ACK' });
    await b.peer.skipTo('INFO');
    expect(harness.calls.list()[0]?.phase).toBe(phase);
  });

  it('that the holding phone answers with sendrecv ends its hold', async () => {
    atA.request('INVITE', { body: offerOf('20', 'sendonly', 2) });
    b.reply(atB, '200 OK', { to: await b.peer.expect('INVITE'), body: offerOf('21', 'recvonly', 2) });
    await a.peer.expect(200);
    atA.ack();
    await harness.until(() => harness.calls.list()[0]?.phase === 'held', 'hold');
    atB.cseq = 10;
    atB.request('INVITE', { body: offerOf('21', 'sendrecv', 3) });
    a.reply(atA, '200 OK', { to: await a.peer.expect('INVITE'), body: offerOf('20', 'sendrecv', 3) });
    await b.peer.skipTo(200);
    atB.ack();
    await harness.until(() => harness.calls.list()[0]?.phase === 'in_call', 'the end of the hold');
  });

  it('is forwarded from the called phone too, and may be refused', async () => {
    atB.cseq = 10;
    atB.request('INVITE', { body: offerOf('21', 'sendrecv', 2) });
    const invite = await a.peer.expect('INVITE');
    a.reply(atA, '488 Not Acceptable Here', { to: invite });
    await a.peer.expect('ACK');
    await b.peer.expect(488);
    atB.request('ACK', { cseq: 11 });
    await atA.bye();
  });

  it('without an offer brings the other phone’s, and the ACK the answer', async () => {
    atA.request('INVITE');
    const invite = await b.peer.expect('INVITE');
    expect(invite.body).toBe('');
    b.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 2) });
    expect((await a.peer.expect(200)).body).toBe(offerOf('21', 'sendrecv', 2));
    atA.ack(offerOf('20', 'sendrecv', 2));
    expect((await b.peer.skipTo('ACK')).body).toBe(offerOf('20', 'sendrecv', 2));
  });

  it('of both sides at once is refused to the second with 491, and to the same side with 500', async () => {
    atA.request('INVITE', { body: offerOf('20', 'sendonly', 2) });
    const invite = await b.peer.expect('INVITE');
    atB.cseq = 10;
    atB.request('INVITE', { body: offerOf('21', 'sendrecv', 2) });
    await b.peer.expect(491);
    b.reply(atB, '491 Request Pending', { to: invite });
    await b.peer.skipTo('ACK');
    await a.peer.expect(491);
  });

  it('can be cancelled', async () => {
    atA.request('INVITE', { body: offerOf('20', 'sendonly', 2), branch: 'back' });
    const invite = await b.peer.expect('INVITE');
    b.reply(atB, '180 Ringing', { to: invite });
    atA.request('CANCEL', { branch: 'back' });
    await a.peer.expect(200);
    await a.peer.expect(487);
    const cancel = await b.peer.expect('CANCEL');
    b.reply(atB, '200 OK', { to: cancel });
    b.reply(atB, '487 Request Terminated', { to: invite });
    await b.peer.expect('ACK');
    atA.request('ACK', { branch: 'back' });
    atA.request('INFO', { body: 'x' });
    b.reply(atB, '200 OK', { to: await b.peer.expect('INFO') });
    await a.peer.expect(200);
    atA.request('INVITE', { body: offerOf('20', 'sendrecv', 3) });
    expect((await b.peer.expect('INVITE')).body).toBe(offerOf('20', 'sendrecv', 3));
  });

  it('that only refreshes the session stays with this side', async () => {
    atA.request('INVITE', { body: offerOf('20'), headers: ['Supported: timer', 'Session-Expires: 1800;refresher=uac'] });
    const ok = await a.peer.expect(200);
    expect(ok.body).toBe(offerOf('21'));
    expect(ok.header('Session-Expires')).toMatch(/^1800;\s*refresher=uac/);
    atA.ack();
    await atA.bye();
    expect((await b.peer.expect('BYE')).method).toBe('BYE');
  });

  it('ends both sides where a phone no longer knows the call', async () => {
    atA.request('INVITE', { body: offerOf('20', 'sendonly', 2) });
    const invite = await b.peer.expect('INVITE');
    b.reply(atB, '481 Call/Transaction Does Not Exist', { to: invite });
    await a.peer.expect(481);
    await a.peer.expect('BYE');
  });
});

describe('other requests in a call', () => {
  it('UPDATE with an offer is forwarded', async () => {
    atA.request('UPDATE', { body: offerOf('20', 'inactive', 2) });
    const update = await b.peer.expect('UPDATE');
    expect(update.body).toBe(offerOf('20', 'inactive', 2));
    b.reply(atB, '200 OK', { to: update, body: offerOf('21', 'inactive', 2) });
    expect((await a.peer.expect(200)).body).toBe(offerOf('21', 'inactive', 2));
    await harness.until(() => harness.calls.list()[0]?.phase === 'held', 'hold');
  });

  it('UPDATE without an offer refreshes this side alone', async () => {
    atA.request('UPDATE');
    await a.peer.expect(200);
    expect(b.peer.unread).toEqual([]);
  });

  it('INFO carries DTMF both ways', async () => {
    const digit = 'Signal=5\r\nDuration=160\r\n';
    atA.cseq += 1;
    atA.request('INFO', { body: digit, headers: ['Content-Disposition: render'], cseq: atA.cseq });
    const info = await b.peer.expect('INFO');
    expect(info.body).toBe(digit);
    expect(info.header('Content-Disposition')).toBe('render');
    b.reply(atB, '200 OK', { to: info });
    await a.peer.expect(200);
    atB.cseq = 20;
    atB.request('INFO', { body: digit });
    a.reply(atA, '415 Unsupported Media Type', { to: await a.peer.expect('INFO') });
    await b.peer.expect(415);
  });

  it('OPTIONS is answered here, SUBSCRIBE and unknown ones are refused', async () => {
    atA.request('OPTIONS');
    expect((await a.peer.expect(200)).header('Allow')).toContain('REFER');
    atA.request('SUBSCRIBE', { headers: ['Event: presence'] });
    await a.peer.expect(489);
    expect(b.peer.unread).toEqual([]);
  });
});

describe('session timers', () => {
  it('are offered to both sides of a call', async () => {
    const call = a.invite('21', { headers: ['Supported: timer'] });
    const rung = await b.incomingCall();
    expect(rung.invite?.header('Session-Expires')).toBe('1800');
    expect(rung.invite?.header('Min-SE')).toBe('90');
    b.reply(rung, '200 OK', { body: offerOf('21'), headers: ['Session-Expires: 1800;refresher=uas', 'Require: timer'] });
    const ok = await a.peer.expect(200);
    expect(ok.header('Session-Expires')).toMatch(/^1800;\s*refresher=uac/);
    expect(ok.header('Require')).toBe('timer');
    call.learn(ok);
    call.ack();
  });

  it('take the longer interval a phone insists on', async () => {
    a.invite('21');
    const rung = await b.incomingCall();
    b.reply(rung, '422 Session Interval Too Small', { headers: ['Min-SE: 3600'] });
    await b.peer.expect('ACK');
    const again = await b.incomingCall();
    expect(again.invite?.header('Session-Expires')).toBe('3600');
    expect(again.callId).toBe(rung.callId);
  });
});

describe('a phone that vanishes in a call', () => {
  it('keeps its call until a side hangs up', async () => {
    harness.registrations.delete('dev_21');
    atA.request('INFO', { body: 'x' });
    b.reply(atB, '200 OK', { to: await b.peer.expect('INFO') });
    await a.peer.expect(200);
    expect(harness.calls.list()).toHaveLength(1);
    await atA.bye();
    expect((await harness.closed()).verdict?.reason).toBe('caller-hung-up');
  });
});

describe('the panel', () => {
  it('ends a call in progress for both', async () => {
    harness.calls.hangUp(harness.calls.list()[0]?.record.id ?? 'call_');
    await a.peer.expect('BYE');
    await b.peer.expect('BYE');
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'hung-up-by-house' });
  });

  it('ends a call that rings', async () => {
    a.invite('21');
    const rung = await b.incomingCall();
    b.reply(rung, '180 Ringing');
    await a.peer.expect(180);
    harness.calls.hangUp(harness.calls.list()[1]?.record.id ?? 'call_');
    await b.peer.expect('CANCEL');
    await a.peer.expect(480);
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'cancelled', reason: 'hung-up-by-house' });
  });
});

describe('a caller that never acknowledges', () => {
  it('loses the call, and the called phone too', async () => {
    await using brief = await SipHarness.start({ timers: { t1: 20, t2: 80, t4: 100, t1x64: 1280, timerC: 180_000 } });
    const [caller, callee] = [await brief.phone('20'), await brief.phone('21')];
    caller.invite('21');
    await callee.answer(await callee.incomingCall());
    await caller.peer.skipTo('BYE');
    await callee.peer.skipTo('BYE');
    expect((await brief.closed()).verdict).toEqual({ disposition: 'failed', reason: 'not-acknowledged' });
    await brief.idle();
  });
});

describe('a fault in the handling of one message', () => {
  it('is logged and leaves the calls alone', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'error', destination: { write: (line: string) => void lines.push(line) } });
    await using faulty = await SipHarness.start({ log });
    const [caller, callee] = [await faulty.phone('20'), await faulty.phone('21')];
    const [call] = await connectPhones(caller, callee);
    const ongoing = faulty.calls.list()[0];
    if (ongoing === undefined) throw new Error('There is no call');
    ongoing.held = () => {
      throw new Error('oops');
    };
    call.request('UPDATE', { body: offerOf('20', 'sendonly', 2) });
    const update = await callee.peer.expect('UPDATE');
    callee.reply(new ScriptedCall(callee, ''), '200 OK', { to: update, body: offerOf('21', 'recvonly', 2) });
    await faulty.until(() => lines.some((line) => line.includes('handling failed')), 'the log');
    await call.bye();
    expect((await faulty.closed()).verdict?.reason).toBe('caller-hung-up');
  });
});

describe('the SIP engine', () => {
  it('that goes away ends every call with a verdict', async () => {
    await harness.engine.stop();
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'engine-lost' });
    expect(harness.sip.isConnected).toBe(false);
    expect(harness.sip.sizes().dialogs).toBe(0);
  });
});

describe('a far side that takes neither UPDATE nor INFO', () => {
  const allow = 'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY';

  /** `a` calls `c`, whose answer says what it takes. */
  async function connected(): Promise<{ c: ScriptedPhone; call: ScriptedCall; atC: ScriptedCall }> {
    const c = await harness.phone('22');
    const call = a.invite('22');
    const atC = await c.incomingCall();
    c.reply(atC, '200 OK', { body: offerOf('22'), headers: [allow] });
    await c.peer.skipTo('ACK');
    call.learn(await a.peer.skipTo(200));
    call.ack();
    return { c, call, atC };
  }

  it('is offered by re-INVITE what a phone offers by UPDATE', async () => {
    const { c, call, atC } = await connected();
    call.request('UPDATE', { body: offerOf('20', 'sendonly', 2) });
    const invite = await c.peer.expect('INVITE');
    expect(invite.body).toBe(offerOf('20', 'sendonly', 2));
    c.reply(atC, '200 OK', { to: invite, body: offerOf('22', 'recvonly', 2) });
    await c.peer.expect('ACK');
    expect((await a.peer.expect(200)).body).toBe(offerOf('22', 'recvonly', 2));
    expect(harness.calls.list().at(-1)?.phase).toBe('held');
  });

  it('gets no INFO', async () => {
    const { c, call } = await connected();
    call.request('INFO', { body: 'Signal=5', headers: ['Content-Type: application/dtmf-relay'] });
    await a.peer.expect(405);
    await call.bye();
    await c.peer.expect('BYE');
  });
});
