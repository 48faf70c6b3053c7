import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Device } from '#devices/device.ts';
import { createLog } from '#base/log.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import { connectPhones, offerOf, SipHarness } from '#testing/harness/sip-harness.ts';
import type { ScriptedCall, ScriptedPhone } from '#testing/harness/sip-harness.ts';
import { haveSameOwner } from './transfer.ts';

let harness: SipHarness;
let a: ScriptedPhone;
let b: ScriptedPhone;
let c: ScriptedPhone;
let atA: ScriptedCall;
let atB: ScriptedCall;

beforeEach(async () => {
  harness = await SipHarness.start();
  const personId = 'usr_1';
  [a, b, c] = [await harness.phone('20', { personId }), await harness.phone('21'), await harness.phone('22', { personId })];
  [atA, atB] = await connectPhones(a, b);
});

afterEach(async () => {
  await harness[Symbol.asyncDispose]();
});

/** Answers the next NOTIFY at A and gives its status line. */
async function notified(phone: ScriptedPhone, call: ScriptedCall): Promise<string> {
  const notify = await phone.peer.skipTo('NOTIFY');
  phone.reply(call, '200 OK', { to: notify });
  expect(notify.header('Event')).toBe('refer');
  expect(notify.header('Content-Type')).toContain('message/sipfrag');
  return `${notify.body.trim()} (${notify.header('Subscription-State')?.split(';')[0]})`;
}

function replacesOf(call: ScriptedCall): string {
  return encodeURIComponent(`${call.callId};to-tag=${call.remoteTag};from-tag=${call.localTag}`);
}

describe('a phone that was deleted or switched off', () => {
  it.each([true, false])('may transfer nobody any more (deleted: %s)', async (isDeleted) => {
    if (isDeleted) harness.devices.splice(harness.devices.indexOf(a.device), 1);
    else Object.assign(a.device, { enabled: false });
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.expect(403);
    expect(c.peer.unread).toEqual([]);
  });

  it('loses its call for both sides', async () => {
    harness.calls.revoke(a.device.id);
    a.reply(atA, '200 OK', { to: await a.peer.skipTo('BYE') });
    b.reply(atB, '200 OK', { to: await b.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'revoked' });
    atA.request('INVITE', { body: offerOf('20') });
    await a.peer.skipTo(481);
  });
});

