import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '#testing/harness/fake-clock.ts';
import type { PeerMessage } from '#testing/peers/sip-text.ts';
import { TextHouse } from './sip-phone.ts';
import { authorization, call, domain, openDesk, ourNumber, trunkName } from './sip-test-desk.ts';
import type { Desk, DeskOptions } from './sip-test-desk.ts';
import { inOrder } from './sip-targets.ts';
import type { IncomingCall } from '#testing/twilio/base/voice-side.ts';

type Transport = 'UDP' | 'TCP' | 'TLS';

async function open(options: DeskOptions = {}, transport: Transport = 'UDP'): Promise<{ desk: Desk; house: TextHouse }> {
  const desk = await openDesk(options);
  const house = await TextHouse.open(desk.side, transport);
  onTestFinished(async () => {
    await house[Symbol.asyncDispose]();
    await desk[Symbol.asyncDispose]();
  });
  return { desk, house };
}

async function answered(options: DeskOptions = {}, transport: Transport = 'UDP') {
  const { desk, house } = await open(options, transport);
  await house.register();
  const told = call(desk.side.placeCall);
  const invite = await house.peer.expect('INVITE');
  house.respond(invite, '200 OK', { body: house.sdp });
  const ack = await house.peer.expect('ACK');
  await told.answered;
  return { desk, house, told, invite, ack };
}

test('REGISTER is challenged with 407 and lives as long as the answer says', async () => {
  const { desk, house } = await open({ switches: { registersASecond: 50 } });
  const uri = `sip:${domain}`;
  house.peer.send(house.request('REGISTER', uri, { lines: [`Contact: <${house.contact}>`] }));
  const challenge = await house.peer.expect(407);
  expect(challenge.header('Proxy-Authenticate')).toMatch(
    /^Digest realm="sip.twilio.com",qop="auth",nonce="[^"]+",opaque="[^"]+"$/,
  );
  expect(challenge.header('WWW-Authenticate')).toBeUndefined();
  const refused = await house.register({ expires: 60 });
  expect([refused.status, refused.header('Min-Expires')]).toEqual([423, '600']);
  const registered = await house.register({ expires: 600 });
  expect(registered.status).toBe(200);
  expect(registered.header('Contact')).toBe(`<${house.contact}>;expires=600`);
  expect((await house.register({ expires: 7200 })).header('Contact')).toContain('expires=3600');
  expect(desk.side.bindings('pbx', domain)).toHaveLength(1);
  expect((await house.register({ expires: 0 })).header('Contact')).toBeUndefined();
  expect(desk.side.bindings('pbx', domain)).toHaveLength(0);
});

test('a nonce is good for one request only', async () => {
  const { house } = await open();
  const uri = `sip:${domain}`;
  house.peer.send(house.request('REGISTER', uri));
  const login = authorization(await house.peer.expect(407), { method: 'REGISTER', uri });
  house.peer.send(house.request('REGISTER', uri, { lines: [login] }));
  await house.peer.expect(200);
  house.peer.send(house.request('REGISTER', uri, { lines: [login] }));
  expect((await house.peer.expect(407)).header('Proxy-Authenticate')).toContain('stale=true');
});

test('a wrong password is refused, and so are trunk hosts and unknown domains', async () => {
  const { desk, house } = await open();
  const uri = `sip:${domain}`;
  house.peer.send(house.request('REGISTER', uri));
  const login = authorization(await house.peer.expect(407), { method: 'REGISTER', uri, password: 'wrong' });
  house.peer.send(house.request('REGISTER', uri, { lines: [login] }));
  expect((await house.peer.expect(403)).header('X-Twilio-Error')).toContain('32202');
  house.peer.send(house.request('REGISTER', `sip:${trunkName}`));
  await house.peer.expect(405);
  house.peer.send(house.request('REGISTER', 'sip:other.sip.twilio.com'));
  await house.peer.expect(404);
  expect(desk.alerts).toEqual([32_202, 32_002]);
});

