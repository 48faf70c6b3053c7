import type { DeviceId } from '#base/ids.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Device } from '#devices/device.ts';
import type { OurNumber } from '#numbers/number.ts';
import { FakeMediaRelay, relayedSdp } from '#testing/harness/fake-media-relay.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { offerOf, SipHarness, ScriptedPhone } from '#testing/harness/sip-harness.ts';
import type { ScriptedCall } from '#testing/harness/sip-harness.ts';

const ours: OurNumber = {
  id: 'num_1',
  number: '+14165550100',
  name: 'Home',
  ownerPersonId: 'person_1',
  voiceEnabled: true,
  createdAt: 0,
};

let relay: FakeMediaRelay;
let harness: SipHarness;
let gate: ScriptedPhone;
let a: ScriptedPhone;
let b: ScriptedPhone;

beforeEach(async () => {
  relay = new FakeMediaRelay();
  const peer = await SipPeer.udp({ address: '127.0.0.2' });
  const trunk = { name: 'provider', host: '127.0.0.2', port: peer.port, transport: 'udp', register: false } as const;
  harness = await SipHarness.start({ trunks: [{ ...trunk, allow: ['127.0.0.2'] }], numbers: [ours], media: relay });
  peer.target = harness.target;
  gate = new ScriptedPhone(harness, peer, {
    ...harness.device('99'),
    id: 'dev_gw' as DeviceId,
    extension: 'gw',
  } satisfies Device);
  [a, b] = [await harness.phone('20', { personId: 'person_1' }), await harness.phone('21', { personId: 'person_2' })];
});
afterEach(async () => {
  await harness.idle();
  expect(relay.open.size).toBe(0);
  await harness[Symbol.asyncDispose]();
  await gate.peer[Symbol.asyncDispose]();
});

const callIn = (body?: string): ScriptedCall =>
  gate.invite(ours.number, { isAuthenticated: false, ...(body === undefined ? {} : { body }) });

/** A call from the trunk that A has answered. */
async function inbound(): Promise<{ outside: ScriptedCall; inside: ScriptedCall }> {
  const outside = callIn();
  const inside = await a.incomingCall();
  await a.answer(inside);
  outside.learn(await gate.peer.skipTo(200));
  outside.ack();
  return { outside, inside };
}

async function hangUp(call: ScriptedCall, other: { phone: ScriptedPhone; call: ScriptedCall }): Promise<void> {
  call.request('BYE');
  other.phone.reply(other.call, '200 OK', { to: await other.phone.peer.skipTo('BYE') });
  await call.phone.peer.skipTo(200);
}

