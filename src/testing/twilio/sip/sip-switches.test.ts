import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { ScriptedPbx } from './scripted-pbx.ts';
import { alternativeSipSwitches } from './sip-switches.ts';
import type { SipSwitches } from './sip-switches.ts';
import { authorization, call, domain, startSipSideHarness } from './sip-side-harness.ts';
import type { SipSideHarnessOptions } from './sip-side-harness.ts';

async function open(options: SipSideHarnessOptions = {}) {
  const harness = await startSipSideHarness(options);
  const pbx = await ScriptedPbx.open(harness.side);
  onTestFinished(async () => {
    await pbx[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });
  return { harness, pbx };
}

const outgoing = `sip:+15555550123@${domain}`;

test.each([true, false])('a used nonce is challenged again with stale or without (%s)', async (saysStale) => {
  const { pbx } = await open({ switches: { saysStale } });
  const uri = `sip:${domain}`;
  pbx.peer.send(pbx.request('REGISTER', uri));
  const login = authorization(await pbx.peer.expect(407), { method: 'REGISTER', uri });
  pbx.peer.send(pbx.request('REGISTER', uri, { lines: [login] }));
  await pbx.peer.expect(200);
  pbx.peer.send(pbx.request('REGISTER', uri, { lines: [login] }));
  expect((await pbx.peer.expect(407)).header('Proxy-Authenticate')?.includes('stale')).toBe(saysStale);
});

test('session timers may be offered; a refresh that is left to Twilio comes at half time', async () => {
  const clock = new FakeClock();
  const { harness, pbx } = await open({ switches: { sessionTimers: 'offered' }, clock });
  await pbx.register();
  const placed = call(harness.side.placeCall);
  const invite = await pbx.peer.expect('INVITE');
  expect(invite.header('Supported')).toBe('timer');
  expect(invite.header('Min-SE')).toBe('120');
  const lines = [`Contact: <${pbx.contact}>`, 'Session-Expires: 1800;refresher=uac'];
  pbx.respond(invite, '200 OK', { body: pbx.sdp, lines });
  await pbx.peer.expect('ACK');
  await placed.answered;
  clock.advance(900_000);
  const refresh = await pbx.peer.expect('INVITE');
  expect(refresh.startLine).toBe(`INVITE ${pbx.contact} SIP/2.0`);
  expect(refresh.header('To')).toContain('tag=house');
  pbx.respond(refresh, '200 OK', { body: pbx.sdp });
  await pbx.peer.expect('ACK');
});

const lists = [
  { address: '192.0.2.0', prefix: 24 },
  { address: '127.0.0.0', prefix: 8 },
];

test.each([
  ['either', 1, 'invited'],
  ['either', 0, 407],
  ['both', 1, 407],
  ['both', 0, 403],
] as const)('address list and password of a domain: %s, list %i gives %s', async (domainAuthentication, list, outcome) => {
  const switches: Partial<SipSwitches> = { domainAuthentication };
  const { harness, pbx } = await open({ switches, domainFacts: { callAddresses: [lists[list]!] } });
  const taken = Promise.withResolvers<string>();
  harness.side.onIncoming((incoming) => {
    taken.resolve('invited');
    incoming.reject(480);
  });
  const invite = pbx.request('INVITE', outgoing);
  pbx.peer.send(invite);
  const refused = await pbx.peer.expect((message) => message.status >= 200);
  pbx.ack(invite, refused);
  expect(outcome === 'invited' ? await taken.promise : refused.status).toBe(outcome);
});

test.each(['shared', 'own'] as const)('two bindings of one house, one of them stale (%s Call-ID)', async (forkCallId) => {
  const { harness, pbx } = await open({ switches: { forkCallId } });
  await pbx.register({ contact: `<${pbx.contact}>, <${pbx.contact};old=1>` });
  const placed = call(harness.side.placeCall);
  const one = await pbx.peer.expect('INVITE');
  const two = await pbx.peer.expect('INVITE');
  expect(one.header('Call-ID') === two.header('Call-ID')).toBe(forkCallId === 'shared');
  pbx.respond(two, '482 Loop Detected');
  await pbx.peer.expect('ACK');
  pbx.respond(one, '200 OK', { body: pbx.sdp });
  await pbx.peer.expect('ACK');
  await placed.answered;
});

test('the other reading of everything: a call in and a refused REFER', async () => {
  const { harness, pbx } = await open({ switches: alternativeSipSwitches });
  await pbx.register();
  const placed = call(harness.side.placeCall);
  const invite = await pbx.peer.expect('INVITE');
  expect(invite.body).toContain('RTP/AVP 8 101');
  pbx.respond(invite, '200 OK', { body: pbx.sdp.replace('AVP 0', 'AVP 8') });
  await pbx.peer.expect('ACK');
  await placed.answered;
  pbx.peer.send(pbx.inDialog('REFER', invite, { lines: ['Refer-To: <sip:a@b.example>'] }));
  await pbx.peer.expect(603);
  pbx.peer.send(pbx.inDialog('INFO', invite));
  await pbx.peer.expect(501);
  const secure = pbx.request('INVITE', outgoing, { body: pbx.sdp.replace('RTP/AVP', 'RTP/SAVP') });
  pbx.peer.send(secure);
  const login = authorization(await pbx.peer.expect(407), { method: 'INVITE', uri: outgoing });
  pbx.peer.send(pbx.request('INVITE', outgoing, { body: pbx.sdp.replace('RTP/AVP', 'RTP/SAVP'), lines: [login] }));
  expect((await pbx.peer.skipTo(403)).header('X-Twilio-Error')).toContain('32207');
});

test('what Twilio does not know may not be required, and few hops are not enough', async () => {
  const { harness, pbx } = await open();
  const invite = pbx.request('INVITE', outgoing, { lines: ['Require: 100rel'] });
  pbx.peer.send(invite);
  pbx.ack(invite, await pbx.peer.expect(420));
  expect(harness.side.trace.takeBreaches()).toHaveLength(1);
  pbx.peer.send(pbx.request('INVITE', outgoing).replace('Max-Forwards: 70', 'Max-Forwards: 12'));
  await pbx.peer.expect(483);
  expect(harness.alerts).toEqual([32_006]);
});