test('the other readings: a short REGISTER is raised, 501 for a method that is not allowed', async () => {
  const { house } = await open({ switches: { shortExpires: 'raise', methodRefusal: 501 } });
  expect((await house.register({ expires: 60 })).header('Contact')).toBe(`<${house.contact}>;expires=600`);
  house.peer.send(house.request('MESSAGE', `sip:${domain}`));
  await house.peer.expect(501);
  house.peer.send(house.request('OPTIONS', `sip:${domain}`));
  expect((await house.peer.expect(200)).header('Server')).toBe('Twilio Gateway');
});

test('ten bindings are the most, and they end by the clock', async () => {
  const clock = new FakeClock();
  const { desk, house } = await open({ clock });
  const many = (count: number) => Array.from({ length: count }, (_, index) => `<sip:pbx@127.0.0.1:${7000 + index}>`).join(', ');
  expect((await house.register({ contact: many(10) })).status).toBe(200);
  expect((await house.register({ contact: '<sip:pbx@127.0.0.1:8000>' })).status).toBe(403);
  expect(desk.alerts).toEqual([32_007]);
  clock.advance(3_601_000);
  expect(desk.side.bindings('pbx', domain)).toHaveLength(0);
});

test('more than five REGISTERs a second are refused', async () => {
  const { desk, house } = await open();
  for (let count = 0; count < 12; count += 1) house.peer.send(house.request('REGISTER', `sip:${domain}`));
  await house.peer.skipTo(503);
  expect(desk.alerts).toContain(32_008);
});

test.each(['UDP', 'TCP', 'TLS'] as const)('a registered house is rung the way Twilio does (%s)', async (transport) => {
  const { desk, house, invite, ack, told } = await answered({}, transport);
  const port = transport === 'TLS' ? desk.side.tlsPort : desk.side.port;
  const parameter = transport === 'UDP' ? '' : `;transport=${transport.toLowerCase()}`;
  expect(invite.startLine).toBe(`INVITE ${house.contact} SIP/2.0`);
  expect(invite.headers('Record-Route')).toEqual([
    `<sip:${desk.side.address}:${port}${parameter};r2=on;lr>`,
    `<sip:${desk.side.address};r2=on;lr>`,
  ]);
  expect(invite.headers('Via')).toHaveLength(2);
  expect(invite.headers('Via')[1]).toMatch(/^SIP\/2.0\/UDP 172\.25\.1\.2:5060;rport=5060;branch=/);
  expect(invite.header('From')).toMatch(/^<sip:\+15555550100@home.sip.twilio.com>;tag=/);
  expect(invite.header('To')).toBe('<sip:pbx@home.sip.twilio.com>');
  expect(invite.header('Contact')).toBe('<sip:+15555550100@172.25.1.2:5060;transport=udp>');
  expect(invite.header('Call-ID')).toMatch(/@0\.0\.0\.0$/);
  expect(invite.header('Allow')).toBe('INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY');
  expect(invite.header('Supported')).toBeUndefined();
  expect(invite.header('X-Did')).toBe(ourNumber);
  expect(invite.text).toContain('\r\nX-Twilio-CallSid: CA');
  expect(invite.text).toContain('\r\nX-Twilio-AccountSid: AC');
  expect(invite.body).toMatch(/s=Twilio Media Gateway\r\n/);
  expect(invite.body).toMatch(/m=audio \d+ RTP\/AVP 0 8 101\r\n/);
  expect(ack.startLine).toBe(`ACK ${house.contact} SIP/2.0`);
  house.peer.send(house.inDialog('BYE', invite));
  await house.peer.expect(200);
  expect(await told.ended).toMatchObject({ status: 200, wasAnswered: true, by: 'far' });
  expect(told.happened).toEqual(['answered', 'ended']);
});

test('Twilio hangs up with a Reason and what it knows', async () => {
  const { house, told } = await answered();
  told.leg.hangup({ 'X-Twilio-RecordingSid': 'RE1' });
  const bye = await house.peer.expect('BYE');
  expect(bye.header('Reason')).toMatch(/^Q.850;cause=16/);
  expect(bye.header('X-Twilio-RecordingSid')).toBe('RE1');
  house.respond(bye, '200 OK');
  expect(await told.ended).toMatchObject({ by: 'near', status: 200 });
});