describe('a call from the trunk', () => {
  it('shows both sides the relay only', async () => {
    const outside = callIn();
    const inside = await a.incomingCall();
    expect(inside.invite?.body).toBe(relayedSdp(offerOf('gw'), 1, 'callee'));
    await a.answer(inside);
    const ok = await gate.peer.skipTo(200);
    expect(ok.body).toBe(relayedSdp(offerOf('20'), 1, 'caller'));
    expect(relay.requests[0]).toMatchObject({ caller: { zone: 'external', trunk: 'provider' }, callee: { zone: 'internal' } });
    outside.learn(ok);
    outside.ack();
    await hangUp(outside, { phone: a, call: inside });
  });

  it('without an offer gets the phone’s through the relay, and the phone the answer', async () => {
    const outside = callIn('');
    const inside = await a.incomingCall();
    expect(inside.invite?.body).toBe('');
    a.reply(inside, '200 OK', { body: offerOf('20') });
    const ok = await gate.peer.skipTo(200);
    expect(ok.body).toBe(relayedSdp(offerOf('20'), 1, 'caller'));
    outside.learn(ok);
    outside.ack(offerOf('gw'));
    expect((await a.peer.skipTo('ACK')).body).toBe(relayedSdp(offerOf('gw'), 1, 'callee'));
    await hangUp(outside, { phone: a, call: inside });
  });

  it('that rings several phones is answered by one of them', async () => {
    const again = await harness.phone('20');
    const outside = callIn();
    const [first, second] = [await a.incomingCall(), await again.incomingCall()];
    expect(second.invite?.body).toBe(first.invite?.body);
    a.reply(first, '180 Ringing');
    again.reply(second, '200 OK', { body: offerOf('20b') });
    const ok = await gate.peer.skipTo((message) => message.startLine.includes('200'));
    expect(ok.body).toBe(relayedSdp(offerOf('20b'), 1, 'caller'));
    a.reply(first, '200 OK', { to: await a.peer.skipTo('CANCEL') });
    a.reply(first, '487 Request Terminated');
    outside.learn(ok);
    outside.ack();
    await hangUp(outside, { phone: again, call: second });
  });

  it('that is cancelled leaves nothing at the relay', async () => {
    const outside = callIn();
    const inside = await a.incomingCall();
    a.reply(inside, '180 Ringing');
    await gate.peer.skipTo(180);
    gate.cancel(outside, ours.number);
    a.reply(inside, '200 OK', { to: await a.peer.skipTo('CANCEL') });
    a.reply(inside, '487 Request Terminated');
    await gate.peer.skipTo(487);
    expect((await harness.closed()).verdict?.disposition).toBe('cancelled');
  });

  it('that is not answered leaves nothing at the relay', async () => {
    callIn();
    a.reply(await a.incomingCall(), '486 Busy Here');
    await gate.peer.skipTo(486);
    expect((await harness.closed()).verdict?.disposition).toBe('busy');
  });

  it.each([
    ['no-relay', 503, { disposition: 'failed', reason: 'no-media' }],
    ['bad-sdp', 488, { disposition: 'failed', reason: 'media-refused' }],
  ] as const)('that the relay has no way for (%s) is told so before a phone rings', async (why, status, verdict) => {
    relay.offerFailure = why;
    callIn();
    await gate.peer.skipTo(status);
    expect((await harness.closed()).verdict).toEqual(verdict);
    expect(a.peer.unread).toEqual([]);
  });

  it('whose relay is gone when it is answered ends on both sides', async () => {
    relay.answerFailure = 'no-relay';
    callIn();
    const inside = await a.incomingCall();
    a.reply(inside, '200 OK', { body: offerOf('20') });
    await gate.peer.skipTo(503);
    a.reply(inside, '200 OK', { to: await a.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'no-media' });
  });

  it('whose phone hangs up while the answer is still at the relay is refused', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    relay.answersHeldUntil = promise;
    callIn();
    const inside = await a.incomingCall();
    await a.answer(inside);
    inside.request('BYE');
    await a.peer.skipTo(200);
    resolve();
    await gate.peer.skipTo(480);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'callee-hung-up' });
  });

  it('that is cancelled while the answer is still at the relay ends on both sides', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    relay.answersHeldUntil = promise;
    const outside = callIn();
    const inside = await a.incomingCall();
    await a.answer(inside);
    gate.cancel(outside, ours.number);
    await gate.peer.skipTo(487);
    resolve();
    a.reply(inside, '200 OK', { to: await a.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
  });

  it('goes on through the next relay when its own has died', async () => {
    const { outside, inside } = await inbound();
    relay.die();
    relay.revive();
    const [toGate, toA] = [await gate.peer.skipTo('INVITE'), await a.peer.skipTo('INVITE')];
    expect(toGate.body).toMatch(/m=audio 50\d\d\d /);
    expect(toA.body).toMatch(/m=audio 60\d\d\d /);
    gate.reply(outside, '200 OK', { to: toGate, body: offerOf('gw', 'sendrecv', 2) });
    a.reply(inside, '200 OK', { to: toA, body: offerOf('20', 'sendrecv', 2) });
    await Promise.all([gate.peer.skipTo('ACK'), a.peer.skipTo('ACK')]);
    await harness.until(() => relay.commands.length >= 6, 'the answers at the relay');
    expect(harness.calls.list()).toHaveLength(1);
    await hangUp(outside, { phone: a, call: inside });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
  });

  it('ends with a reason when the relay dies and none comes back', async () => {
    const { outside, inside } = await inbound();
    relay.die();
    gate.reply(outside, '200 OK', { to: await gate.peer.skipTo('BYE') });
    a.reply(inside, '200 OK', { to: await a.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'no-media' });
  });
});

