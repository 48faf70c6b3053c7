import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import type { PeerMessage } from '#testing/base/sip-text.ts';
import { ScriptedPbx } from './scripted-pbx.ts';
import { authorization, call, domain, startSipSideHarness, ourNumber, trunkName } from './sip-side-harness.ts';
import type { SipSideHarness, SipSideHarnessOptions } from './sip-side-harness.ts';
import { byPriorityAndWeight } from './sip-targets.ts';
import type { InboundInvite } from '#testing/twilio/base/voice-side.ts';

type Transport = 'UDP' | 'TCP' | 'TLS';

async function open(
  options: SipSideHarnessOptions = {},
  transport: Transport = 'UDP',
): Promise<{ harness: SipSideHarness; pbx: ScriptedPbx }> {
  const harness = await startSipSideHarness(options);
  const pbx = await ScriptedPbx.open(harness.side, transport);
  onTestFinished(async () => {
    await pbx[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });
  return { harness, pbx };
}

async function answered(options: SipSideHarnessOptions = {}, transport: Transport = 'UDP') {
  const { harness, pbx } = await open(options, transport);
  await pbx.register();
  const placed = call(harness.side.placeCall);
  const invite = await pbx.peer.expect('INVITE');
  pbx.respond(invite, '200 OK', { body: pbx.sdp });
  const ack = await pbx.peer.expect('ACK');
  await placed.answered;
  return { harness, pbx, placed, invite, ack };
}

test('REGISTER is challenged with 407 and lives as long as the answer says', async () => {
  const { harness, pbx } = await open({ switches: { maxRegistersPerSecond: 50 } });
  const uri = `sip:${domain}`;
  pbx.peer.send(pbx.request('REGISTER', uri, { lines: [`Contact: <${pbx.contact}>`] }));
  const challenge = await pbx.peer.expect(407);
  expect(challenge.header('Proxy-Authenticate')).toMatch(
    /^Digest realm="sip.twilio.com",qop="auth",nonce="[^"]+",opaque="[^"]+"$/,
  );
  expect(challenge.header('WWW-Authenticate')).toBeUndefined();
  const refused = await pbx.register({ expires: 60 });
  expect([refused.status, refused.header('Min-Expires')]).toEqual([423, '600']);
  const registered = await pbx.register({ expires: 600 });
  expect(registered.status).toBe(200);
  expect(registered.header('Contact')).toBe(`<${pbx.contact}>;expires=600`);
  expect((await pbx.register({ expires: 7200 })).header('Contact')).toContain('expires=3600');
  expect(harness.side.bindings('pbx', domain)).toHaveLength(1);
  expect((await pbx.register({ expires: 0 })).header('Contact')).toBeUndefined();
  expect(harness.side.bindings('pbx', domain)).toHaveLength(0);
});

test('a nonce is good for one request only', async () => {
  const { pbx } = await open();
  const uri = `sip:${domain}`;
  pbx.peer.send(pbx.request('REGISTER', uri));
  const login = authorization(await pbx.peer.expect(407), { method: 'REGISTER', uri });
  pbx.peer.send(pbx.request('REGISTER', uri, { lines: [login] }));
  await pbx.peer.expect(200);
  pbx.peer.send(pbx.request('REGISTER', uri, { lines: [login] }));
  expect((await pbx.peer.expect(407)).header('Proxy-Authenticate')).toContain('stale=true');
});

test('a wrong password is refused, and so are trunk hosts and unknown domains', async () => {
  const { harness, pbx } = await open();
  const uri = `sip:${domain}`;
  pbx.peer.send(pbx.request('REGISTER', uri));
  const login = authorization(await pbx.peer.expect(407), { method: 'REGISTER', uri, password: 'wrong' });
  pbx.peer.send(pbx.request('REGISTER', uri, { lines: [login] }));
  expect((await pbx.peer.expect(403)).header('X-Twilio-Error')).toContain('32202');
  pbx.peer.send(pbx.request('REGISTER', `sip:${trunkName}`));
  await pbx.peer.expect(405);
  pbx.peer.send(pbx.request('REGISTER', 'sip:other.sip.twilio.com'));
  await pbx.peer.expect(404);
  expect(harness.alerts).toEqual([32_202, 32_002]);
});

test('the other readings: a short REGISTER is raised, 501 for a method that is not allowed', async () => {
  const { pbx } = await open({ switches: { shortExpires: 'raise', methodRefusal: 501 } });
  expect((await pbx.register({ expires: 60 })).header('Contact')).toBe(`<${pbx.contact}>;expires=600`);
  pbx.peer.send(pbx.request('MESSAGE', `sip:${domain}`));
  await pbx.peer.expect(501);
  pbx.peer.send(pbx.request('OPTIONS', `sip:${domain}`));
  expect((await pbx.peer.expect(200)).header('Server')).toBe('Twilio Gateway');
});

test('ten bindings are the most, and they end by the clock', async () => {
  const clock = new FakeClock();
  const { harness, pbx } = await open({ clock });
  const many = (count: number) => Array.from({ length: count }, (_, index) => `<sip:pbx@127.0.0.1:${7000 + index}>`).join(', ');
  expect((await pbx.register({ contact: many(10) })).status).toBe(200);
  expect((await pbx.register({ contact: '<sip:pbx@127.0.0.1:8000>' })).status).toBe(403);
  expect(harness.alerts).toEqual([32_007]);
  clock.advance(3_601_000);
  expect(harness.side.bindings('pbx', domain)).toHaveLength(0);
});

test('more than five REGISTERs a second are refused', async () => {
  const { harness, pbx } = await open();
  for (let count = 0; count < 12; count += 1) pbx.peer.send(pbx.request('REGISTER', `sip:${domain}`));
  await pbx.peer.skipTo(503);
  expect(harness.alerts).toContain(32_008);
});

test.each(['UDP', 'TCP', 'TLS'] as const)('a registered house is rung the way Twilio does (%s)', async (transport) => {
  const { harness, pbx, invite, ack, placed } = await answered({}, transport);
  const port = transport === 'TLS' ? harness.side.tlsPort : harness.side.port;
  const parameter = transport === 'UDP' ? '' : `;transport=${transport.toLowerCase()}`;
  expect(invite.startLine).toBe(`INVITE ${pbx.contact} SIP/2.0`);
  expect(invite.headers('Record-Route')).toEqual([
    `<sip:${harness.side.address}:${port}${parameter};r2=on;lr>`,
    `<sip:${harness.side.address};r2=on;lr>`,
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
  expect(ack.startLine).toBe(`ACK ${pbx.contact} SIP/2.0`);
  pbx.peer.send(pbx.inDialog('BYE', invite));
  await pbx.peer.expect(200);
  expect(await placed.ended).toMatchObject({ status: 200, wasAnswered: true, by: 'far' });
  expect(placed.events).toEqual(['answered', 'ended']);
});

test('Twilio hangs up with a Reason and what it knows', async () => {
  const { pbx, placed } = await answered();
  placed.leg.hangup({ 'X-Twilio-RecordingSid': 'RE1' });
  const bye = await pbx.peer.expect('BYE');
  expect(bye.header('Reason')).toMatch(/^Q.850;cause=16/);
  expect(bye.header('X-Twilio-RecordingSid')).toBe('RE1');
  pbx.respond(bye, '200 OK');
  expect(await placed.ended).toMatchObject({ by: 'near', status: 200 });
});

test('a BYE that ignores the Record-Route is lost, loudly', async () => {
  const { harness, pbx, invite, placed } = await answered();
  pbx.peer.send(pbx.inDialog('BYE', invite, { routes: [] }));
  pbx.peer.send(pbx.inDialog('BYE', invite, { uri: 'sip:127.0.0.1:5060' }));
  pbx.peer.send(pbx.inDialog('BYE', invite));
  await placed.ended;
  expect(() => harness.side.trace.check()).toThrow(/BYE is lost: its Route is missing/);
  const breaches = harness.side.trace.takeBreaches();
  expect(breaches).toHaveLength(2);
  expect(breaches[1]).toContain('its Request-URI is sip:127.0.0.1:5060');
});

test('a response whose Via was edited is not taken, loudly', async () => {
  const { harness, pbx } = await open();
  await pbx.register();
  const placed = call(harness.side.placeCall);
  const invite = await pbx.peer.expect('INVITE');
  const [top = '', second = ''] = invite.headers('Via');
  pbx.respond(invite, '180 Ringing', { vias: [top] });
  pbx.respond(invite, '180 Ringing', { vias: [top, second.replace('172.25.1.2', '127.0.0.1')] });
  pbx.respond(invite, '180 Ringing', { vias: [`${top};received=127.0.0.1`, second] });
  await placed.rang;
  expect(harness.side.trace.takeBreaches()).toEqual([
    expect.stringContaining('2 Via headers went out, 1 came back'),
    expect.stringContaining('172.25.1.2'),
  ]);
});

test('UPDATE, INFO and PRACK are not allowed, a re-INVITE is answered', async () => {
  const { pbx, invite } = await answered();
  for (const method of ['UPDATE', 'INFO', 'PRACK']) {
    pbx.peer.send(pbx.inDialog(method, invite));
    expect((await pbx.peer.expect(405)).header('Allow')).toContain('REFER');
  }
  pbx.peer.send(pbx.inDialog('INVITE', invite, { body: `${pbx.sdp}a=sendonly\r\n` }));
  const held = await pbx.peer.expect(200);
  expect(held.body).toContain('a=recvonly');
});

test('REFER is refused without a referUrl and carried out with one', async () => {
  const { harness, pbx, invite } = await answered();
  const lines = ['Refer-To: <sip:other@example.com>'];
  pbx.peer.send(pbx.inDialog('REFER', invite, { lines }));
  await pbx.peer.expect(403);
  expect(harness.alerts).toEqual([13_802]);
  harness.side.onRefer(() => Promise.resolve(200));
  pbx.peer.send(pbx.inDialog('REFER', invite, { lines }));
  await pbx.peer.expect(202);
  expect((await pbx.peer.expect('NOTIFY')).body).toBe('SIP/2.0 100 Trying\r\n');
  expect((await pbx.peer.expect('NOTIFY')).body).toBe('SIP/2.0 200 OK\r\n');
});

test('nobody registered, a lost binding, and a binding without TLS fail at once', async () => {
  const { harness, pbx } = await open();
  expect(await call(harness.side.placeCall).ended).toMatchObject({ twilioCode: 32_009, wasAnswered: false });
  await pbx.register();
  harness.faults.push('sip.binding-lost', 'sip.486');
  expect(await call(harness.side.placeCall).ended).toMatchObject({ status: 486 });
  expect(await call(harness.side.placeCall).ended).toMatchObject({ twilioCode: 32_011 });
  expect(await call(harness.side.placeCall, { secure: true }).ended).toMatchObject({ twilioCode: 32_209 });
});

test('the caller leaves while it rings: CANCEL with a Reason', async () => {
  const { harness, pbx } = await open();
  await pbx.register();
  const placed = call(harness.side.placeCall);
  const invite = await pbx.peer.expect('INVITE');
  pbx.respond(invite, '180 Ringing');
  await placed.rang;
  placed.leg.hangup();
  const cancel = await pbx.peer.expect('CANCEL');
  expect(cancel.header('Reason')).toMatch(/^Q.850;cause=16/);
  expect(cancel.headers('Via')).toEqual(invite.headers('Via').slice(0, 1));
  pbx.respond(cancel, '200 OK');
  pbx.respond(invite, '487 Request Terminated');
  await pbx.peer.expect('ACK');
  expect(await placed.ended).toMatchObject({ status: 487, by: 'near', wasAnswered: false });
});

test('it rings for as long as the clock says, and an answer that comes too late is hung up', async () => {
  const clock = new FakeClock();
  const { harness, pbx } = await open({ clock });
  await pbx.register();
  const placed = call(harness.side.placeCall, { timeoutSeconds: 20 });
  const invite = await pbx.peer.expect('INVITE');
  pbx.respond(invite, '180 Ringing');
  await placed.rang;
  clock.advance(20_000);
  await pbx.peer.expect('CANCEL');
  pbx.respond(invite, '200 OK', { body: pbx.sdp });
  await pbx.peer.expect('ACK');
  await pbx.peer.expect('BYE');
  expect(await placed.ended).toMatchObject({ wasAnswered: false, status: 408, by: 'near' });
  expect(placed.events).toEqual(['ringing', 'ended']);
});

test('all bindings ring, the first to answer wins, glare is sorted out', async () => {
  const { harness, pbx } = await open({ switches: { forkCallId: 'own' } });
  const other = await ScriptedPbx.open(harness.side);
  onTestFinished(() => other[Symbol.asyncDispose]());
  await pbx.register();
  await other.register({ callId: 'other' });
  harness.faults.push('sip.fork-glare');
  const placed = call(harness.side.placeCall);
  const [one, two] = await Promise.all([pbx.peer.expect('INVITE'), other.peer.expect('INVITE')]);
  pbx.respond(one, '200 OK', { body: pbx.sdp, lines: [`Contact: <${pbx.contact}>`, 'X-Handset: kitchen'] });
  expect(await placed.answered).toEqual({ 'X-Handset': 'kitchen' });
  other.respond(two, '200 OK', { body: other.sdp });
  await other.peer.expect('ACK');
  await other.peer.expect('BYE');
  await pbx.peer.expect('ACK');
});

test('refusals come back as the best of them, with their X- headers', async () => {
  const { harness, pbx } = await open();
  await pbx.register();
  const placed = call(harness.side.placeCall);
  const invite = await pbx.peer.expect('INVITE');
  pbx.respond(invite, '486 Busy Here', { lines: ['X-Why: everyone is on the phone'] });
  await pbx.peer.expect('ACK');
  expect(await placed.ended).toMatchObject({ status: 486, by: 'far', headers: { 'X-Why': 'everyone is on the phone' } });
});

test('without ACK the house sends its 200 again', async () => {
  const { harness, pbx } = await open();
  await pbx.register();
  harness.faults.push('sip.no-ack', 'sip.late-cancel-after-200');
  const placed = call(harness.side.placeCall);
  const invite = await pbx.peer.expect('INVITE');
  pbx.respond(invite, '200 OK', { body: pbx.sdp });
  await pbx.peer.expect('CANCEL');
  await placed.answered;
  expect(harness.side.trace.seen('out', 'ACK')).toHaveLength(0);
});

const outgoing = `sip:+15555550123@${domain}`;

async function letIn(pbx: ScriptedPbx, uri: string, more: { from?: string; lines?: readonly string[] } = {}) {
  const first = pbx.request('INVITE', uri, { lines: [`Contact: <${pbx.contact}>`, ...(more.lines ?? [])], ...more });
  pbx.peer.send(first);
  const challenge = await pbx.peer.expect(407);
  pbx.ack(first, challenge);
  const login = authorization(challenge, { method: 'INVITE', uri });
  const second = pbx.request('INVITE', uri, { ...more, lines: [`Contact: <${pbx.contact}>`, login, ...(more.lines ?? [])] });
  pbx.peer.send(second);
  return second;
}

const routeOf = (response: PeerMessage) => ({
  uri: /<([^>]*)>/.exec(response.header('Contact') ?? '')?.[1] ?? '',
  routes: response.headers('Record-Route').toReversed(),
  sameBranch: false,
});

test.each(['UDP', 'TCP', 'TLS'] as const)('the house dials out by its domain (%s)', async (transport) => {
  const { harness, pbx } = await open({}, transport);
  const incoming = Promise.withResolvers<InboundInvite>();
  harness.side.onIncoming(incoming.resolve);
  const invite = await letIn(pbx, outgoing, { lines: ['X-Pbx-Ext: 101'] });
  const taken = await incoming.promise;
  expect(taken).toMatchObject({ kind: 'domain', domain, username: 'pbx', to: outgoing, sourceIp: '127.0.0.1' });
  expect(taken.headers).toEqual({ 'X-Pbx-Ext': '101' });
  taken.ring();
  await pbx.peer.expect(180);
  const confirmed = taken.answer();
  const ok = await pbx.peer.expect(200);
  expect(ok.headers('Record-Route')).toHaveLength(2);
  expect(ok.header('Contact')).toContain('172.25.1.2');
  expect(ok.body).toMatch(/RTP\/AVP 0( \d+)?\r\n/);
  pbx.ack(invite, ok, routeOf(ok));
  await confirmed;
  taken.leg.hangup();
  expect((await pbx.peer.expect('BYE')).startLine).toBe(`BYE ${pbx.contact} SIP/2.0`);
});

test('an ACK past the Record-Route does not arrive: the 200 comes again, then 32022', async () => {
  const { harness, pbx } = await open({ transactionTimeoutMs: 1500 });
  harness.side.onIncoming((taken) => void taken.answer());
  const invite = await letIn(pbx, outgoing);
  const ok = await pbx.peer.expect(200);
  pbx.ack(invite, ok, { uri: outgoing, routes: [], sameBranch: false });
  await pbx.peer.expect(200);
  await pbx.peer.skipTo('BYE');
  expect(harness.alerts).toContain(32_022);
  expect(harness.side.trace.takeBreaches().join()).toContain('ACK is lost');
});

test('trunk: number, caller and address are checked in the words of Twilio’s errors', async () => {
  const { harness, pbx } = await open();
  const from = `<sip:${ourNumber}@${trunkName}>`;
  const attempt = async (uri: string, more: { from?: string; lines?: readonly string[] }, status: number) => {
    const invite = await letIn(pbx, uri, more);
    const refused = await pbx.peer.expect((message) => message.status >= 200);
    pbx.ack(invite, refused);
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
  expect(harness.alerts).toEqual([32_204, 32_204]);
});

test('an address outside the list is refused before it is asked for a password', async () => {
  const { harness, pbx } = await open({ trunkFacts: { addresses: [{ address: '192.0.2.0', prefix: 24 }] } });
  const invite = pbx.request('INVITE', `sip:+15555550123@${trunkName}`);
  pbx.peer.send(invite);
  const refused = await pbx.peer.expect(403);
  pbx.ack(invite, refused);
  expect(refused.header('X-Twilio-Error')).toContain('32201');
  expect(refused.header('Via')).toContain('received=127.0.0.1');
  expect(harness.alerts).toEqual([32_201]);
});

test('a Request-URI without the domain gets no answer', async () => {
  const { harness, pbx } = await open();
  pbx.peer.ignores = () => false;
  pbx.peer.send(pbx.request('INVITE', `sip:+15555550123@${harness.side.address}`));
  await harness.side.trace.waitFor('in', 'INVITE');
  pbx.peer.send(pbx.request('OPTIONS', `sip:${domain}`));
  await pbx.peer.skipTo(200);
  expect(harness.side.trace.takeBreaches()).toEqual([expect.stringContaining('names no domain')]);
});

test('a suspended account cannot call, SRTP where it is not allowed neither', async () => {
  const suspended = await open({ isSuspended: true });
  suspended.pbx.peer.send(suspended.pbx.request('INVITE', outgoing));
  await suspended.pbx.peer.expect(603);
  const { harness, pbx } = await open();
  const sdp = pbx.sdp.replace('RTP/AVP', 'RTP/SAVP');
  const first = pbx.request('INVITE', outgoing, { body: sdp });
  pbx.peer.send(first);
  const login = authorization(await pbx.peer.expect(407), { method: 'INVITE', uri: outgoing });
  pbx.peer.send(pbx.request('INVITE', outgoing, { body: sdp, lines: [login] }));
  await pbx.peer.skipTo(488);
  expect(harness.alerts).toEqual([32_207]);
});

test('a trunk rings a static address with its secret header, and the next one when it fails', async () => {
  const { harness, pbx } = await open();
  const deaf = await ScriptedPbx.open(harness.side);
  onTestFinished(() => deaf[Symbol.asyncDispose]());
  const trunk = {
    ...harness.trunk,
    originationUris: [
      { uri: `sip:${pbx.peer.host}?X-Auth=so%20secret`, priority: 20, weight: 10 },
      { uri: `sip:fixed@${deaf.peer.host}`, priority: 10, weight: 10 },
    ],
  };
  const placed = call((made) => harness.side.originate(trunk, made), { to: ourNumber });
  const refused = await deaf.peer.expect('INVITE');
  expect(refused.startLine).toBe(`INVITE sip:fixed@${deaf.peer.host} SIP/2.0`);
  expect(refused.header('Diversion')).toBe(`<sip:${ourNumber}@twilio.com>;reason=unconditional`);
  deaf.respond(refused, '503 Service Unavailable');
  const invite = await pbx.peer.expect('INVITE');
  expect(invite.startLine).toBe(`INVITE sip:${ourNumber}@${pbx.peer.host} SIP/2.0`);
  expect(invite.header('X-Auth')).toBe('so secret');
  expect(invite.header('P-Asserted-Identity')).toContain('+15555550100');
  pbx.respond(invite, '200 OK', { body: pbx.sdp });
  await pbx.peer.expect('ACK');
  await placed.answered;
  expect(await call((made) => harness.side.originate(harness.trunk, made)).ended).toMatchObject({ twilioCode: 32_010 });
});

test('one 302 of a trunk address is followed, a busy one ends it', async () => {
  const { harness, pbx } = await open();
  const other = await ScriptedPbx.open(harness.side);
  onTestFinished(() => other[Symbol.asyncDispose]());
  const trunk = { ...harness.trunk, originationUris: [{ uri: `sip:${pbx.peer.host}`, priority: 1, weight: 1 }] };
  const placed = call((made) => harness.side.originate(trunk, made), { to: ourNumber });
  pbx.respond(await pbx.peer.expect('INVITE'), '302 Moved', { lines: [`Contact: <sip:ada@${other.peer.host}>`] });
  await pbx.peer.expect('ACK');
  const moved = await other.peer.expect('INVITE');
  expect(moved.startLine).toBe(`INVITE sip:ada@${other.peer.host} SIP/2.0`);
  other.respond(moved, '486 Busy Here');
  await other.peer.expect('ACK');
  expect(await placed.ended).toMatchObject({ status: 486 });
});

test('origination addresses are tried by priority, then by weight', () => {
  const uris = [
    { uri: 'c', priority: 2, weight: 1 },
    { uri: 'a', priority: 1, weight: 1 },
    { uri: 'b', priority: 1, weight: 9 },
  ];
  expect(byPriorityAndWeight(uris, (below) => below - 1).map(({ uri }) => uri)).toEqual(['b', 'a', 'c']);
  expect(byPriorityAndWeight(uris, () => 0).map(({ uri }) => uri)).toEqual(['a', 'b', 'c']);
});

test('a challenge of the house is answered when the call has a password', async () => {
  const { harness, pbx } = await open();
  const to = `sip:ada@${pbx.peer.host}`;
  const placed = call(harness.side.placeCall, { to, credentials: { username: 'twilio', password: 'pass' } });
  const invite = await pbx.peer.expect('INVITE');
  pbx.respond(invite, '401 Unauthorized', { lines: ['WWW-Authenticate: Digest realm="house", nonce="n1", qop="auth"'] });
  await pbx.peer.expect('ACK');
  const again = await pbx.peer.expect('INVITE');
  expect(again.header('Authorization')).toMatch(/^Digest username="twilio", realm="house", nonce="n1"/);
  expect(again.header('CSeq')).toBe('2 INVITE');
  pbx.respond(again, '603 Decline');
  await pbx.peer.expect('ACK');
  expect(await placed.ended).toMatchObject({ status: 603 });
});
