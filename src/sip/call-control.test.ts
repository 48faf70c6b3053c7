import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { CallControl } from '#calls/call-control.ts';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import { FakeVoice, voiceSdp } from '#testing/harness/fake-voice.ts';
import { connectPhones, offerOf, ScriptedPhone, SipHarness } from '#testing/harness/sip-harness.ts';
import type { ScriptedCall } from '#testing/harness/sip-harness.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';

const admin = { id: 'token_1', personId: undefined } as const;
const eva = { id: 'person_eva', personId: 'person_eva' as PersonId } as const;

let voice: FakeVoice;
let trunk: SipPeer;
let harness: SipHarness;
let control: CallControl;
let [a, b, c]: ScriptedPhone[] = [];
/** Whoever answers beyond the trunk. */
let far: ScriptedPhone;

beforeEach(async () => {
  voice = new FakeVoice();
  trunk = await SipPeer.udp({ address: '127.0.0.2' });
  const provider = { name: 'provider', host: '127.0.0.2', port: trunk.port, transport: 'udp', register: false } as const;
  harness = await SipHarness.start({ trunks: [{ ...provider, allow: [] }], voice, isLocalAddress: () => true });
  trunk.target = harness.target;
  [a, b, c] = [await harness.phone('20', { personId: eva.id }), await harness.phone('21'), await harness.phone('22')];
  far = new ScriptedPhone(harness, trunk, harness.device('far'));
  control = new CallControl({
    calls: harness.calls,
    house: harness.sip.houseCaller,
    devices: { byId: (id) => harness.devices.find((one) => one.id === id) },
    registrations: { of: (id) => harness.registrations.get(id) ?? [] },
    nameOf: (number) => (number === '+14165550123' ? 'Grandma' : undefined),
    log: createLog({ level: 'silent' }),
  });
});
afterEach(async () => {
  await harness[Symbol.asyncDispose]();
  await trunk[Symbol.asyncDispose]();
});

const verdicts = () => harness.records().map(({ verdict }) => `${verdict?.disposition} ${verdict?.reason}`);
const rings = (to: string, more: { autoAnswer?: boolean } = {}) =>
  control.call({ deviceId: a!.device.id, to, autoAnswer: false, ...more }, eva);

/** Phone A has picked up, and hears that it rings elsewhere. */
async function pickedUp(to: string): Promise<ScriptedCall> {
  await rings(to);
  const atA = await a!.incomingCall();
  await a!.answer(atA);
  await harness.until(() => voice.endpoints[0]?.played.length === 1, 'the ringing tone');
  expect(voice.endpoints[0]?.played[0]).toEqual([{ kind: 'tone', tone: 'ringback' }]);
  return atA;
}