describe('a blind transfer', () => {
  it('connects the transferee with the target', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.expect(202);
    expect(await notified(a, atA)).toBe('SIP/2.0 100 Trying (active)');
    const rung = await c.incomingCall();
    expect(rung.invite?.header('From')).toContain('"Phone 21" <sip:21@');
    expect(rung.invite?.body).toBe('');
    c.reply(rung, '180 Ringing');
    expect(await notified(a, atA)).toBe('SIP/2.0 180 Ringing (active)');
    c.reply(rung, '200 OK', { body: offerOf('22') });
    const invite = await b.peer.expect('INVITE');
    expect(invite.body).toBe(offerOf('22'));
    b.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 2) });
    await b.peer.expect('ACK');
    expect((await c.peer.expect('ACK')).body).toBe(offerOf('21', 'sendrecv', 2));
    expect(await notified(a, atA)).toBe('SIP/2.0 200 OK (terminated)');
    a.reply(atA, '200 OK', { to: await a.peer.expect('BYE') });
    expect((await harness.closed(0)).verdict).toEqual({ disposition: 'answered', reason: 'transferred' });
    expect(harness.calls.list()).toHaveLength(1);
    rung.request('BYE');
    await c.peer.expect(200);
    await b.peer.expect('BYE');
    const record = await harness.closed(1);
    expect(record).toMatchObject({
      caller: { number: '21' },
      callee: { number: '22' },
      transferredFrom: harness.records()[0]?.id,
    });
    expect(record.verdict).toEqual({ disposition: 'answered', reason: 'callee-hung-up' });
  });

  it('goes on when the transferor hangs up at once', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.skipTo(202);
    await atA.bye();
    const rung = await c.incomingCall();
    c.reply(rung, '200 OK', { body: offerOf('22') });
    const invite = await b.peer.expect('INVITE');
    b.reply(atB, '200 OK', { to: invite, body: offerOf('21') });
    await c.peer.expect('ACK');
    atB.cseq = 30;
    await b.peer.skipTo('ACK');
    await atB.bye();
    await c.peer.expect('BYE');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
  });

  it('that fails leaves the call as it was', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.expect(202);
    await notified(a, atA);
    c.reply(await c.incomingCall(), '486 Busy Here');
    expect(await notified(a, atA)).toBe('SIP/2.0 486 Busy Here (terminated)');
    atA.request('INFO', { body: 'still here' });
    expect((await b.peer.expect('INFO')).body).toBe('still here');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'busy', reason: 'busy' });
  });

  it('that fails after the transferor has gone ends the other side', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.skipTo(202);
    const rung = await c.incomingCall();
    await atA.bye();
    c.reply(rung, '486 Busy Here');
    await b.peer.expect('BYE');
  });

  it('ends when transferor and then transferee hang up while it rings', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.skipTo(202);
    await atA.bye();
    const rung = await c.incomingCall();
    c.reply(rung, '180 Ringing');
    atB.cseq = 30;
    atB.request('INVITE', { body: offerOf('21', 'sendrecv', 2) });
    await b.peer.expect(491);
    atB.request('ACK', { cseq: atB.cseq });
    atB.request('INFO', { body: 'x' });
    await b.peer.expect(200);
    await atB.bye();
    await c.peer.expect('CANCEL');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
  });

  it('ends when the transferee hangs up', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.skipTo(202);
    const rung = await c.incomingCall();
    c.reply(rung, '180 Ringing');
    atB.cseq = 30;
    await atB.bye();
    await c.peer.expect('CANCEL');
    await a.peer.skipTo('BYE');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
  });

  it('says nothing in the log of a phone whose BYE crosses ours', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
    await using quiet = await SipHarness.start({ log });
    const [first, second, third] = [await quiet.phone('20'), await quiet.phone('21'), await quiet.phone('22')];
    const [atFirst, atSecond] = await connectPhones(first, second);
    atFirst.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    const rung = await third.incomingCall();
    third.reply(rung, '200 OK', { body: offerOf('22') });
    second.reply(atSecond, '200 OK', { to: await second.peer.expect('INVITE'), body: offerOf('21', 'sendrecv', 2) });
    await third.peer.expect('ACK');
    const ours = await first.peer.skipTo('BYE');
    atFirst.request('BYE');
    await first.peer.skipTo(({ status, header }) => status >= 200 && (header('CSeq') ?? '').includes('BYE'));
    first.reply(atFirst, '481 Call/Transaction Does Not Exist', { to: ours });
    expect((await quiet.closed(0)).verdict).toEqual({ disposition: 'answered', reason: 'transferred' });
    rung.request('BYE');
    await third.peer.skipTo(200);
    await quiet.closed(1);
    await quiet.idle();
    expect(lines).toEqual([]);
  });

  it('stops ringing when the transferred call is ended through the API', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.skipTo(202);
    const rung = await c.incomingCall();
    c.reply(rung, '180 Ringing');
    await harness.until(() => harness.calls.list()[1]?.record.ringingAt !== undefined, 'the ringing');
    harness.calls.hangUp(harness.records()[0]?.id ?? 'call_');
    await b.peer.expect('BYE');
    await c.peer.expect('CANCEL');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
  });

  it('whose target hangs up before it is connected reports that, and the call goes on as it was', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:22@gosip>'] });
    await a.peer.skipTo(202);
    await notified(a, atA);
    const rung = await c.incomingCall();
    c.reply(rung, '200 OK', { body: offerOf('22') });
    const invite = await b.peer.expect('INVITE');
    rung.request('BYE');
    await c.peer.skipTo(200);
    expect(await notified(a, atA)).toBe('SIP/2.0 480 Temporarily Unavailable (terminated)');
    b.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 2) });
    await b.peer.expect('ACK');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'answered', reason: 'callee-hung-up' });
    expect(harness.calls.list().map(({ record }) => record.id)).toEqual([harness.records()[0]?.id]);
    await atA.bye();
    await b.peer.expect('BYE');
    await harness.idle();
  });

  it('sends no NOTIFY where the phone asks for that', async () => {
    atA.request('REFER', { headers: ['Refer-To: <sip:29@gosip>', 'Refer-Sub: false'] });
    expect((await a.peer.expect(200)).header('Refer-Sub')).toBe('false');
    expect(a.peer.unread).toEqual([]);
  });

  it('needs one target', async () => {
    atA.request('REFER', { headers: ['Refer-To: nothing'] });
    await a.peer.expect(400);
    atA.request('REFER');
    await a.peer.expect(400);
  });
});