test('a BYE that ignores the Record-Route is lost, loudly', async () => {
  const { desk, house, invite, told } = await answered();
  house.peer.send(house.inDialog('BYE', invite, { routes: [] }));
  house.peer.send(house.inDialog('BYE', invite, { uri: 'sip:127.0.0.1:5060' }));
  house.peer.send(house.inDialog('BYE', invite));
  await told.ended;
  expect(() => desk.side.trace.check()).toThrow(/BYE is lost: its Route is missing/);
  const breaches = desk.side.trace.takeBreaches();
  expect(breaches).toHaveLength(2);
  expect(breaches[1]).toContain('its Request-URI is sip:127.0.0.1:5060');
});

test('a response whose Via was edited is not taken, loudly', async () => {
  const { desk, house } = await open();
  await house.register();
  const told = call(desk.side.placeCall);
  const invite = await house.peer.expect('INVITE');
  const [top = '', second = ''] = invite.headers('Via');
  house.respond(invite, '180 Ringing', { vias: [top] });
  house.respond(invite, '180 Ringing', { vias: [top, second.replace('172.25.1.2', '127.0.0.1')] });
  house.respond(invite, '180 Ringing', { vias: [`${top};received=127.0.0.1`, second] });
  await told.rang;
  expect(desk.side.trace.takeBreaches()).toEqual([
    expect.stringContaining('2 Via headers went out, 1 came back'),
    expect.stringContaining('172.25.1.2'),
  ]);
});

test('UPDATE, INFO and PRACK are not allowed, a re-INVITE is answered', async () => {
  const { house, invite } = await answered();
  for (const method of ['UPDATE', 'INFO', 'PRACK']) {
    house.peer.send(house.inDialog(method, invite));
    expect((await house.peer.expect(405)).header('Allow')).toContain('REFER');
  }
  house.peer.send(house.inDialog('INVITE', invite, { body: `${house.sdp}a=sendonly\r\n` }));
  const held = await house.peer.expect(200);
  expect(held.body).toContain('a=recvonly');
});

test('REFER is refused without a referUrl and carried out with one', async () => {
  const { desk, house, invite } = await answered();
  const lines = ['Refer-To: <sip:other@example.com>'];
  house.peer.send(house.inDialog('REFER', invite, { lines }));
  await house.peer.expect(403);
  expect(desk.alerts).toEqual([13_802]);
  desk.side.onRefer(() => Promise.resolve(200));
  house.peer.send(house.inDialog('REFER', invite, { lines }));
  await house.peer.expect(202);
  expect((await house.peer.expect('NOTIFY')).body).toBe('SIP/2.0 100 Trying\r\n');
  expect((await house.peer.expect('NOTIFY')).body).toBe('SIP/2.0 200 OK\r\n');
});

test('nobody registered, a lost binding, and a binding without TLS fail at once', async () => {
  const { desk, house } = await open();
  expect(await call(desk.side.placeCall).ended).toMatchObject({ twilioCode: 32_009, wasAnswered: false });
  await house.register();
  desk.faults.push('sip.binding-lost', 'sip.486');
  expect(await call(desk.side.placeCall).ended).toMatchObject({ status: 486 });
  expect(await call(desk.side.placeCall).ended).toMatchObject({ twilioCode: 32_011 });
  expect(await call(desk.side.placeCall, { secure: true }).ended).toMatchObject({ twilioCode: 32_209 });
});

test('the caller leaves while it rings: CANCEL with a Reason', async () => {
  const { desk, house } = await open();
  await house.register();
  const told = call(desk.side.placeCall);
  const invite = await house.peer.expect('INVITE');
  house.respond(invite, '180 Ringing');
  await told.rang;
  told.leg.hangup();
  const cancel = await house.peer.expect('CANCEL');
  expect(cancel.header('Reason')).toMatch(/^Q.850;cause=16/);
  expect(cancel.headers('Via')).toEqual(invite.headers('Via').slice(0, 1));
  house.respond(cancel, '200 OK');
  house.respond(invite, '487 Request Terminated');
  await house.peer.expect('ACK');
  expect(await told.ended).toMatchObject({ status: 487, by: 'near', wasAnswered: false });
});