describe('a call outside', () => {
  it('shows both sides the relay only, in early media too', async () => {
    const inside = a.invite('4165550123');
    const outside = await gate.incomingCall();
    expect(outside.invite?.body).toBe(relayedSdp(offerOf('20'), 1, 'callee'));
    gate.reply(outside, '183 Session Progress', { body: offerOf('gw') });
    expect((await a.peer.skipTo(183)).body).toBe(relayedSdp(offerOf('gw'), 1, 'caller'));
    gate.reply(outside, '200 OK', { body: offerOf('gw') });
    const ok = await a.peer.skipTo(200);
    expect(ok.body).toBe(relayedSdp(offerOf('gw'), 1, 'caller'));
    inside.learn(ok);
    inside.ack();
    await gate.peer.skipTo('ACK');
    expect(relay.requests[0]).toMatchObject({ caller: { zone: 'internal' }, callee: { zone: 'external', trunk: 'provider' } });
    await hangUp(inside, { phone: gate, call: outside });
  });

  it('that is sent again asks the relay again, which may know another address by now', async () => {
    const inside = a.invite('4165550123');
    const first = await gate.incomingCall();
    gate.reply(first, '422 Session Interval Too Small', { headers: ['Min-SE: 3600'] });
    await gate.peer.expect('ACK');
    const outside = await gate.incomingCall();
    expect(outside.invite?.header('Session-Expires')).toBe('3600');
    expect(relay.commands).toEqual(['1 offer caller', '1 offer caller']);
    expect(outside.invite?.body).toBe(first.invite?.body);
    gate.reply(outside, '180 Ringing');
    await a.peer.skipTo(180);
    a.cancel(inside, '4165550123');
    gate.reply(outside, '200 OK', { to: await gate.peer.skipTo('CANCEL') });
    gate.reply(outside, '487 Request Terminated');
    await a.peer.skipTo(487);
  });

  it('fails with a reason where there is no relay, while phones of the house still reach each other', async () => {
    relay.offerFailure = 'no-relay';
    a.invite('4165550123');
    await a.peer.skipTo(503);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'no-media' });
    const call = a.invite('21');
    const rung = await b.incomingCall();
    expect(rung.invite?.body).toBe(offerOf('20'));
    await b.answer(rung);
    const ok = await a.peer.skipTo((message) => message.startLine.includes('200'));
    expect(ok.body).toBe(offerOf('21'));
    call.learn(ok);
    call.ack();
    await hangUp(call, { phone: b, call: rung });
    expect(relay.requests).toHaveLength(1);
  });
});

describe('an emergency call', () => {
  it('stays up when its relay dies as it is answered, and its media moves to the next one', async () => {
    relay.answerFailure = 'no-relay';
    const inside = a.invite('911');
    const outside = await gate.incomingCall();
    await gate.answer(outside);
    const ok = await a.peer.skipTo(200);
    expect(ok.body).toBe(offerOf('gw'));
    relay.answerFailure = undefined;
    inside.learn(ok);
    inside.ack();
    const [toGate, toA] = [await gate.peer.skipTo('INVITE'), await a.peer.skipTo('INVITE')];
    expect([toGate.body, toA.body]).toEqual([expect.stringMatching(/m=audio 60\d/), expect.stringMatching(/m=audio 50\d/)]);
    gate.reply(outside, '200 OK', { to: toGate, body: offerOf('gw', 'sendrecv', 2) });
    a.reply(inside, '200 OK', { to: toA, body: offerOf('20', 'sendrecv', 2) });
    await Promise.all([gate.peer.skipTo('ACK'), a.peer.skipTo('ACK')]);
    inside.cseq = 10;
    await hangUp(inside, { phone: gate, call: outside });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
  });

  it('goes out without the relay where there is none', async () => {
    relay.offerFailure = 'no-relay';
    const inside = a.invite('911');
    const outside = await gate.incomingCall();
    expect(outside.invite?.body).toBe(offerOf('20'));
    await gate.answer(outside);
    const ok = await a.peer.skipTo(200);
    expect(ok.body).toBe(offerOf('gw'));
    inside.learn(ok);
    inside.ack();
    await hangUp(inside, { phone: gate, call: outside });
  });
});