describe('an attended transfer', () => {
  async function consult(): Promise<[ScriptedCall, ScriptedCall]> {
    return connectPhones(a, c);
  }

  it('connects both far sides and releases the transferor', async () => {
    const [toC, atC] = await consult();
    atA.request('REFER', { headers: [`Refer-To: <sip:22@gosip?Replaces=${replacesOf(toC)}>`] });
    await a.peer.expect(202);
    const ask = await b.peer.expect('INVITE');
    expect(ask.body).toBe('');
    b.reply(atB, '200 OK', { to: ask, body: offerOf('21', 'sendrecv', 2) });
    const offered = await c.peer.expect('INVITE');
    expect(offered.body).toBe(offerOf('21', 'sendrecv', 2));
    c.reply(atC, '200 OK', { to: offered, body: offerOf('22', 'sendrecv', 2) });
    await c.peer.expect('ACK');
    expect((await b.peer.expect('ACK')).body).toBe(offerOf('22', 'sendrecv', 2));
    expect(await notified(a, atA)).toBe('SIP/2.0 100 Trying (active)');
    expect(await notified(a, atA)).toBe('SIP/2.0 200 OK (terminated)');
    await a.peer.expect('BYE');
    await a.peer.expect('BYE');
    expect(harness.calls.list().map(({ record }) => [record.caller.number, record.callee.number])).toEqual([['21', '22']]);
    atB.cseq = 30;
    await atB.bye();
    await c.peer.expect('BYE');
    expect((await harness.closed(0)).verdict).toEqual({ disposition: 'answered', reason: 'transferred' });
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'answered', reason: 'transferred' });
    const joined = await harness.closed(2);
    expect(joined).toMatchObject({ transferredFrom: harness.records()[0]?.id, direction: 'internal' });
  });

  it('that the second side refuses leaves both calls', async () => {
    const [toC, atC] = await consult();
    atA.request('REFER', { headers: [`Refer-To: <sip:22@gosip?Replaces=${replacesOf(toC)}>`] });
    b.reply(atB, '200 OK', { to: await b.peer.expect('INVITE'), body: offerOf('21', 'sendrecv', 2) });
    c.reply(atC, '488 Not Acceptable Here', { to: await c.peer.expect('INVITE') });
    expect((await b.peer.expect('ACK')).body).toBe(offerOf('20'));
    await notified(a, atA);
    expect(await notified(a, atA)).toBe('SIP/2.0 488 Not Acceptable Here (terminated)');
    expect(harness.calls.list()).toHaveLength(2);
  });

  it('of a call that is not this phone’s is refused', async () => {
    const d = await harness.phone('23');
    const [toD] = await connectPhones(c, d);
    atA.request('REFER', { headers: [`Refer-To: <sip:23@gosip?Replaces=${replacesOf(toD)}>`] });
    await a.peer.expect(202);
    await notified(a, atA);
    expect(await notified(a, atA)).toBe('SIP/2.0 481 Call/Transaction Does Not Exist (terminated)');
  });
});

