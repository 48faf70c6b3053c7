import { afterEach, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeMediaRelay } from '#testing/harness/fake-media-relay.ts';
import { connectPhones, offerOf, SipHarness } from '#testing/harness/sip-harness.ts';
import type { ScriptedCall, SipHarnessOptions, ScriptedPhone } from '#testing/harness/sip-harness.ts';

// Faults on purpose: whatever hangs, throws or is lost, a caller gets a final answer and the record its end.

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function startHarness(options: SipHarnessOptions = {}): Promise<SipHarness> {
  const harness = await SipHarness.start(options);
  open.push(harness);
  return harness;
}

const webRtc = (phone: string): string =>
  `${offerOf(phone).replace('RTP/AVP', 'UDP/TLS/RTP/SAVPF')}a=ice-ufrag:x\r\na=ice-pwd:y\r\na=fingerprint:sha-256 AB\r\n`;

const never = () => new Promise<never>(() => {});

it('a relay that hangs at the answer times out: the caller is refused and the phone gets BYE', async () => {
  const [clock, relay] = [new FakeClock(), new FakeMediaRelay()];
  relay.answersHeldUntil = never();
  const harness = await startHarness({ clock, media: relay });
  const [a, b] = [await harness.phone('20'), await harness.phone('21')];
  a.invite('21', { body: webRtc('20') });
  b.reply(await b.incomingCall(), '200 OK', { body: offerOf('21') });
  await b.peer.expect('ACK');
  clock.advance(8_000);
  await a.peer.expect(503);
  await b.peer.expect('BYE');
  expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'no-media' });
  await harness.idle();
});

it.each([
  ['hangs', never],
  ['throws', () => Promise.reject(new Error('A fault on purpose'))],
])('a relay that %s over the offer is given up before anything rings', async (_name, offer) => {
  const [clock, relay] = [new FakeClock(), new FakeMediaRelay()];
  const anchor = relay.anchor.bind(relay);
  relay.anchor = (request) => ({ ...anchor(request), offer });
  const harness = await startHarness({ clock, media: relay });
  const [a, b] = [await harness.phone('20'), await harness.phone('21')];
  a.invite('21', { body: webRtc('20') });
  await harness.until(() => harness.calls.list().length === 1 || harness.records()[0]?.verdict !== undefined, 'the call');
  clock.advance(8_000);
  await a.peer.expect(503);
  expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'no-media' });
  expect(b.peer.unread).toEqual([]);
  await harness.idle();
});

it('a call that cannot even be routed is refused', async () => {
  const harness = await startHarness();
  const a = await harness.phone('20');
  const broken = harness.device('29');
  Object.defineProperty(broken, 'extension', {
    get: () => {
      throw new Error('A fault on purpose');
    },
  });
  a.invite('21');
  await a.peer.expect(500);
  await harness.idle();
});

it('an offer of the phone whose answer never comes ends on both sides', async () => {
  const harness = await startHarness({ timers: { t1: 20, t2: 80, t4: 80, t1x64: 1280, timerC: 180_000 } });
  const [a, b] = [await harness.phone('20'), await harness.phone('21')];
  a.invite('21', { body: '' });
  b.reply(await b.incomingCall(), '200 OK', { body: offerOf('21') });
  await a.peer.expect(200);
  await b.peer.skipTo('BYE');
  expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'not-acknowledged' });
});

it('the engine that is lost while a phone rings ends the call in the record', async () => {
  const harness = await startHarness();
  const [a, b] = [await harness.phone('20'), await harness.phone('21')];
  a.invite('21');
  b.reply(await b.incomingCall(), '180 Ringing');
  await a.peer.expect(180);
  await harness.engine.stop();
  expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'engine-lost' });
  expect(harness.sip.sizes().dialogs).toBe(0);
});

function replacing(call: ScriptedCall): string {
  return `Replaces: ${call.callId};to-tag=${call.remoteTag};from-tag=${call.localTag}`;
}

it('a phone that takes a call over is refused where the other side answers nothing, and the call goes on', async () => {
  const clock = new FakeClock();
  const harness = await startHarness({ clock });
  const [a, b, c] = [
    await harness.phone('20', { personId: 'usr_1' }),
    await harness.phone('21'),
    await harness.phone('22', { personId: 'usr_1' }),
  ];
  const [atA] = await connectPhones(a, b);
  c.invite('21', { headers: [replacing(atA)] });
  await b.peer.expect('INVITE');
  clock.advance(40_000);
  await c.peer.expect(408);
  await atA.bye();
  await b.peer.skipTo('BYE');
  await harness.closed();
});

it('a phone that gives up taking a call over leaves both sides with each other', async () => {
  const harness = await startHarness();
  const phones = await Promise.all(['20', '21', '22'].map((extension) => harness.phone(extension, { personId: 'usr_1' })));
  const [a, b, c] = phones as [ScriptedPhone, ScriptedPhone, ScriptedPhone];
  const [atA, atB] = await connectPhones(a, b);
  const taking = c.invite('21', { headers: [replacing(atA)] });
  const invite = await b.peer.expect('INVITE');
  c.cancel(taking, '21');
  await c.peer.expect(200);
  await c.peer.expect(487);
  b.reply(atB, '200 OK', { to: invite, body: offerOf('21', 'sendrecv', 2) });
  await b.peer.expect('ACK');
  const back = await b.peer.expect('INVITE');
  expect(back.body).toBe(offerOf('20'));
  b.reply(atB, '200 OK', { to: back, body: offerOf('21', 'sendrecv', 3) });
  await b.peer.expect('ACK');
  expect(harness.calls.list()).toHaveLength(1);
  await atA.bye();
  await b.peer.expect('BYE');
  await harness.idle();
});