describe('click-to-call', () => {
  it('rings the phone with the name of who will be called, and then calls them as the phone would', async () => {
    const first = await rings('4165550123');
    const atA = await a!.incomingCall();
    expect(atA.invite?.header('From')).toContain('"Grandma" <sip:+14165550123@');
    expect(atA.invite?.header('Call-Info')).toBeUndefined();
    expect(atA.invite?.body).toBe(voiceSdp(40_002));
    await a!.answer(atA);
    const atFar = await far.incomingCall();
    expect(atFar.invite?.startLine).toContain('sip:+14165550123@');
    expect(atFar.invite?.body).toBe(offerOf('20', 'sendrecv', 2).replace('a=sendrecv\r\n', ''));
    far.reply(atFar, '180 Ringing');
    far.reply(atFar, '200 OK', { body: offerOf('far') });
    await trunk.expect('ACK');
    const reInvite = await a!.peer.skipTo('INVITE');
    expect(reInvite.body).toBe(offerOf('far'));
    a!.reply(atA, '200 OK', { to: reInvite, body: offerOf('20', 'sendrecv', 2) });
    await a!.peer.expect('ACK');
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    const second = harness.calls.list()[0]!;
    expect(second.record).toMatchObject({
      direction: 'outbound',
      caller: { deviceId: a!.device.id },
      transferredFrom: first.record.id,
      requestedBy: eva.id,
    });
    await atA.bye();
    await trunk.expect('BYE');
    await harness.closed(1);
    expect(verdicts()).toEqual(['answered transferred', 'answered caller-hung-up']);
    expect(harness.records()[0]).toMatchObject({ caller: { name: 'GoSIP' }, callee: { number: '20' }, requestedBy: eva.id });
    await harness.idle();
  });

  it('calls no help from a door station, which would answer by itself with nobody there', async () => {
    const gate = await harness.phone('23');
    Object.assign(gate.device, { type: 'door-station' });
    const help = control.call({ deviceId: gate.device.id, to: '911', autoAnswer: false }, admin);
    await expect(help).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('call for help with a phone'),
    });
    expect(gate.peer.unread).toEqual([]);
    await rings('911');
    await a!.incomingCall();
  });

  it('asks the phone to answer by itself where that is wanted', async () => {
    await rings('21', { autoAnswer: true });
    const { invite } = await a!.incomingCall();
    expect(invite?.header('Call-Info')).toContain(';answer-after=0');
    expect(invite?.header('Alert-Info')).toContain('info=alert-autoanswer');
  });

  it.each([
    ['declines', '603 Decline', 'missed declined'],
    ['is busy', '486 Busy Here', 'busy busy'],
  ])('calls nobody where the phone %s', async (_case, status, verdict) => {
    await rings('21');
    a!.reply(await a!.incomingCall(), status);
    await harness.closed();
    expect(verdicts()).toEqual([verdict]);
    expect(b!.peer.unread).toEqual([]);
    await harness.idle();
  });

  it('says so and hangs up where the called party refuses', async () => {
    await pickedUp('21');
    b!.reply(await b!.incomingCall(), '486 Busy Here');
    await harness.until(() => voice.endpoints[0]?.played.length === 2, 'the words');
    expect(voice.endpoints[0]?.played[1]).toEqual([{ kind: 'prompt', name: 'cannot-be-taken' }]);
    voice.endpoints[0]?.finish();
    await a!.peer.skipTo('BYE');
    expect(verdicts()).toEqual(['answered caller-hung-up', 'busy busy']);
    await harness.idle();
  });

  it('is given up where the phone hangs up while it rings elsewhere', async () => {
    const atA = await pickedUp('21');
    const atB = await b!.incomingCall();
    b!.reply(atB, '180 Ringing');
    await harness.until(() => harness.calls.list().at(-1)?.record.ringingAt !== undefined, 'the ringing');
    await atA.bye();
    await b!.peer.expect('CANCEL');
    await harness.closed(1);
    expect(verdicts()).toEqual(['answered callee-hung-up', 'cancelled caller-cancelled']);
  });

  it('connects nobody where the phone hangs up while the answer is on its way', async () => {
    const atA = await pickedUp('21');
    const atB = await b!.incomingCall();
    b!.reply(atB, '200 OK', { body: offerOf('21') });
    const reInvite = await a!.peer.skipTo('INVITE');
    atA.request('BYE');
    a!.reply(atA, '487 Request Terminated', { to: reInvite });
    b!.reply(atB, '200 OK', { to: await b!.peer.skipTo('BYE') });
    await harness.closed(1);
    await harness.idle();
  });

  it.each([
    ['while the phone rings', false],
    ['while the other phone rings', true],
  ])('ends through the API %s', async (_case, isPickedUp) => {
    if (isPickedUp) await pickedUp('21');
    else await rings('21');
    if (!isPickedUp) a!.reply(await a!.incomingCall(), '180 Ringing');
    await harness.until(() => harness.calls.list().length === (isPickedUp ? 2 : 1), 'the call');
    harness.calls.hangUp(harness.calls.list()[0]!.record.id);
    if (isPickedUp) await a!.peer.skipTo('BYE');
    expect(harness.calls.list()).toEqual([]);
  });

  it.each([
    ['a phone that is not registered', () => harness.registrations.clear(), 'Phone 20 is not registered'],
    ['a phone that is switched off', () => Object.assign(a!.device, { enabled: false }), 'Phone 20 is switched off'],
  ])('is refused for %s', async (_case, change, message) => {
    change();
    await expect(rings('21')).rejects.toMatchObject({ code: 'conflict', message });
  });

  it('is refused for a phone that is in a call, also where both are asked for at once', async () => {
    const refused = { code: 'conflict', message: 'Phone 20 is in a call' };
    const both = await Promise.allSettled([rings('21'), rings('22')]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(rings('21')).rejects.toMatchObject(refused);
    expect(voice.endpoints.filter(({ isClosed }) => !isClosed)).toHaveLength(1);
  });

  it.each([
    ['nobody’s extension', '99', 'invalid'],
    ['where the house may not call', '+445551234567', 'conflict'],
    ['the phone itself', '20', 'invalid'],
  ])('is refused before anything rings where it would call %s', async (_case, to, code) => {
    await expect(rings(to)).rejects.toMatchObject({ code });
    expect(a!.peer.unread).toEqual([]);
    expect(harness.records()).toEqual([]);
  });

  it('is refused to another person, and where the house has no voice', async () => {
    const asked = control.call({ deviceId: b!.device.id, to: '20', autoAnswer: false }, eva);
    await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
    voice.hasPorts = false;
    await expect(rings('21')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a transfer through the API', () => {
  let atA: ScriptedCall;
  let atB: ScriptedCall;
  let call: OngoingCall;
  beforeEach(async () => {
    [atA, atB] = await connectPhones(a!, b!);
    call = harness.calls.list()[0]!;
  });

  it('connects the other side with whoever answers, and lets the phone go then', async () => {
    const placed = control.transfer(call, { to: '22' }, eva);
    expect(placed.record).toMatchObject({ transferredFrom: call.record.id, requestedBy: eva.id, caller: { number: '21' } });
    const atC = await c!.incomingCall();
    atA.request('INFO', { body: 'still here' });
    expect((await b!.peer.expect('INFO')).body).toBe('still here');
    c!.reply(atC, '200 OK', { body: offerOf('22') });
    const invite = await b!.peer.expect('INVITE');
    b!.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 2) });
    expect((await c!.peer.expect('ACK')).body).toBe(offerOf('21', 'sendrecv', 2));
    a!.reply(atA, '200 OK', { to: await a!.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'transferred' });
    expect(a!.peer.unread.filter(({ method }) => method === 'NOTIFY')).toEqual([]);
    expect(harness.calls.list()).toEqual([placed]);
  });

  it('to a number outside gives the network an offer at once, since many refuse an INVITE without one', async () => {
    control.transfer(call, { to: '4165550123' }, eva);
    const atFar = await far.incomingCall();
    expect(atFar.invite?.body).toContain('o=21 1 2 ');
    expect(atFar.invite?.body).toContain('m=audio 40000 ');
    await far.answer(atFar);
    const invite = await b!.peer.skipTo('INVITE');
    expect(invite.body).toBe(offerOf('far'));
    b!.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 3) });
    a!.reply(atA, '200 OK', { to: await a!.peer.skipTo('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'answered', reason: 'transferred' });
    // The phone is free, although the call goes out on its behalf.
    await rings('22');
    await a!.incomingCall();
  });

  it('that nobody takes leaves the call as it was', async () => {
    control.transfer(call, { to: '22' }, eva);
    c!.reply(await c!.incomingCall(), '486 Busy Here');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'busy', reason: 'busy' });
    atA.request('INFO', { body: 'still here' });
    expect((await b!.peer.expect('INFO')).body).toBe('still here');
    expect(harness.calls.list()).toEqual([call]);
  });

  it('goes on where the phone hangs up meanwhile, and ends where the other side does', async () => {
    control.transfer(call, { to: '22' }, eva);
    const atC = await c!.incomingCall();
    c!.reply(atC, '180 Ringing');
    await harness.until(() => harness.calls.list().at(-1)?.record.ringingAt !== undefined, 'the ringing');
    await atA.bye();
    expect(b!.peer.unread).toEqual([]);
    await atB.bye();
    await c!.peer.expect('CANCEL');
    c!.reply(atC, '487 Request Terminated');
    await harness.closed(1);
    expect(verdicts()).toEqual(['answered transferred', 'cancelled caller-cancelled']);
  });

  it('is refused while one is under way, to nowhere, and to a person whose phone takes no part', () => {
    expect(() => control.transfer(call, { to: '99' }, eva)).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => control.transfer(call, { to: '22' }, admin)).toThrow(expect.objectContaining({ code: 'invalid' }));
    const nobody = { id: 'person_x', personId: 'person_x' as PersonId } as const;
    expect(() => control.transfer(call, { to: '22' }, nobody)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    control.transfer(call, { to: '22', deviceId: b!.device.id }, admin);
    expect(() => control.transfer(call, { to: '22' }, eva)).toThrow(expect.objectContaining({ code: 'conflict' }));
  });
});