describe('a transfer to a phone that still rings', () => {
  let toC: ScriptedCall;
  let atC: ScriptedCall;

  /** A calls C, which rings, and then wants B to get that call. */
  async function ringing(): Promise<void> {
    toC = a.invite('22');
    atC = await c.incomingCall();
    c.reply(atC, '180 Ringing');
    toC.learn(await a.peer.expect(180));
    atA.request('REFER', { headers: [`Refer-To: <sip:22@gosip?Replaces=${replacesOf(toC)}>`] });
    await a.peer.expect(202);
    expect(await notified(a, atA)).toBe('SIP/2.0 100 Trying (active)');
    expect(await notified(a, atA)).toBe('SIP/2.0 180 Ringing (active)');
  }

  /** C answers; B and C get each other's session description. */
  async function answered(): Promise<void> {
    c.reply(atC, '200 OK', { body: offerOf('22') });
    await c.peer.expect('ACK');
    const ask = await b.peer.expect('INVITE');
    expect(ask.body).toBe('');
    b.reply(atB, '200 OK', { to: ask, body: offerOf('21', 'sendrecv', 2) });
    const offered = await c.peer.expect('INVITE');
    expect(offered.body).toBe(offerOf('21', 'sendrecv', 2));
    c.reply(atC, '200 OK', { to: offered, body: offerOf('22', 'sendrecv', 2) });
    await c.peer.expect('ACK');
    expect((await b.peer.expect('ACK')).body).toBe(offerOf('22', 'sendrecv', 2));
  }

  async function hangsUp(): Promise<void> {
    atB.cseq = 30;
    await atB.bye();
    await c.peer.expect('BYE');
    const joined = await harness.closed(2);
    expect(joined).toMatchObject({
      caller: { number: '21' },
      callee: { number: '22' },
      transferredFrom: harness.records()[0]?.id,
    });
    expect(joined.verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
    await harness.idle();
  }

  it('lets it ring on and joins it when it is answered', async () => {
    await ringing();
    expect(c.peer.unread).toEqual([]);
    await answered();
    await a.peer.expect(487);
    toC.request('ACK', { cseq: 1, branch: toC.localTag });
    expect(await notified(a, atA)).toBe('SIP/2.0 200 OK (terminated)');
    a.reply(atA, '200 OK', { to: await a.peer.expect('BYE') });
    expect((await harness.closed(0)).verdict).toEqual({ disposition: 'answered', reason: 'transferred' });
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'answered', reason: 'transferred' });
    await hangsUp();
  });

  it('rings on when the phone takes its own call to it back, or hangs up altogether', async () => {
    await ringing();
    a.cancel(toC, '22');
    await a.peer.expect(200);
    await a.peer.expect(487);
    await atA.bye();
    expect(c.peer.unread).toEqual([]);
    await answered();
    await hangsUp();
  });

  it.each([
    ['486 Busy Here', { disposition: 'busy', reason: 'busy' }],
    ['603 Decline', { disposition: 'missed', reason: 'declined' }],
  ])('that answers %s leaves the phone with its first call', async (status, verdict) => {
    await ringing();
    c.reply(atC, status);
    expect(await notified(a, atA)).toBe(`SIP/2.0 ${status} (terminated)`);
    await a.peer.expect(Number(status.slice(0, 3)));
    expect((await harness.closed(1)).verdict).toEqual(verdict);
    toC.request('ACK', { cseq: 1, branch: toC.localTag });
    atA.request('INFO', { body: 'still here' });
    expect((await b.peer.expect('INFO')).body).toBe('still here');
    await atA.bye();
    await b.peer.expect('BYE');
    await harness.idle();
  });

  it('that declines after the transferor has gone ends the transferee’s call', async () => {
    await ringing();
    a.cancel(toC, '22');
    await atA.bye();
    c.reply(atC, '603 Decline');
    await b.peer.expect('BYE');
    await harness.idle();
  });

  it('goes back to the transferor when the transferee hangs up', async () => {
    await ringing();
    atB.cseq = 30;
    await atB.bye();
    expect(await notified(a, atA)).toBe('SIP/2.0 487 Request Terminated (terminated)');
    await a.peer.expect('BYE');
    c.reply(atC, '200 OK', { body: offerOf('22') });
    await c.peer.expect('ACK');
    const ok = await a.peer.expect(200);
    expect(ok.body).toBe(offerOf('22'));
    toC.learn(ok);
    toC.ack();
    await toC.bye();
    await c.peer.expect('BYE');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
    await harness.idle();
  });

  it('stops when the transferee hangs up after the transferor', async () => {
    await ringing();
    a.cancel(toC, '22');
    await atA.bye();
    atB.cseq = 30;
    await atB.bye();
    c.reply(atC, '200 OK', { to: await c.peer.expect('CANCEL') });
    c.reply(atC, '487 Request Terminated');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
    await harness.idle();
  });

  it('that the transferee cannot join is answered for the transferor', async () => {
    await ringing();
    c.reply(atC, '200 OK', { body: offerOf('22') });
    await c.peer.expect('ACK');
    b.reply(atB, '488 Not Acceptable Here', { to: await b.peer.expect('INVITE') });
    expect(await notified(a, atA)).toBe('SIP/2.0 488 Not Acceptable Here (terminated)');
    toC.learn(await a.peer.expect(200));
    toC.ack();
    expect(harness.calls.list()).toHaveLength(2);
    await toC.bye();
    await c.peer.expect('BYE');
  });

  it('is not for another phone’s call', async () => {
    const d = await harness.phone('23');
    const toD = c.invite('23');
    d.reply(await d.incomingCall(), '180 Ringing');
    toD.learn(await c.peer.expect(180));
    atA.request('REFER', { headers: [`Refer-To: <sip:23@gosip?Replaces=${replacesOf(toD)}>`] });
    await a.peer.expect(202);
    await notified(a, atA);
    expect(await notified(a, atA)).toBe('SIP/2.0 481 Call/Transaction Does Not Exist (terminated)');
  });

  it('may be answered just when the phone orders it', async () => {
    toC = a.invite('22');
    atC = await c.incomingCall();
    c.reply(atC, '180 Ringing');
    toC.learn(await a.peer.expect(180));
    c.reply(atC, '200 OK', { body: offerOf('22') });
    await c.peer.expect('ACK');
    atA.request('REFER', { headers: [`Refer-To: <sip:22@gosip?Replaces=${replacesOf(toC)}>`] });
    toC.learn(await a.peer.expect(200));
    toC.ack();
    const ask = await b.peer.expect('INVITE');
    b.reply(atB, '200 OK', { to: ask, body: offerOf('21', 'sendrecv', 2) });
    c.reply(atC, '200 OK', { to: await c.peer.expect('INVITE'), body: offerOf('22', 'sendrecv', 2) });
    await b.peer.expect('ACK');
    await c.peer.expect('ACK');
    await a.peer.skipTo('BYE');
    await hangsUp();
  });
});