test('it rings for as long as the clock says, and an answer that comes too late is hung up', async () => {
  const clock = new FakeClock();
  const { desk, house } = await open({ clock });
  await house.register();
  const told = call(desk.side.placeCall, { timeoutSeconds: 20 });
  const invite = await house.peer.expect('INVITE');
  house.respond(invite, '180 Ringing');
  await told.rang;
  clock.advance(20_000);
  await house.peer.expect('CANCEL');
  house.respond(invite, '200 OK', { body: house.sdp });
  await house.peer.expect('ACK');
  await house.peer.expect('BYE');
  expect(await told.ended).toMatchObject({ wasAnswered: false, status: 408, by: 'near' });
  expect(told.happened).toEqual(['ringing', 'ended']);
});

test('all bindings ring, the first to answer wins, glare is sorted out', async () => {
  const { desk, house } = await open({ switches: { forkCallId: 'own' } });
  const other = await TextHouse.open(desk.side);
  onTestFinished(() => other[Symbol.asyncDispose]());
  await house.register();
  await other.register({ callId: 'other' });
  desk.faults.push('sip.fork-glare');
  const told = call(desk.side.placeCall);
  const [one, two] = await Promise.all([house.peer.expect('INVITE'), other.peer.expect('INVITE')]);
  house.respond(one, '200 OK', { body: house.sdp, lines: [`Contact: <${house.contact}>`, 'X-Handset: kitchen'] });
  expect(await told.answered).toEqual({ 'X-Handset': 'kitchen' });
  other.respond(two, '200 OK', { body: other.sdp });
  await other.peer.expect('ACK');
  await other.peer.expect('BYE');
  await house.peer.expect('ACK');
});

test('refusals come back as the best of them, with their X- headers', async () => {
  const { desk, house } = await open();
  await house.register();
  const told = call(desk.side.placeCall);
  const invite = await house.peer.expect('INVITE');
  house.respond(invite, '486 Busy Here', { lines: ['X-Why: everyone is on the phone'] });
  await house.peer.expect('ACK');
  expect(await told.ended).toMatchObject({ status: 486, by: 'far', headers: { 'X-Why': 'everyone is on the phone' } });
});

test('without ACK the house sends its 200 again', async () => {
  const { desk, house } = await open();
  await house.register();
  desk.faults.push('sip.no-ack', 'sip.late-cancel-after-200');
  const told = call(desk.side.placeCall);
  const invite = await house.peer.expect('INVITE');
  house.respond(invite, '200 OK', { body: house.sdp });
  await house.peer.expect('CANCEL');
  await told.answered;
  expect(desk.side.trace.seen('out', 'ACK')).toHaveLength(0);
});

const outgoing = `sip:+15555550123@${domain}`;

async function letIn(house: TextHouse, uri: string, more: { from?: string; lines?: readonly string[] } = {}) {
  const first = house.request('INVITE', uri, { lines: [`Contact: <${house.contact}>`, ...(more.lines ?? [])], ...more });
  house.peer.send(first);
  const challenge = await house.peer.expect(407);
  house.ack(first, challenge);
  const login = authorization(challenge, { method: 'INVITE', uri });
  const second = house.request('INVITE', uri, { ...more, lines: [`Contact: <${house.contact}>`, login, ...(more.lines ?? [])] });
  house.peer.send(second);
  return second;
}

const routeOf = (response: PeerMessage) => ({
  uri: /<([^>]*)>/.exec(response.header('Contact') ?? '')?.[1] ?? '',
  routes: response.headers('Record-Route').toReversed(),
  sameBranch: false,
});