describe('a call whose ports an emergency call needs', () => {
  it('ends for both sides and says why', async () => {
    const { outside, inside } = await inbound();
    relay.evict(1);
    gate.reply(outside, '200 OK', { to: await gate.peer.skipTo('BYE') });
    a.reply(inside, '200 OK', { to: await a.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'made-room' });
  });

  it('ends while it still rings', async () => {
    callIn();
    const inside = await a.incomingCall();
    relay.evict(1);
    a.reply(inside, '180 Ringing');
    a.reply(inside, '200 OK', { to: await a.peer.skipTo('CANCEL') });
    a.reply(inside, '487 Request Terminated');
    await gate.peer.skipTo(503);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'cancelled', reason: 'made-room' });
  });
});

describe('a browser', () => {
  const webRtc = (phone: string) =>
    `${offerOf(phone).replace('RTP/AVP', 'UDP/TLS/RTP/SAVPF')}a=ice-ufrag:x\r\na=ice-pwd:y\r\na=fingerprint:sha-256 AB\r\n`;
  /** B as a proxy of the house registers it that speaks WebSocket for us. */
  const byWebSocket = () => {
    harness.registrations.delete(b.device.id);
    const source = { protocol: 'udp', address: b.peer.address, port: b.peer.port } as const;
    harness.register(b.device, source, `${b.contact};transport=ws`);
  };

  it('is recognized by its offer: it reaches a phone of the house through the relay, whatever its device type', async () => {
    const call = a.invite('21', { body: webRtc('20') });
    const rung = await b.incomingCall();
    expect(rung.invite?.body).toBe(relayedSdp(webRtc('20'), 1, 'callee'));
    expect(relay.requests[0]).toMatchObject({
      caller: { zone: 'internal', isBrowser: true },
      callee: { zone: 'internal', isBrowser: false },
    });
    await b.answer(rung);
    call.learn(await a.peer.skipTo(200));
    call.ack();
    await hangUp(call, { phone: b, call: rung });
  });

  it('is recognized by its registration when it is called, and reached through the relay by a phone', async () => {
    byWebSocket();
    const call = a.invite('21');
    const rung = await b.incomingCall();
    expect(rung.invite?.body).toBe(relayedSdp(offerOf('20'), 1, 'callee'));
    expect(relay.requests[0]).toMatchObject({ caller: { isBrowser: false }, callee: { isBrowser: true } });
    await b.answer(rung);
    call.learn(await a.peer.skipTo(200));
    call.ack();
    await hangUp(call, { phone: b, call: rung });
  });

  it('reaches another browser directly', async () => {
    byWebSocket();
    const direct = a.invite('21', { body: webRtc('20') });
    const rung = await b.incomingCall();
    expect(rung.invite?.body).toBe(webRtc('20'));
    expect(relay.requests).toEqual([]);
    a.cancel(direct, '21');
    b.reply(rung, '487 Request Terminated');
    await a.peer.skipTo(487);
  });

  it.each([
    ['is out of order', () => void (relay.offerFailure = 'no-relay')],
    ['is switched off', () => void Object.assign(relay, { anchor: () => undefined })],
  ])('rings no phone where the relay %s: neither would understand the other', async (_name, fault) => {
    fault();
    a.invite('21', { body: webRtc('20') });
    await a.peer.skipTo(503);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'no-media' });
    expect(b.peer.unread).toEqual([]);
  });

  it('can make an emergency call without the relay', async () => {
    Object.assign(relay, { anchor: () => undefined });
    const call = a.invite('911', { body: webRtc('20') });
    const outside = await gate.incomingCall();
    gate.reply(outside, '486 Busy Here');
    a.cancel(call, '911');
    await a.peer.skipTo(({ status }) => status >= 400);
    await harness.closed();
  });
});

