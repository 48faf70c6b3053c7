import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { systemClock } from '#base/clock.ts';
import { requireProgram } from '#testing/peers/program.ts';
import { readTarget, RtpPeer } from '#testing/peers/rtp-peer.ts';
import { FakeClock } from '#testing/harness/fake-clock.ts';
import { Anchors } from './anchors.ts';
import type { MediaEndpoint, MediaOutcome } from '#sip/media-port.ts';
import type { MediaRelayOptions } from './media-relay.ts';
import { MediaRelay } from './media-relay.ts';

// The real rtpengine between two ends of RTP.
let stack: AsyncDisposableStack;
beforeEach(() => {
  requireProgram('rtpengine');
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const ports = { min: 21_000, max: 21_999 };
const border = { zone: 'external', trunk: 'provider', isBrowser: false } as const;
const house = { zone: 'internal', trunk: undefined, isBrowser: false } as const;
const browser = { ...house, isBrowser: true } as const;

async function startSound(options: Partial<MediaRelayOptions> = {}): Promise<MediaRelay> {
  const sound = await MediaRelay.create({
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    options: { mode: 'rtpengine', ports, address: '127.0.0.1', ...options },
  });
  stack.defer(() => sound.stop());
  await sound.start();
  return sound;
}

async function peer(address: string, toneHz: number): Promise<RtpPeer> {
  return stack.use(await RtpPeer.open({ address, toneHz }));
}

async function sdpOf(outcome: Promise<MediaOutcome>): Promise<string> {
  const result = await outcome;
  if (result.kind !== 'sdp') throw new Error(`Refused: ${result.why}`);
  return result.sdp;
}

function open(sound: MediaRelay, request: { caller?: MediaEndpoint; callee?: MediaEndpoint; isEmergency?: boolean } = {}) {
  const lost = Promise.withResolvers<string>();
  const anchor = sound.anchor({ call: 'c', caller: border, callee: house, onLost: (why) => lost.resolve(why), ...request });
  if (anchor === undefined) throw new Error('It is not relayed');
  return { anchor, lost: lost.promise };
}

test('two ends that never learn of each other hear each other, on hold and off again, until the call is deleted', async () => {
  const sound = await startSound();
  const far = await peer('127.0.0.6', 700);
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(sound);
  const offer = await sdpOf(anchor.offer(far.sdp(), 'caller'));
  const answer = await sdpOf(anchor.answer(near.sdp()));
  for (const sdp of [offer, answer]) {
    expect(readTarget(sdp).address).toBe('127.0.0.1');
    expect(readTarget(sdp).port).toBeGreaterThanOrEqual(ports.min);
    expect(readTarget(sdp).port).toBeLessThanOrEqual(ports.max);
    expect(sdp).not.toMatch(/127\.0\.0\.[67]/);
  }
  near.sendTo(offer);
  far.sendTo(answer);
  await near.waitForTone(700);
  await far.waitForTone(450);
  expect(near.receiveStats.from).toEqual(readTarget(offer));

  const held = await sdpOf(anchor.offer(near.sdp({ direction: 'sendonly' }), 'callee'));
  expect(held).toContain('a=sendonly');
  expect(readTarget(held)).toEqual(readTarget(answer));
  expect(await sdpOf(anchor.answer(far.sdp({ direction: 'recvonly' })))).toContain('a=recvonly');
  const resumed = await sdpOf(anchor.offer(near.sdp(), 'callee'));
  expect(readTarget(resumed)).toEqual(readTarget(answer));
  await sdpOf(anchor.answer(far.sdp()));
  near.forget();
  far.forget();
  await near.waitForTone(700);
  await far.waitForTone(450);

  await anchor.deleteAndWait();
  expect(sound.size).toBe(0);
  expect(await sound.sweep()).toBe(0);
  expect(await anchor.offer(far.sdp(), 'caller')).toEqual({ kind: 'refused', why: 'over' });
});

test('several phones get the same offer, and an answer may come early and again, also from another phone', async () => {
  const sound = await startSound();
  const far = await peer('127.0.0.6', 700);
  const near = await peer('127.0.0.7', 450);
  const other = await peer('127.0.0.8', 550);
  const { anchor } = open(sound);
  const offer = await sdpOf(anchor.offer(far.sdp(), 'caller'));
  expect(readTarget(await sdpOf(anchor.offer(far.sdp(), 'caller')))).toEqual(readTarget(offer));
  const early = await sdpOf(anchor.answer(near.sdp()));
  expect(readTarget(await sdpOf(anchor.answer(near.sdp())))).toEqual(readTarget(early));
  far.sendTo(early);
  near.sendTo(offer);
  await far.waitForTone(450);
  await near.waitForTone(700);
  near.stopSending();
  // The relay may take another port for another phone.
  far.sendTo(await sdpOf(anchor.answer(other.sdp())));
  other.sendTo(offer);
  await other.waitForTone(700);
  await far.waitForTone(550);
});

test('an end that moves to another address is followed after its re-INVITE', async () => {
  const sound = await startSound();
  const far = await peer('127.0.0.6', 700);
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(sound);
  await sdpOf(anchor.offer(far.sdp(), 'caller'));
  far.sendTo(await sdpOf(anchor.answer(near.sdp())));
  await near.waitForTone(700);
  const other = await peer('127.0.0.8', 450);
  await sdpOf(anchor.offer(other.sdp(), 'callee'));
  await sdpOf(anchor.answer(far.sdp()));
  await other.waitForTone(700);
});

test('an end that wants SRTP gets it from the relay, while the other one has plain RTP', async () => {
  const sound = await startSound();
  const near = await peer('127.0.0.7', 450);
  const far = await peer('127.0.0.6', 700);
  const { anchor } = open(sound, { caller: house, callee: border });
  const crypto = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
  const secure = near.sdp().replace('RTP/AVP', 'RTP/SAVP').replace('a=sendrecv', `${crypto}\r\na=sendrecv`);
  const offered = await sdpOf(anchor.offer(secure, 'caller'));
  expect(offered).toContain('RTP/AVP');
  expect(offered).not.toContain('a=crypto');
  const answered = await sdpOf(anchor.answer(far.sdp()));
  expect(answered).toContain('RTP/SAVP');
  expect(answered).toMatch(/a=crypto:1 AES_CM_128_HMAC_SHA1_80/);
});

test('a browser is offered what it needs, and the trunk plain RTP', async () => {
  const sound = await startSound();
  const far = await peer('127.0.0.6', 700);
  const inbound = open(sound, { caller: border, callee: browser });
  const offered = await sdpOf(inbound.anchor.offer(far.sdp(), 'caller'));
  for (const text of ['UDP/TLS/RTP/SAVPF', 'a=fingerprint:', 'a=ice-ufrag:', 'a=candidate:', 'a=rtcp-mux', 'a=setup:actpass']) {
    expect(offered).toContain(text);
  }
  const outbound = open(sound, { caller: browser, callee: border });
  const plain = await sdpOf(outbound.anchor.offer(offered, 'caller'));
  expect(plain).toContain('RTP/AVP');
  expect(plain).not.toMatch(/a=(fingerprint|ice-|candidate|setup|crypto|rtcp-mux)/);
  const answered = await sdpOf(outbound.anchor.answer(far.sdp()));
  for (const text of ['UDP/TLS/RTP/SAVPF', 'a=fingerprint:', 'a=candidate:', 'a=rtcp-mux', 'a=setup:']) {
    expect(answered).toContain(text);
  }
});

test('while the phone sends nothing, the border gets a little silence now and then, and nothing else when it speaks', async () => {
  const sound = await startSound();
  const { relayState: relay } = sound;
  if (relay.kind !== 'running') throw new Error('It does not run');
  const clock = new FakeClock();
  const log = createLog({ level: 'silent' });
  const anchors = new Anchors({
    clock,
    log,
    control: () => relay.control,
    addressFor: () => undefined,
    ports: 1000,
    waitForControl: async () => relay.control,
    onUnresponsive: () => {},
  });
  anchors.start();
  stack.defer(() => anchors.stop());
  const far = await peer('127.0.0.6', 700);
  const near = await peer('127.0.0.7', 450);
  const anchor = anchors.open({ call: 'c', caller: border, callee: house, onLost: () => {} });
  const offer = await sdpOf(anchor.offer(far.sdp(), 'caller'));
  clock.advance(5000);
  await sdpOf(anchor.answer(near.sdp()));
  expect(far.receiveStats.packets).toBe(0);
  clock.advance(5000);
  await expect.poll(() => far.receiveStats.packets, { timeout: 10_000 }).toBe(5);
  clock.advance(5000);
  await expect.poll(() => far.receiveStats.packets, { timeout: 10_000 }).toBe(10);
  expect(near.receiveStats.packets).toBe(0);
  near.sendTo(offer);
  await far.waitForTone(450);
  clock.advance(5000);
  await far.waitForTone(450);
  near.stopSending();
  await anchor.deleteAndWait();
});

test('the border is told the public address, the house the one inside', async () => {
  const sound = await startSound();
  sound.learnPublicAddress('provider', '203.0.113.9');
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(sound, { caller: house, callee: border });
  expect(readTarget(await sdpOf(anchor.offer(near.sdp(), 'caller'))).address).toBe('203.0.113.9');
  expect(readTarget(await sdpOf(anchor.answer(near.sdp()))).address).toBe('127.0.0.1');
  expect(sound.health().message).toContain('203.0.113.9');
});

test('a trunk inside the house gets the address inside; what the user says comes before what a trunk saw', async () => {
  const sound = await startSound({ externalIp: '198.51.100.4' });
  const near = await peer('127.0.0.7', 450);
  const first = open(sound, { caller: house, callee: border });
  expect(readTarget(await sdpOf(first.anchor.offer(near.sdp(), 'caller'))).address).toBe('198.51.100.4');
  sound.learnPublicAddress('provider', '192.168.1.9');
  const second = open(sound, { caller: house, callee: border });
  expect(readTarget(await sdpOf(second.anchor.offer(near.sdp(), 'caller'))).address).toBe('127.0.0.1');
});

test('a description that is none is refused, and the call can still be deleted', async () => {
  const sound = await startSound();
  const { anchor } = open(sound);
  expect(await anchor.offer('rubbish', 'caller')).toEqual({ kind: 'refused', why: 'bad-sdp' });
  await anchor.deleteAndWait();
  expect(sound.size).toBe(0);
});

test('what the relay holds and no call knows is swept out', async () => {
  const sound = await startSound();
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(sound);
  await sdpOf(anchor.offer(near.sdp(), 'caller'));
  expect(await sound.sweep()).toBe(0);
  const { relayState: relay } = sound;
  if (relay.kind !== 'running') throw new Error('It does not run');
  await relay.control.request('offer', { 'call-id': 'stray', 'from-tag': 'a', sdp: near.sdp() });
  expect(await sound.sweep()).toBe(1);
  expect(await sound.sweep()).toBe(0);
  expect(await sdpOf(anchor.answer(near.sdp()))).toContain('m=audio');
});

test('a relay that dies tells its calls, and comes back', async () => {
  const sound = await startSound();
  const near = await peer('127.0.0.7', 450);
  const { anchor, lost } = open(sound);
  await sdpOf(anchor.offer(near.sdp(), 'caller'));
  const { relayState: relay } = sound;
  if (relay.kind !== 'running') throw new Error('It does not run');
  process.kill(relay.pid, 'SIGKILL');
  await lost;
  expect(sound.size).toBe(0);
  expect(sound.health().status).toBe('degraded');
  await expect.poll(() => sound.relayState.kind, { timeout: 20_000 }).toBe('running');
  expect(await sdpOf(open(sound).anchor.offer(near.sdp(), 'caller'))).toContain('m=audio');
});

test('ports are kept for calls for help, and where there are none left the youngest other call gives its own', async () => {
  const sound = await startSound({ ports: { min: 21_000, max: 21_019 } });
  const near = await peer('127.0.0.7', 450);
  const usual = [];
  for (let n = 0; n < 5; n += 1) {
    const one = open(sound);
    usual.push({ ...one, outcome: await one.anchor.offer(near.sdp(), 'caller') });
  }
  expect(usual.map(({ outcome }) => outcome.kind)).toEqual(['sdp', 'sdp', 'sdp', 'sdp', 'refused']);
  const helps = [];
  for (let n = 0; n < 3; n += 1) {
    const { anchor } = open(sound, { isEmergency: true });
    expect(readTarget(await sdpOf(anchor.offer(near.sdp(), 'caller'))).port).toBeGreaterThanOrEqual(21_000);
    helps.push(anchor);
  }
  expect(await Promise.all([usual[3]!.lost, usual[2]!.lost])).toEqual(['made-room', 'made-room']);
  expect(await sdpOf(usual[1]!.anchor.offer(near.sdp(), 'caller'))).toContain('m=audio');
  await Promise.all(helps.map((anchor) => anchor.deleteAndWait()));
  expect(await sdpOf(open(sound).anchor.offer(near.sdp(), 'caller'))).toContain('m=audio');
});

test('a call for help does not wait longer than two seconds for a relay that hangs, and waits for one that starts', async () => {
  const sound = await startSound();
  const near = await peer('127.0.0.7', 450);
  const { relayState: relay } = sound;
  if (relay.kind !== 'running') throw new Error('It does not run');
  process.kill(relay.pid, 'SIGSTOP');
  const begun = performance.now();
  const { anchor } = open(sound, { isEmergency: true });
  expect(await anchor.offer(near.sdp(), 'caller')).toEqual({ kind: 'refused', why: 'no-relay' });
  // It waits for 1.5 s; a usual call for as long again and more, and the machine may be slow.
  expect(performance.now() - begun).toBeLessThan(4_000);
  await expect.poll(() => sound.relayState.kind, { timeout: 20_000 }).toBe('failed');
  await expect
    .poll(async () => (await open(sound, { isEmergency: true }).anchor.offer(near.sdp(), 'caller')).kind, { timeout: 20_000 })
    .toBe('sdp');
});

test('a call for help that is answered while the relay stands still is not dropped', async () => {
  const sound = await startSound();
  const near = await peer('127.0.0.7', 450);
  const far = await peer('127.0.0.6', 700);
  const { relayState: relay } = sound;
  if (relay.kind !== 'running') throw new Error('It does not run');
  const { anchor } = open(sound, { isEmergency: true });
  await sdpOf(anchor.offer(near.sdp(), 'caller'));
  process.kill(relay.pid, 'SIGSTOP');
  const answer = anchor.answer(far.sdp());
  setTimeout(() => process.kill(relay.pid, 'SIGCONT'), 3000);
  expect(await sdpOf(answer)).toContain('m=audio');
});

test('without the program calls are refused and health says what to install', async () => {
  const sound = await startSound({ program: 'no-such-rtpengine' });
  expect(sound.relayState.kind).toBe('missing');
  expect(sound.health()).toEqual({
    status: 'degraded',
    message: 'Border calls have no sound until rtpengine is installed: sudo apt-get install rtpengine-daemon',
  });
  const { anchor } = open(sound);
  expect(await anchor.offer('v=0', 'caller')).toEqual({ kind: 'refused', why: 'no-relay' });
  anchor.delete();
});

test('an address that this machine does not have is told', async () => {
  const sound = await startSound({ address: '203.0.113.200' });
  expect(sound.health().message).toBe(
    'Border calls have no sound: rtpengine does not run (203.0.113.200 is no address of this machine)',
  );
});

test('with the mode direct nothing runs and nothing is relayed', async () => {
  const sound = await startSound({ mode: 'direct' });
  expect(sound.relayState.kind).toBe('stopped');
  expect(sound.anchor({ call: 'c', caller: border, callee: house, onLost: () => {} })).toBeUndefined();
  expect(sound.health().status).toBe('ok');
});

test('stopping ends the program and leaves no call', async () => {
  const sound = await startSound();
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(sound);
  await sdpOf(anchor.offer(near.sdp(), 'caller'));
  const { relayState: relay } = sound;
  if (relay.kind !== 'running') throw new Error('It does not run');
  await sound.stop();
  expect(() => process.kill(relay.pid, 0)).toThrow();
  expect(sound.size).toBe(0);
});