test.each(['UDP', 'TCP', 'TLS'] as const)('the house dials out by its domain (%s)', async (transport) => {
  const { desk, house } = await open({}, transport);
  const incoming = Promise.withResolvers<IncomingCall>();
  desk.side.onIncoming(incoming.resolve);
  const invite = await letIn(house, outgoing, { lines: ['X-Pbx-Ext: 101'] });
  const taken = await incoming.promise;
  expect(taken).toMatchObject({ kind: 'domain', domain, username: 'pbx', to: outgoing, sourceIp: '127.0.0.1' });
  expect(taken.headers).toEqual({ 'X-Pbx-Ext': '101' });
  taken.ring();
  await house.peer.expect(180);
  const confirmed = taken.answer();
  const ok = await house.peer.expect(200);
  expect(ok.headers('Record-Route')).toHaveLength(2);
  expect(ok.header('Contact')).toContain('172.25.1.2');
  expect(ok.body).toMatch(/RTP\/AVP 0( \d+)?\r\n/);
  house.ack(invite, ok, routeOf(ok));
  await confirmed;
  taken.leg.hangup();
  expect((await house.peer.expect('BYE')).startLine).toBe(`BYE ${house.contact} SIP/2.0`);
});

test('an ACK past the Record-Route does not arrive: the 200 comes again, then 32022', async () => {
  const { desk, house } = await open({ patienceMs: 1500 });
  desk.side.onIncoming((taken) => void taken.answer());
  const invite = await letIn(house, outgoing);
  const ok = await house.peer.expect(200);
  house.ack(invite, ok, { uri: outgoing, routes: [], sameBranch: false });
  await house.peer.expect(200);
  await house.peer.skipTo('BYE');
  expect(desk.alerts).toContain(32_022);
  expect(desk.side.trace.takeBreaches().join()).toContain('ACK is lost');
});

test('trunk: number, caller and address are checked in the words of Twilio’s errors', async () => {
  const { desk, house } = await open();
  const from = `<sip:${ourNumber}@${trunkName}>`;
  const attempt = async (uri: string, more: { from?: string; lines?: readonly string[] }, status: number) => {
    const invite = await letIn(house, uri, more);
    const refused = await house.peer.expect((message) => message.status >= 200);
    house.ack(invite, refused);
    expect(refused.status).toBe(status);
    return refused;
  };
  expect((await attempt(`sip:5555550123@${trunkName}`, { from }, 400)).startLine).toContain('Invalid Phone Number');
  await attempt(`sip:+15555550123@${trunkName}`, { from: '<sip:101@house>' }, 403);
  const asserted = [`P-Asserted-Identity: <sip:${ourNumber}@house>`];
  await attempt(`sip:+15555550123@${trunkName}`, { from: '<sip:101@house>', lines: asserted }, 480);
  const remote = [...asserted, 'Remote-Party-ID: <sip:+15555550000@house>'];
  await attempt(`sip:+15555550123@${trunkName}`, { from, lines: remote }, 403);
  await attempt(`sip:911@${trunkName}`, { from }, 480);
  expect(desk.alerts).toEqual([32_204, 32_204]);
});

test('an address outside the list is refused before it is asked for a password', async () => {
  const { desk, house } = await open({ trunkFacts: { addresses: [{ address: '192.0.2.0', prefix: 24 }] } });
  const invite = house.request('INVITE', `sip:+15555550123@${trunkName}`);
  house.peer.send(invite);
  const refused = await house.peer.expect(403);
  house.ack(invite, refused);
  expect(refused.header('X-Twilio-Error')).toContain('32201');
  expect(refused.header('Via')).toContain('received=127.0.0.1');
  expect(desk.alerts).toEqual([32_201]);
});

test('a Request-URI without the domain gets no answer', async () => {
  const { desk, house } = await open();
  house.peer.ignores = () => false;
  house.peer.send(house.request('INVITE', `sip:+15555550123@${desk.side.address}`));
  await desk.side.trace.waitFor('in', 'INVITE');
  house.peer.send(house.request('OPTIONS', `sip:${domain}`));
  await house.peer.skipTo(200);
  expect(desk.side.trace.takeBreaches()).toEqual([expect.stringContaining('names no domain')]);
});

test('a suspended account cannot call, SRTP where it is not allowed neither', async () => {
  const suspended = await open({ isSuspended: true });
  suspended.house.peer.send(suspended.house.request('INVITE', outgoing));
  await suspended.house.peer.expect(603);
  const { desk, house } = await open();
  const sdp = house.sdp.replace('RTP/AVP', 'RTP/SAVP');
  const first = house.request('INVITE', outgoing, { body: sdp });
  house.peer.send(first);
  const login = authorization(await house.peer.expect(407), { method: 'INVITE', uri: outgoing });
  house.peer.send(house.request('INVITE', outgoing, { body: sdp, lines: [login] }));
  await house.peer.skipTo(488);
  expect(desk.alerts).toEqual([32_207]);
});