describe('a phone outside the house', () => {
  it('is reached through the relay', async () => {
    const outside = harness.device('22');
    harness.register(outside, { protocol: 'udp', address: '203.0.113.7', port: 5060 }, `sip:user22@${b.peer.host}`);
    const call = a.invite('22');
    await harness.until(() => relay.commands.length === 1, 'the offer');
    expect(relay.requests[0]).toMatchObject({
      caller: { zone: 'internal', trunk: undefined },
      callee: { zone: 'external', trunk: undefined },
    });
    a.cancel(call, '22');
    await a.peer.skipTo(487);
    await harness.closed();
  });

  it('is called without the relay where there is none', async () => {
    relay.offerFailure = 'no-relay';
    const source = { protocol: 'udp', address: '203.0.113.7', port: 5060 } as const;
    harness.register(harness.device('22'), { ...source, address: b.peer.address, port: b.peer.port }, b.contact);
    harness.register(harness.device('22'), source, `sip:user22@${b.peer.host}`);
    const call = a.invite('22');
    const rung = await b.incomingCall();
    expect(rung.invite?.body).toBe(offerOf('20'));
    a.cancel(call, '22');
    b.reply(rung, '487 Request Terminated');
    await a.peer.skipTo(487);
    await harness.closed();
  });
});

