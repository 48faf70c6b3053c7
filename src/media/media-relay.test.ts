import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { systemClock } from '#base/clock.ts';
import { requireProgram } from '#testing/peers/program.ts';
import { readTarget, RtpPeer } from '#testing/peers/rtp-peer.ts';
import { stopped } from '#testing/peers/stopped.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { Anchors } from './anchors.ts';
import type { MediaEndpoint, MediaOutcome } from '#sip/relay/media-port.ts';
import type { MediaRelayOptions } from './media-relay.ts';
import type { LocalAddresses } from './local-address.ts';
import { MediaRelay } from './media-relay.ts';

// The real rtpengine between two ends of RTP.
let stack: AsyncDisposableStack;
beforeEach(() => {
  requireProgram('rtpengine');
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const ports = { min: 21_000, max: 21_999 };
const external = { zone: 'external', trunk: 'provider', isBrowser: false } as const;
const internal = { zone: 'internal', trunk: undefined, isBrowser: false } as const;
const browser = { ...internal, isBrowser: true } as const;

async function startMediaRelay(options: Partial<MediaRelayOptions> = {}, addresses?: LocalAddresses): Promise<MediaRelay> {
  const mediaRelay = new MediaRelay({
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    options: { mode: 'rtpengine', ports, address: '127.0.0.1', ...options },
    ...(addresses === undefined ? {} : { addresses }),
  });
  stack.defer(() => mediaRelay.stop());
  await mediaRelay.start();
  return mediaRelay;
}

async function peer(address: string, toneHz: number): Promise<RtpPeer> {
  return stack.use(await RtpPeer.open({ address, toneHz }));
}

async function sdpOf(outcome: Promise<MediaOutcome>): Promise<string> {
  const result = await outcome;
  if (result.kind !== 'sdp') throw new Error(`Refused: ${result.why}`);
  return result.sdp;
}

function open(mediaRelay: MediaRelay, request: { caller?: MediaEndpoint; callee?: MediaEndpoint; isEmergency?: boolean } = {}) {
  const lost = Promise.withResolvers<string>();
  const anchor = mediaRelay.anchor({
    call: 'c',
    caller: external,
    callee: internal,
    onLost: (why) => lost.resolve(why),
    ...request,
  });
  if (anchor === undefined) throw new Error('It is not relayed');
  return { anchor, lost: lost.promise };
}

test('two ends hear each other through the relay only, on hold and off again, until the call is deleted', async () => {
  const mediaRelay = await startMediaRelay();
  const far = await peer('127.0.0.6', 700);
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(mediaRelay);
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
  expect(mediaRelay.size).toBe(0);
  expect(await mediaRelay.sweep()).toBe(0);
  expect(await anchor.offer(far.sdp(), 'caller')).toEqual({ kind: 'refused', why: 'over' });
});

test('several phones get the same offer, and an answer may come early and again, also from another phone', async () => {
  const mediaRelay = await startMediaRelay();
  const far = await peer('127.0.0.6', 700);
  const near = await peer('127.0.0.7', 450);
  const other = await peer('127.0.0.8', 550);
  const { anchor } = open(mediaRelay);
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
  const mediaRelay = await startMediaRelay();
  const far = await peer('127.0.0.6', 700);
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(mediaRelay);
  await sdpOf(anchor.offer(far.sdp(), 'caller'));
  far.sendTo(await sdpOf(anchor.answer(near.sdp())));
  await near.waitForTone(700);
  const other = await peer('127.0.0.8', 450);
  await sdpOf(anchor.offer(other.sdp(), 'callee'));
  await sdpOf(anchor.answer(far.sdp()));
  await other.waitForTone(700);
});

test('an end that offers SRTP gets it from the relay, while the other one has plain RTP', async () => {
  const mediaRelay = await startMediaRelay();
  const near = await peer('127.0.0.7', 450);
  const far = await peer('127.0.0.6', 700);
  const { anchor } = open(mediaRelay, { caller: internal, callee: external });
  const crypto = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
  const secure = near.sdp().replace('RTP/AVP', 'RTP/SAVP').replace('a=sendrecv', `${crypto}\r\na=sendrecv`);
  const offered = await sdpOf(anchor.offer(secure, 'caller'));
  expect(offered).toContain('RTP/AVP');
  expect(offered).not.toContain('a=crypto');
  const answered = await sdpOf(anchor.answer(far.sdp()));
  expect(answered).toContain('RTP/SAVP');
  expect(answered).toMatch(/a=crypto:1 AES_CM_128_HMAC_SHA1_80/);
});

test('a browser is offered DTLS-SRTP with ICE, and the trunk plain RTP', async () => {
  const mediaRelay = await startMediaRelay();
  const far = await peer('127.0.0.6', 700);
  const inbound = open(mediaRelay, { caller: external, callee: browser });
  const offered = await sdpOf(inbound.anchor.offer(far.sdp(), 'caller'));
  for (const text of ['UDP/TLS/RTP/SAVPF', 'a=fingerprint:', 'a=ice-ufrag:', 'a=candidate:', 'a=rtcp-mux', 'a=setup:actpass']) {
    expect(offered).toContain(text);
  }
  const outbound = open(mediaRelay, { caller: browser, callee: external });
  const plain = await sdpOf(outbound.anchor.offer(offered, 'caller'));
  expect(plain).toContain('RTP/AVP');
  expect(plain).not.toMatch(/a=(fingerprint|ice-|candidate|setup|crypto|rtcp-mux)/);
  const answered = await sdpOf(outbound.anchor.answer(far.sdp()));
  for (const text of ['UDP/TLS/RTP/SAVPF', 'a=fingerprint:', 'a=candidate:', 'a=rtcp-mux', 'a=setup:']) {
    expect(answered).toContain(text);
  }
});

test('an external end gets short silence while the other end sends nothing, and only then', async () => {
  const mediaRelay = await startMediaRelay();
  const { relayState: relay } = mediaRelay;
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
  const anchor = anchors.open({ call: 'c', caller: external, callee: internal, onLost: () => {} });
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

test('an external end is offered the public address, an internal one the local address', async () => {
  const mediaRelay = await startMediaRelay();
  mediaRelay.learnPublicAddress('provider', '203.0.113.9');
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(mediaRelay, { caller: internal, callee: external });
  expect(readTarget(await sdpOf(anchor.offer(near.sdp(), 'caller'))).address).toBe('203.0.113.9');
  expect(readTarget(await sdpOf(anchor.answer(near.sdp()))).address).toBe('127.0.0.1');
  expect(mediaRelay.health().message).toContain('203.0.113.9');
});

test('a trunk on the LAN is offered the local address; the option comes before what a trunk saw', async () => {
  const mediaRelay = await startMediaRelay({ externalIp: '198.51.100.4' });
  const near = await peer('127.0.0.7', 450);
  const first = open(mediaRelay, { caller: internal, callee: external });
  expect(readTarget(await sdpOf(first.anchor.offer(near.sdp(), 'caller'))).address).toBe('198.51.100.4');
  mediaRelay.learnPublicAddress('provider', '192.168.1.9');
  const second = open(mediaRelay, { caller: internal, callee: external });
  expect(readTarget(await sdpOf(second.anchor.offer(near.sdp(), 'caller'))).address).toBe('127.0.0.1');
});

test('a malformed session description is refused, and the call can still be deleted', async () => {
  const mediaRelay = await startMediaRelay();
  const { anchor } = open(mediaRelay);
  expect(await anchor.offer('rubbish', 'caller')).toEqual({ kind: 'refused', why: 'bad-sdp' });
  await anchor.deleteAndWait();
  expect(mediaRelay.size).toBe(0);
});

test('a call that only the relay knows is deleted by the sweep', async () => {
  const mediaRelay = await startMediaRelay();
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(mediaRelay);
  await sdpOf(anchor.offer(near.sdp(), 'caller'));
  expect(await mediaRelay.sweep()).toBe(0);
  const { relayState: relay } = mediaRelay;
  if (relay.kind !== 'running') throw new Error('It does not run');
  await relay.control.request('offer', { 'call-id': 'stray', 'from-tag': 'a', sdp: near.sdp() });
  expect(await mediaRelay.sweep()).toBe(1);
  expect(await mediaRelay.sweep()).toBe(0);
  expect(await sdpOf(anchor.answer(near.sdp()))).toContain('m=audio');
});

test('calls are notified when the relay dies, and it is restarted', async () => {
  const mediaRelay = await startMediaRelay();
  const near = await peer('127.0.0.7', 450);
  const { anchor, lost } = open(mediaRelay);
  await sdpOf(anchor.offer(near.sdp(), 'caller'));
  const { relayState: relay } = mediaRelay;
  if (relay.kind !== 'running') throw new Error('It does not run');
  process.kill(relay.pid, 'SIGKILL');
  await lost;
  expect(mediaRelay.size).toBe(0);
  expect(mediaRelay.health().status).toBe('degraded');
  await expect.poll(() => mediaRelay.relayState.kind, { timeout: 20_000 }).toBe('running');
  expect(await sdpOf(open(mediaRelay).anchor.offer(near.sdp(), 'caller'))).toContain('m=audio');
});

test('ports are reserved for emergency calls; when these are used up, the youngest other call gives its own', async () => {
  const mediaRelay = await startMediaRelay({ ports: { min: 21_000, max: 21_019 } });
  const near = await peer('127.0.0.7', 450);
  const usual = [];
  for (let n = 0; n < 5; n += 1) {
    const one = open(mediaRelay);
    usual.push({ ...one, outcome: await one.anchor.offer(near.sdp(), 'caller') });
  }
  expect(usual.map(({ outcome }) => outcome.kind)).toEqual(['sdp', 'sdp', 'sdp', 'sdp', 'refused']);
  const emergencyCalls = [];
  for (let n = 0; n < 3; n += 1) {
    const { anchor } = open(mediaRelay, { isEmergency: true });
    expect(readTarget(await sdpOf(anchor.offer(near.sdp(), 'caller'))).port).toBeGreaterThanOrEqual(21_000);
    emergencyCalls.push(anchor);
  }
  expect(await Promise.all([usual[3]!.lost, usual[2]!.lost])).toEqual(['made-room', 'made-room']);
  expect(await sdpOf(usual[1]!.anchor.offer(near.sdp(), 'caller'))).toContain('m=audio');
  await Promise.all(emergencyCalls.map((anchor) => anchor.deleteAndWait()));
  expect(await sdpOf(open(mediaRelay).anchor.offer(near.sdp(), 'caller'))).toContain('m=audio');
});

test('an emergency call gives up a hanging relay before other calls do, and waits for one that starts', async () => {
  const mediaRelay = await startMediaRelay();
  const near = await peer('127.0.0.7', 450);
  const { relayState: relay } = mediaRelay;
  if (relay.kind !== 'running') throw new Error('It does not run');
  await stopped(relay.pid);
  const usual = open(mediaRelay).anchor.offer(near.sdp(), 'caller');
  const emergency = open(mediaRelay, { isEmergency: true }).anchor.offer(near.sdp(), 'caller');
  const first = await Promise.race([usual.then(() => 'the usual call'), emergency.then(() => 'the emergency call')]);
  expect(first).toBe('the emergency call');
  expect(await emergency).toEqual({ kind: 'refused', why: 'no-relay' });
  await expect.poll(() => mediaRelay.relayState.kind, { timeout: 20_000 }).toBe('failed');
  await expect
    .poll(async () => (await open(mediaRelay, { isEmergency: true }).anchor.offer(near.sdp(), 'caller')).kind, {
      timeout: 20_000,
    })
    .toBe('sdp');
});

test('an emergency call that is answered while the relay hangs is not dropped', async () => {
  const mediaRelay = await startMediaRelay();
  const near = await peer('127.0.0.7', 450);
  const far = await peer('127.0.0.6', 700);
  const { relayState: relay } = mediaRelay;
  if (relay.kind !== 'running') throw new Error('It does not run');
  const { anchor } = open(mediaRelay, { isEmergency: true });
  await sdpOf(anchor.offer(near.sdp(), 'caller'));
  await stopped(relay.pid);
  const answer = anchor.answer(far.sdp());
  const wake = setTimeout(() => process.kill(relay.pid, 'SIGCONT'), 3000);
  // A test that fails sooner has ended it.
  stack.defer(() => clearTimeout(wake));
  expect(await sdpOf(answer)).toContain('m=audio');
});

test('without the program calls are refused and health says what to install', async () => {
  const mediaRelay = await startMediaRelay({ program: 'no-such-rtpengine' });
  expect(mediaRelay.relayState.kind).toBe('missing');
  expect(mediaRelay.health()).toEqual({
    status: 'degraded',
    message: 'Trunk calls have no audio until rtpengine is installed: sudo apt-get install rtpengine-daemon',
  });
  const { anchor } = open(mediaRelay);
  expect(await anchor.offer('v=0', 'caller')).toEqual({ kind: 'refused', why: 'no-relay' });
  anchor.delete();
});

test('health reports an address that this machine does not have', async () => {
  const mediaRelay = await startMediaRelay({ address: '203.0.113.200' });
  expect(mediaRelay.health().message).toBe(
    'Trunk calls have no audio: rtpengine is not running (203.0.113.200 is not an address of this machine)',
  );
});

test('a machine that gets its network after the start, and another address later, has its relay there', async () => {
  let own: string | undefined;
  const addresses = { current: () => Promise.resolve(own), has: (address: string) => Promise.resolve(address === own) };
  const mediaRelay = await startMediaRelay({ address: undefined }, addresses);
  expect(mediaRelay.health().message).toContain('rtpengine is not running (this machine has no network yet)');
  const pidAt = async (address: string) => {
    own = address;
    await expect.poll(() => mediaRelay.relayState.kind, { timeout: 30_000 }).toBe('running');
    const near = await peer('127.0.0.7', 450);
    const { anchor } = open(mediaRelay);
    expect(readTarget(await sdpOf(anchor.offer(near.sdp(), 'caller'))).address).toBe(address);
    anchor.delete();
    const { relayState } = mediaRelay;
    return relayState.kind === 'running' ? relayState.pid : undefined;
  };
  const first = await pidAt('127.0.0.2');
  own = undefined;
  await expect.poll(() => mediaRelay.relayState.kind, { timeout: 40_000 }).toBe('failed');
  expect(await pidAt('127.0.0.3')).not.toBe(first);
});

test('with the mode direct nothing runs and nothing is relayed', async () => {
  const mediaRelay = await startMediaRelay({ mode: 'direct' });
  expect(mediaRelay.relayState.kind).toBe('stopped');
  expect(mediaRelay.anchor({ call: 'c', caller: external, callee: internal, onLost: () => {} })).toBeUndefined();
  expect(mediaRelay.health().status).toBe('ok');
});

test('stopping ends the program and leaves no call', async () => {
  const mediaRelay = await startMediaRelay();
  const near = await peer('127.0.0.7', 450);
  const { anchor } = open(mediaRelay);
  await sdpOf(anchor.offer(near.sdp(), 'caller'));
  const { relayState: relay } = mediaRelay;
  if (relay.kind !== 'running') throw new Error('It does not run');
  await mediaRelay.stop();
  expect(() => process.kill(relay.pid, 0)).toThrow();
  expect(mediaRelay.size).toBe(0);
});