describe('hold through the API', () => {
  let atA: ScriptedCall;
  let atB: ScriptedCall;
  let call: OngoingCall;
  beforeEach(async () => {
    [atA, atB] = await connectPhones(a!, b!);
    call = harness.calls.list()[0]!;
  });
  const inactive = (phone: string) => offerOf(phone, 'inactive', 2);

  async function hold(): Promise<void> {
    const held = control.hold(call, true, eva);
    const [toA, toB] = [await a!.peer.expect('INVITE'), await b!.peer.expect('INVITE')];
    expect([toA.body, toB.body]).toEqual([inactive('21'), inactive('20')]);
    a!.reply(atA, '200 OK', { to: toA, body: inactive('20') });
    b!.reply(atB, '200 OK', { to: toB, body: inactive('21') });
    await held;
    await a!.peer.expect('ACK');
    await b!.peer.expect('ACK');
  }

  it('leaves both sides in silence, and resumes with what the phone offers then', async () => {
    await hold();
    expect(call.phase).toBe('held');
    const resumed = control.hold(call, false, eva);
    const toA = await a!.peer.expect('INVITE');
    expect(toA.body).toBe('');
    a!.reply(atA, '200 OK', { to: toA, body: offerOf('20', 'sendrecv', 3) });
    const toB = await b!.peer.expect('INVITE');
    expect(toB.body).toBe(offerOf('20', 'sendrecv', 3));
    b!.reply(atB, '200 OK', { to: toB, body: offerOf('21', 'sendrecv', 3) });
    expect((await a!.peer.expect('ACK')).body).toBe(offerOf('21', 'sendrecv', 3));
    await resumed;
    expect(call.phase).toBe('in_call');
  });

  it('is not undone by a session refresh of a phone', async () => {
    await hold();
    atA.request('INVITE', { body: offerOf('20', 'sendrecv', 3) });
    expect((await a!.peer.expect(200)).body).toBe(inactive('21'));
    atA.ack();
    atB.request('UPDATE');
    await b!.peer.expect(200);
    expect(call.phase).toBe('held');
    expect(b!.peer.unread).toEqual([]);
  });

  it('that one side refuses gives the other its media back', async () => {
    const held = control.hold(call, true, eva);
    const [toA, toB] = [await a!.peer.expect('INVITE'), await b!.peer.expect('INVITE')];
    b!.reply(atB, '488 Not Acceptable Here', { to: toB });
    a!.reply(atA, '200 OK', { to: toA, body: inactive('20') });
    const back = await a!.peer.skipTo('INVITE');
    expect(back.body).toBe(offerOf('21'));
    a!.reply(atA, '200 OK', { to: back, body: offerOf('20', 'sendrecv', 3) });
    await expect(held).rejects.toMatchObject({ code: 'conflict', message: 'One of the phones does not take part in that' });
    expect(call.phase).toBe('in_call');
  });

  it('ends with the call, whoever hangs up in between', async () => {
    const held = control.hold(call, true, eva);
    const toA = await a!.peer.expect('INVITE');
    const toB = await b!.peer.expect('INVITE');
    atB.request('BYE');
    await b!.peer.skipTo(200);
    b!.reply(atB, '487 Request Terminated', { to: toB });
    a!.reply(atA, '487 Request Terminated', { to: toA });
    await expect(held).rejects.toMatchObject({ code: 'conflict', message: 'The call has ended' });
  });

  it('of a call that rings, or by a person whose phone only rang, is refused', async () => {
    const ringing = b!.invite('22');
    await c!.incomingCall();
    expect(ringing.callId).not.toBe('');
    const second = harness.calls.list().at(-1)!;
    await expect(control.hold(second, true, admin)).rejects.toMatchObject({ code: 'conflict' });
    const nobody = { id: 'person_x', personId: 'person_x' as PersonId } as const;
    await expect(control.hold(call, true, nobody)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

it('an emergency call is neither held nor transferred through the API', async () => {
  const call = a!.invite('911');
  const atFar = await far.incomingCall();
  await far.answer(atFar);
  call.learn(await a!.peer.skipTo(200));
  call.ack();
  const help = harness.calls.list()[0]!;
  await expect(control.hold(help, true, admin)).rejects.toMatchObject({ code: 'conflict' });
  expect(() => control.transfer(help, { to: '21' }, admin)).toThrow(expect.objectContaining({ code: 'conflict' }));
});
