import type { DeviceId } from '#base/ids.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Device } from '#devices/device.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';
import { offerOf, SipHarness, ScriptedPhone } from '#testing/harness/sip-harness.ts';

let harness: SipHarness;
let phone: ScriptedPhone;
let first: ScriptedPhone;
let second: ScriptedPhone;

/** A trunk of the house, as somebody who sees what comes there. */
async function trunkAt(address: string): Promise<SipPeer> {
  return SipPeer.udp({ address });
}

beforeEach(async () => {
  const peers = [await trunkAt('127.0.0.2'), await trunkAt('127.0.0.3')] as const;
  const trunks = peers.map(({ address, port }, index) => ({
    name: index === 0 ? 'first' : 'second',
    host: address,
    port,
    transport: 'udp',
    register: false,
    allow: [address],
  })) as never;
  harness = await SipHarness.start({ trunks });
  for (const peer of peers) peer.target = harness.target;
  const gate = (peer: SipPeer, extension: string) =>
    new ScriptedPhone(harness, peer, { ...harness.device('99'), id: `dev_${extension}` as DeviceId, extension } satisfies Device);
  [first, second] = [gate(peers[0], 'one'), gate(peers[1], 'two')];
  phone = await harness.phone('20');
});
afterEach(async () => {
  await harness[Symbol.asyncDispose]();
  for (const { peer } of [first, second]) await peer[Symbol.asyncDispose]();
});

const legs = (index = 0) => harness.store.legsOf(harness.records()[index]?.id ?? 'call_').filter(({ role }) => role === 'callee');

describe('an emergency call', () => {
  it.each([
    ...['400 Bad Request', '402 Payment Required', '403 Forbidden', '404 Not Found', '405 Method Not Allowed'],
    ...['486 Busy Here', '488 Not Acceptable Here', '500 Server Error', '600 Busy Everywhere', '603 Decline', '302 Moved'],
    ...['401 Unauthorized', '407 Proxy Authentication Required', '480 Temporarily Unavailable', '503 Service Unavailable'],
  ])('goes on to the next trunk after %s', async (refusal) => {
    const call = phone.invite('911');
    first.reply(await first.incomingCall(), refusal);
    const rung = await second.incomingCall();
    await second.answer(rung);
    call.learn(await phone.peer.skipTo(200));
    call.ack();
    expect(legs().map(({ trunk, sipStatus, outcome }) => ({ trunk, sipStatus, outcome }))).toEqual([
      { trunk: 'first', sipStatus: Number(refusal.slice(0, 3)), outcome: expect.any(String) },
      { trunk: 'second', sipStatus: 200, outcome: 'answered' },
    ]);
    call.request('BYE');
    second.reply(rung, '200 OK', { to: await second.peer.skipTo('BYE') });
    await phone.peer.skipTo(200);
  });

  it('is tried by the next trunk within four seconds where the first is silent, and the first answer gets it', async () => {
    const begun = performance.now();
    const call = phone.invite('911');
    const silent = await first.incomingCall();
    const rung = await second.incomingCall();
    expect(performance.now() - begun).toBeGreaterThan(3_000);
    expect(performance.now() - begun).toBeLessThan(6_000);
    first.peer.ignores = ({ method }) => method === 'INVITE';
    // The first one was slow, not dead: it has the call, and the second loses it.
    second.reply(rung, '180 Ringing');
    await phone.peer.skipTo(180);
    first.reply(silent, '200 OK', { body: offerOf('one') });
    await first.peer.skipTo('ACK');
    const cancel = await second.peer.skipTo('CANCEL');
    second.reply(rung, '200 OK', { to: cancel });
    second.reply(rung, '487 Request Terminated');
    call.learn(await phone.peer.skipTo(200));
    call.ack();
    call.request('BYE');
    first.reply(silent, '200 OK', { to: await first.peer.skipTo('BYE') });
    expect((await harness.closed()).trunk).toBe('first');
    expect(legs().map(({ outcome }) => outcome)).toEqual(['answered', 'answered-elsewhere']);
  });

  it('ends a silent trunk that wakes when the other one has answered', async () => {
    const call = phone.invite('911');
    const silent = await first.incomingCall();
    first.peer.ignores = ({ method }) => method === 'INVITE';
    const rung = await second.incomingCall();
    await second.answer(rung);
    call.learn(await phone.peer.skipTo(200));
    call.ack();
    first.reply(silent, '200 OK', { body: offerOf('one') });
    await first.peer.skipTo('ACK');
    first.reply(silent, '200 OK', { to: await first.peer.skipTo('BYE') });
    expect(harness.calls.list()).toHaveLength(1);
    call.request('BYE');
    second.reply(rung, '200 OK', { to: await second.peer.skipTo('BYE') });
    expect((await harness.closed()).trunk).toBe('second');
  });

  it('is tried once more by a trunk that was away, and not by one that refused', async () => {
    phone.invite('911');
    first.reply(await first.incomingCall(), '503 Service Unavailable');
    second.reply(await second.incomingCall(), '403 Forbidden');
    await first.peer.skipTo('ACK');
    const again = await first.incomingCall();
    first.reply(again, '503 Service Unavailable');
    await phone.peer.skipTo(403);
    expect(legs().map(({ trunk, sipStatus }) => [trunk, sipStatus])).toEqual([
      ['first', 503],
      ['second', 403],
      ['first', 503],
    ]);
  });

  it('waits for a trunk that said 100 until it rings', async () => {
    const call = phone.invite('911');
    const slow = await first.incomingCall();
    first.reply(slow, '100 Trying');
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect(second.peer.unread).toEqual([]);
    await first.answer(slow);
    call.learn(await phone.peer.skipTo(200));
    call.ack();
    call.request('BYE');
    first.reply(slow, '200 OK', { to: await first.peer.skipTo('BYE') });
    await harness.closed();
  });
});

describe('a usual call', () => {
  it('is not tried by another trunk after a refusal', async () => {
    phone.invite('4165550123');
    first.reply(await first.incomingCall(), '403 Forbidden');
    await phone.peer.skipTo(403);
    expect(second.peer.unread).toEqual([]);
  });
});
