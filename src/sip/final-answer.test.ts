import { afterEach, expect, it } from 'vitest';
import { FakeClock } from '#testing/harness/fake-clock.ts';
import { FakeRelay } from '#testing/harness/fake-relay.ts';
import { connectPhones, offerOf, SipStage } from '#testing/harness/sip-stage.ts';
import type { StageCall, StageOptions, StagePhone } from '#testing/harness/sip-stage.ts';

// Faults on purpose: whatever hangs, throws or is lost, a caller gets a final answer and the record its end.

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function stageOf(options: StageOptions = {}): Promise<SipStage> {
  const stage = await SipStage.start(options);
  open.push(stage);
  return stage;
}

const webRtc = (phone: string): string =>
  `${offerOf(phone).replace('RTP/AVP', 'UDP/TLS/RTP/SAVPF')}a=ice-ufrag:x\r\na=ice-pwd:y\r\na=fingerprint:sha-256 AB\r\n`;

const never = () => new Promise<never>(() => {});

it('a relay that hangs over the answer is given up: the caller is refused and the phone let go', async () => {
  const [clock, relay] = [new FakeClock(), new FakeRelay()];
  relay.answersAfter = never();
  const stage = await stageOf({ clock, media: relay });
  const [a, b] = [await stage.phone('20'), await stage.phone('21')];
  a.invite('21', { body: webRtc('20') });
  b.reply(await b.rung(), '200 OK', { body: offerOf('21') });
  await b.peer.expect('ACK');
  clock.advance(8_000);
  await a.peer.expect(503);
  await b.peer.expect('BYE');
  expect((await stage.closed()).verdict).toEqual({ result: 'failed', reason: 'no-media' });
  await stage.idle();
});

it.each([
  ['hangs', never],
  ['throws', () => Promise.reject(new Error('A fault on purpose'))],
])('a relay that %s over the offer is given up before anything rings', async (_name, offer) => {
  const [clock, relay] = [new FakeClock(), new FakeRelay()];
  const anchor = relay.anchor.bind(relay);
  relay.anchor = (request) => ({ ...anchor(request), offer });
  const stage = await stageOf({ clock, media: relay });
  const [a, b] = [await stage.phone('20'), await stage.phone('21')];
  a.invite('21', { body: webRtc('20') });
  await stage.until(() => stage.calls.list().length === 1 || stage.records()[0]?.verdict !== undefined, 'the call');
  clock.advance(8_000);
  await a.peer.expect(503);
  expect((await stage.closed()).verdict).toEqual({ result: 'failed', reason: 'no-media' });
  expect(b.peer.unread).toEqual([]);
  await stage.idle();
});

it('a call that cannot even be routed is refused', async () => {
  const stage = await stageOf();
  const a = await stage.phone('20');
  const broken = stage.device('29');
  Object.defineProperty(broken, 'extension', {
    get: () => {
      throw new Error('A fault on purpose');
    },
  });
  a.invite('21');
  await a.peer.expect(500);
  await stage.idle();
});

it('an offer of the phone whose answer never comes ends on both sides', async () => {
  const stage = await stageOf({ timers: { t1: 20, t2: 80, t4: 80, t1x64: 1280, timerC: 180_000 } });
  const [a, b] = [await stage.phone('20'), await stage.phone('21')];
  a.invite('21', { body: '' });
  b.reply(await b.rung(), '200 OK', { body: offerOf('21') });
  await a.peer.expect(200);
  await b.peer.skipTo('BYE');
  expect((await stage.closed()).verdict).toEqual({ result: 'failed', reason: 'not-acknowledged' });
});

it('the engine that is lost while a phone rings ends the call in the record', async () => {
  const stage = await stageOf();
  const [a, b] = [await stage.phone('20'), await stage.phone('21')];
  a.invite('21');
  b.reply(await b.rung(), '180 Ringing');
  await a.peer.expect(180);
  await stage.engine.stop();
  expect((await stage.closed()).verdict).toEqual({ result: 'failed', reason: 'engine-lost' });
  expect(stage.sip.sizes().dialogs).toBe(0);
});

function replacing(call: StageCall): string {
  return `Replaces: ${call.callId};to-tag=${call.remoteTag};from-tag=${call.localTag}`;
}

it('a phone that takes a call over is refused where the other side answers nothing, and the call goes on', async () => {
  const clock = new FakeClock();
  const stage = await stageOf({ clock });
  const [a, b, c] = [
    await stage.phone('20', { personId: 'usr_1' }),
    await stage.phone('21'),
    await stage.phone('22', { personId: 'usr_1' }),
  ];
  const [atA] = await connectPhones(a, b);
  c.invite('21', { headers: [replacing(atA)] });
  await b.peer.expect('INVITE');
  clock.advance(40_000);
  await c.peer.expect(408);
  await atA.bye();
  await b.peer.skipTo('BYE');
  await stage.closed();
});

it('a phone that gives up taking a call over leaves both sides with each other', async () => {
  const stage = await stageOf();
  const phones = await Promise.all(['20', '21', '22'].map((extension) => stage.phone(extension, { personId: 'usr_1' })));
  const [a, b, c] = phones as [StagePhone, StagePhone, StagePhone];
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
  expect(stage.calls.list()).toHaveLength(1);
  await atA.bye();
  await b.peer.expect('BYE');
  await stage.idle();
});