describe('in an external call', () => {
  it('hold and its end pass through the relay, from either side', async () => {
    const { outside, inside } = await inbound();
    inside.cseq = 10;
    inside.request('INVITE', { body: offerOf('20', 'sendonly', 2) });
    const hold = await gate.peer.expect('INVITE');
    expect(hold.body).toBe(relayedSdp(offerOf('20', 'sendonly', 2), 1, 'caller'));
    gate.reply(outside, '200 OK', { to: hold, body: offerOf('gw', 'recvonly', 2) });
    await gate.peer.expect('ACK');
    expect((await a.peer.skipTo(200)).body).toBe(relayedSdp(offerOf('gw', 'recvonly', 2), 1, 'callee'));
    inside.ack();
    await harness.until(() => harness.calls.list()[0]?.phase === 'held', 'hold');
    outside.request('INVITE');
    const empty = await a.peer.expect('INVITE');
    expect(empty.body).toBe('');
    a.reply(inside, '200 OK', { to: empty, body: offerOf('20', 'sendrecv', 3) });
    expect((await gate.peer.skipTo(200)).body).toBe(relayedSdp(offerOf('20', 'sendrecv', 3), 1, 'caller'));
    outside.ack(offerOf('gw', 'sendrecv', 3));
    expect((await a.peer.skipTo('ACK')).body).toBe(relayedSdp(offerOf('gw', 'sendrecv', 3), 1, 'callee'));
    await harness.until(() => harness.calls.list()[0]?.phase === 'in_call', 'the end of the hold');
    expect(relay.requests).toHaveLength(1);
    await hangUp(outside, { phone: a, call: inside });
  });

  it('an offer that is refused is undone at the relay', async () => {
    const { outside, inside } = await inbound();
    inside.cseq = 10;
    inside.request('INVITE', { body: offerOf('20', 'sendonly', 2) });
    const hold = await gate.peer.expect('INVITE');
    gate.reply(outside, '488 Not Acceptable Here', { to: hold });
    await a.peer.skipTo(488);
    inside.request('ACK', { cseq: 11 });
    await harness.until(() => relay.commands.length === 5, 'the old offer and answer');
    expect(relay.commands).toEqual(['1 offer caller', '1 answer', '1 offer callee', '1 offer callee', '1 answer']);
    await hangUp(outside, { phone: a, call: inside });
  });

  it('an UPDATE passes through the relay', async () => {
    const { outside, inside } = await inbound();
    inside.cseq = 10;
    inside.request('UPDATE', { body: offerOf('20', 'sendonly', 2) });
    const update = await gate.peer.expect('UPDATE');
    expect(update.body).toBe(relayedSdp(offerOf('20', 'sendonly', 2), 1, 'caller'));
    gate.reply(outside, '200 OK', { to: update, body: offerOf('gw', 'recvonly', 2) });
    expect((await a.peer.skipTo(200)).body).toBe(relayedSdp(offerOf('gw', 'recvonly', 2), 1, 'callee'));
    await hangUp(outside, { phone: a, call: inside });
  });

  it('a blind transfer to another phone gets a new relay, and the first is released', async () => {
    const { outside, inside } = await inbound();
    inside.cseq = 20;
    inside.request('REFER', { headers: ['Refer-To: <sip:21@gosip>'] });
    const rung = await b.incomingCall();
    expect(rung.invite?.body).toBe('');
    b.reply(rung, '200 OK', { body: offerOf('21') });
    const invite = await gate.peer.expect('INVITE');
    expect(invite.body).toBe(relayedSdp(offerOf('21'), 2, 'caller'));
    gate.reply(outside, '200 OK', { to: invite, body: offerOf('gw', 'sendrecv', 2) });
    expect((await b.peer.skipTo('ACK')).body).toBe(relayedSdp(offerOf('gw', 'sendrecv', 2), 2, 'callee'));
    await gate.peer.skipTo('ACK');
    await harness.until(() => relay.open.size === 1 && relay.open.has(2), 'the end of the first relay');
    a.reply(inside, '200 OK', { to: await a.peer.skipTo('BYE') });
    await hangUp(rung, { phone: gate, call: outside });
  });

  it('a blind transfer that fails keeps the relay it had', async () => {
    const { outside, inside } = await inbound();
    inside.cseq = 20;
    inside.request('REFER', { headers: ['Refer-To: <sip:21@gosip>'] });
    b.reply(await b.incomingCall(), '486 Busy Here');
    await a.peer.skipTo((message) => message.body.includes('486'));
    await harness.until(() => relay.open.size === 1, 'the end of the second relay');
    expect(relay.open.has(1)).toBe(true);
    await hangUp(outside, { phone: a, call: inside });
  });

  it('an attended transfer joins the trunk and another phone over a new relay', async () => {
    const { outside, inside } = await inbound();
    const asked = a.invite('21');
    const rung = await b.incomingCall();
    await b.answer(rung);
    asked.learn(await a.peer.skipTo(200));
    asked.ack();
    const replaces = encodeURIComponent(`${asked.callId};to-tag=${asked.remoteTag};from-tag=${asked.localTag}`);
    inside.cseq = 20;
    inside.request('REFER', { headers: [`Refer-To: <sip:21@gosip?Replaces=${replaces}>`] });
    const empty = await gate.peer.expect('INVITE');
    expect(empty.body).toBe('');
    gate.reply(outside, '200 OK', { to: empty, body: offerOf('gw', 'sendrecv', 2) });
    const invite = await b.peer.expect('INVITE');
    expect(invite.body).toBe(relayedSdp(offerOf('gw', 'sendrecv', 2), 2, 'callee'));
    b.reply(rung, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 2) });
    expect((await gate.peer.skipTo('ACK')).body).toBe(relayedSdp(offerOf('21', 'sendrecv', 2), 2, 'caller'));
    const byes = [await a.peer.skipTo('BYE'), await a.peer.skipTo('BYE')];
    for (const bye of byes) a.reply(bye.header('Call-ID') === inside.callId ? inside : asked, '200 OK', { to: bye });
    await harness.until(() => relay.open.size === 1 && relay.open.has(2), 'the end of the first relay');
    rung.cseq = 30;
    await hangUp(rung, { phone: gate, call: outside });
  });
});