test('a trunk rings a static address with its secret header, and the next one when it fails', async () => {
  const { desk, house } = await open();
  const deaf = await TextHouse.open(desk.side);
  onTestFinished(() => deaf[Symbol.asyncDispose]());
  const trunk = {
    ...desk.trunk,
    originationUris: [
      { uri: `sip:${house.peer.host}?X-Auth=so%20secret`, priority: 20, weight: 10 },
      { uri: `sip:fixed@${deaf.peer.host}`, priority: 10, weight: 10 },
    ],
  };
  const told = call((made) => desk.side.originate(trunk, made), { to: ourNumber });
  const refused = await deaf.peer.expect('INVITE');
  expect(refused.startLine).toBe(`INVITE sip:fixed@${deaf.peer.host} SIP/2.0`);
  expect(refused.header('Diversion')).toBe(`<sip:${ourNumber}@twilio.com>;reason=unconditional`);
  deaf.respond(refused, '503 Service Unavailable');
  const invite = await house.peer.expect('INVITE');
  expect(invite.startLine).toBe(`INVITE sip:${ourNumber}@${house.peer.host} SIP/2.0`);
  expect(invite.header('X-Auth')).toBe('so secret');
  expect(invite.header('P-Asserted-Identity')).toContain('+15555550100');
  house.respond(invite, '200 OK', { body: house.sdp });
  await house.peer.expect('ACK');
  await told.answered;
  expect(await call((made) => desk.side.originate(desk.trunk, made)).ended).toMatchObject({ twilioCode: 32_010 });
});

test('one 302 of a trunk address is followed, a busy one ends it', async () => {
  const { desk, house } = await open();
  const other = await TextHouse.open(desk.side);
  onTestFinished(() => other[Symbol.asyncDispose]());
  const trunk = { ...desk.trunk, originationUris: [{ uri: `sip:${house.peer.host}`, priority: 1, weight: 1 }] };
  const told = call((made) => desk.side.originate(trunk, made), { to: ourNumber });
  house.respond(await house.peer.expect('INVITE'), '302 Moved', { lines: [`Contact: <sip:ada@${other.peer.host}>`] });
  await house.peer.expect('ACK');
  const moved = await other.peer.expect('INVITE');
  expect(moved.startLine).toBe(`INVITE sip:ada@${other.peer.host} SIP/2.0`);
  other.respond(moved, '486 Busy Here');
  await other.peer.expect('ACK');
  expect(await told.ended).toMatchObject({ status: 486 });
});

test('origination addresses are tried by priority, then by weight', () => {
  const uris = [
    { uri: 'c', priority: 2, weight: 1 },
    { uri: 'a', priority: 1, weight: 1 },
    { uri: 'b', priority: 1, weight: 9 },
  ];
  expect(inOrder(uris, (below) => below - 1).map(({ uri }) => uri)).toEqual(['b', 'a', 'c']);
  expect(inOrder(uris, () => 0).map(({ uri }) => uri)).toEqual(['a', 'b', 'c']);
});

test('a challenge of the house is answered when the call has a password', async () => {
  const { desk, house } = await open();
  const to = `sip:ada@${house.peer.host}`;
  const told = call(desk.side.placeCall, { to, credentials: { username: 'twilio', password: 'pass' } });
  const invite = await house.peer.expect('INVITE');
  house.respond(invite, '401 Unauthorized', { lines: ['WWW-Authenticate: Digest realm="house", nonce="n1", qop="auth"'] });
  await house.peer.expect('ACK');
  const again = await house.peer.expect('INVITE');
  expect(again.header('Authorization')).toMatch(/^Digest username="twilio", realm="house", nonce="n1"/);
  expect(again.header('CSeq')).toBe('2 INVITE');
  house.respond(again, '603 Decline');
  await house.peer.expect('ACK');
  expect(await told.ended).toMatchObject({ status: 603 });
});
