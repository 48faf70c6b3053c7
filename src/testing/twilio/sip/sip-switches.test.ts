import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '#testing/harness/fake-clock.ts';
import { TextHouse } from './sip-phone.ts';
import { otherSipSwitches } from './sip-switches.ts';
import type { SipSwitches } from './sip-switches.ts';
import { authorization, call, domain, openDesk } from './sip-test-desk.ts';
import type { DeskOptions } from './sip-test-desk.ts';

async function open(options: DeskOptions = {}) {
  const desk = await openDesk(options);
  const house = await TextHouse.open(desk.side);
  onTestFinished(async () => {
    await house[Symbol.asyncDispose]();
    await desk[Symbol.asyncDispose]();
  });
  return { desk, house };
}

const outgoing = `sip:+15555550123@${domain}`;

test.each([true, false])('a used nonce is challenged again with stale or without (%s)', async (saysStale) => {
  const { house } = await open({ switches: { saysStale } });
  const uri = `sip:${domain}`;
  house.peer.send(house.request('REGISTER', uri));
  const login = authorization(await house.peer.expect(407), { method: 'REGISTER', uri });
  house.peer.send(house.request('REGISTER', uri, { lines: [login] }));
  await house.peer.expect(200);
  house.peer.send(house.request('REGISTER', uri, { lines: [login] }));
  expect((await house.peer.expect(407)).header('Proxy-Authenticate')?.includes('stale')).toBe(saysStale);
});

test('session timers may be offered; a refresh that is left to Twilio comes at half time', async () => {
  const clock = new FakeClock();
  const { desk, house } = await open({ switches: { sessionTimers: 'offered' }, clock });
  await house.register();
  const told = call(desk.side.placeCall);
  const invite = await house.peer.expect('INVITE');
  expect(invite.header('Supported')).toBe('timer');
  expect(invite.header('Min-SE')).toBe('120');
  const lines = [`Contact: <${house.contact}>`, 'Session-Expires: 1800;refresher=uac'];
  house.respond(invite, '200 OK', { body: house.sdp, lines });
  await house.peer.expect('ACK');
  await told.answered;
  clock.advance(900_000);
  const refresh = await house.peer.expect('INVITE');
  expect(refresh.startLine).toBe(`INVITE ${house.contact} SIP/2.0`);
  expect(refresh.header('To')).toContain('tag=house');
  house.respond(refresh, '200 OK', { body: house.sdp });
  await house.peer.expect('ACK');
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
  const { desk, house } = await open({ switches, domainFacts: { callAddresses: [lists[list]!] } });
  const taken = Promise.withResolvers<string>();
  desk.side.onIncoming((incoming) => {
    taken.resolve('invited');
    incoming.reject(480);
  });
  const invite = house.request('INVITE', outgoing);
  house.peer.send(invite);
  const refused = await house.peer.expect((message) => message.status >= 200);
  house.ack(invite, refused);
  expect(outcome === 'invited' ? await taken.promise : refused.status).toBe(outcome);
});

test.each(['shared', 'own'] as const)('two bindings of one house, one of them stale (%s Call-ID)', async (forkCallId) => {
  const { desk, house } = await open({ switches: { forkCallId } });
  await house.register({ contact: `<${house.contact}>, <${house.contact};old=1>` });
  const told = call(desk.side.placeCall);
  const one = await house.peer.expect('INVITE');
  const two = await house.peer.expect('INVITE');
  expect(one.header('Call-ID') === two.header('Call-ID')).toBe(forkCallId === 'shared');
  house.respond(two, '482 Loop Detected');
  await house.peer.expect('ACK');
  house.respond(one, '200 OK', { body: house.sdp });
  await house.peer.expect('ACK');
  await told.answered;
});

test('the other reading of everything: a call in and a refused REFER', async () => {
  const { desk, house } = await open({ switches: otherSipSwitches });
  await house.register();
  const told = call(desk.side.placeCall);
  const invite = await house.peer.expect('INVITE');
  expect(invite.body).toContain('RTP/AVP 8 101');
  house.respond(invite, '200 OK', { body: house.sdp.replace('AVP 0', 'AVP 8') });
  await house.peer.expect('ACK');
  await told.answered;
  house.peer.send(house.inDialog('REFER', invite, { lines: ['Refer-To: <sip:a@b.example>'] }));
  await house.peer.expect(603);
  house.peer.send(house.inDialog('INFO', invite));
  await house.peer.expect(501);
  const secure = house.request('INVITE', outgoing, { body: house.sdp.replace('RTP/AVP', 'RTP/SAVP') });
  house.peer.send(secure);
  const login = authorization(await house.peer.expect(407), { method: 'INVITE', uri: outgoing });
  house.peer.send(house.request('INVITE', outgoing, { body: house.sdp.replace('RTP/AVP', 'RTP/SAVP'), lines: [login] }));
  expect((await house.peer.skipTo(403)).header('X-Twilio-Error')).toContain('32207');
});

test('what Twilio does not know may not be required, and few hops are not enough', async () => {
  const { desk, house } = await open();
  const invite = house.request('INVITE', outgoing, { lines: ['Require: 100rel'] });
  house.peer.send(invite);
  house.ack(invite, await house.peer.expect(420));
  expect(desk.side.trace.takeBreaches()).toHaveLength(1);
  house.peer.send(house.request('INVITE', outgoing).replace('Max-Forwards: 70', 'Max-Forwards: 12'));
  await house.peer.expect(483);
  expect(desk.alerts).toEqual([32_006]);
});