describe('INVITE with Replaces', () => {
  it('of a call that only rings is refused: who is to answer it did not make it', async () => {
    const d = await harness.phone('23');
    const toD = a.invite('23');
    const atD = await d.incomingCall();
    d.reply(atD, '180 Ringing');
    toD.learn(await a.peer.expect(180));
    for (const call of [toD, atD]) {
      c.invite('23', { headers: [`Replaces: ${decodeURIComponent(replacesOf(call))}`] });
      await c.peer.expect(481);
    }
    expect(d.peer.unread).toEqual([]);
  });

  it('takes the place of a phone in its call', async () => {
    const replaces = `Replaces: ${decodeURIComponent(replacesOf(atA))}`;
    const call = c.invite('21', { headers: [replaces, 'Require: replaces'] });
    const invite = await b.peer.expect('INVITE');
    expect(invite.body).toBe(offerOf('22'));
    b.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 2) });
    const ok = await c.peer.expect(200);
    expect(ok.body).toBe(offerOf('21', 'sendrecv', 2));
    call.learn(ok);
    call.ack();
    await a.peer.expect('BYE');
    expect((await harness.closed(0)).verdict).toEqual({ disposition: 'answered', reason: 'replaced' });
    await b.peer.expect('ACK');
    await call.bye();
    await b.peer.expect('BYE');
    expect(await harness.closed(1)).toMatchObject({ caller: { number: '22' }, callee: { number: '21' } });
  });

  it('of an unknown or early call is refused', async () => {
    c.invite('21', { headers: ['Replaces: nothing@here;to-tag=1;from-tag=2'] });
    await c.peer.expect(481);
    c.invite('21', { headers: [`Replaces: ${decodeURIComponent(replacesOf(atA))};early-only`] });
    await c.peer.expect(486);
    c.invite('21', { headers: ['Replaces: x'] });
    await c.peer.expect(400);
    await harness.until(() => harness.sip.sizes().dialogs === 2, 'the two dialogs');
  });

  it('is refused to phones of another person', async () => {
    const d = await harness.phone('23', { personId: 'usr_other' });
    d.invite('21', { headers: [`Replaces: ${decodeURIComponent(replacesOf(atA))}`] });
    await d.peer.expect(403);
  });
});

describe('a call of a phone without an owner', () => {
  const phoneOf = (id: DeviceId, personId: PersonId | undefined): Device => ({ ...harness.device('23'), id, personId });
  it.each([
    ['the phone itself', 'dev_1', undefined, true],
    ['another that belongs to nobody', 'dev_2', undefined, false],
    ['a person’s', 'dev_2', 'person_1', false],
  ] as const)('may be taken over by %s: not by who merely has no owner either', (_who, id, personId, isTaken) => {
    expect(haveSameOwner(phoneOf('dev_1', undefined), phoneOf(id, personId))).toBe(isTaken);
    expect(haveSameOwner(undefined, phoneOf(id, personId))).toBe(false);
  });

  it('cannot be taken over by a guest’s phone that knows its tags', async () => {
    const [e, f, guest] = [await harness.phone('24'), await harness.phone('25'), await harness.phone('26')];
    const [atE] = await connectPhones(e, f);
    guest.invite('25', { headers: [`Replaces: ${decodeURIComponent(replacesOf(atE))}`] });
    await guest.peer.expect(403);
    expect(f.peer.unread).toEqual([]);
  });
});
