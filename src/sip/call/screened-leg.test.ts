import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceId } from '#base/ids.ts';
import type { RingGroup } from '#routing/ring-group.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeVoice, voiceSdp } from '#testing/harness/fake-voice.ts';
import { offerOf, ScriptedPhone, SipHarness } from '#testing/harness/sip-harness.ts';
import type { ScriptedCall } from '#testing/harness/sip-harness.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';

const group = (members: RingGroup['members']): RingGroup => ({
  id: 'group_1',
  name: 'Family',
  extension: '60',
  order: 'all',
  seconds: 20,
  createdAt: 0,
  members,
});
const mobile = { kind: 'number', number: '+14165550177' } as const;
const other = { kind: 'number', number: '+14165550178' } as const;

let clock: FakeClock;
let voice: FakeVoice;
let trunk: SipPeer;
let harness: SipHarness;
let a: ScriptedPhone;
/** Whoever answers beyond the trunk. */
let far: ScriptedPhone;
let atA: ScriptedCall;

async function open(members: RingGroup['members']): Promise<void> {
  const provider = { name: 'provider', host: '127.0.0.2', port: trunk.port, transport: 'udp', register: false } as const;
  harness = await SipHarness.start({ trunks: [{ ...provider, allow: [] }], groups: [group(members)], voice, clock });
  trunk.target = harness.target;
  a = await harness.phone('20');
  far = new ScriptedPhone(harness, trunk, harness.device('far'));
}

beforeEach(async () => {
  [clock, voice] = [new FakeClock(), new FakeVoice()];
  trunk = await SipPeer.udp({ address: '127.0.0.2' });
});
afterEach(async () => {
  let isStopped = false;
  const stopped = harness[Symbol.asyncDispose]().finally(() => {
    isStopped = true;
  });
  await harness.until(() => {
    clock.advance(100);
    return isStopped;
  }, 'the end of the harness');
  await stopped;
  await trunk[Symbol.asyncDispose]();
});

/** The mobile has answered, and is asked. */
async function asked(): Promise<ScriptedCall> {
  atA = a.invite('60');
  const rung = await far.incomingCall();
  await far.answer(rung, offerOf('mobile'));
  await a.peer.skipTo(180);
  await harness.until(() => voice.endpoints[0]?.played.length === 1, 'the question');
  return rung;
}

describe('a mobile to which a call of the house is forwarded', () => {
  it('is asked for a key and connected once it is pressed, while the caller hears that it rings', async () => {
    await open([mobile]);
    const rung = await asked();
    expect(rung.invite?.body).toBe(voiceSdp(40_002));
    expect(voice.endpoints[0]?.played[0]).toEqual([
      { kind: 'prompt', name: 'call-from' },
      { kind: 'number', digits: '20' },
      { kind: 'prompt', name: 'press-to-accept' },
    ]);
    voice.endpoints[0]?.key('7');
    expect(a.peer.unread).toEqual([]);
    expect(harness.calls.list()[0]?.phase).toBe('ringing');
    voice.endpoints[0]?.key('1');
    const reInvite = await trunk.expect('INVITE');
    expect(reInvite.body).toBe(offerOf('20'));
    far.reply(rung, '200 OK', { to: reInvite, body: offerOf('mobile', 'sendrecv', 2) });
    const answered = await a.peer.expect(200);
    expect(answered.body).toBe(offerOf('mobile', 'sendrecv', 2));
    atA.learn(answered);
    atA.ack();
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    await trunk.expect('ACK');
    await atA.bye();
    await trunk.expect('BYE');
    const record = await harness.closed();
    expect(record).toMatchObject({ trunk: 'provider', verdict: { disposition: 'answered', reason: 'caller-hung-up' } });
  });

  it('may press the key by SIP INFO, and hold and resume the question', async () => {
    await open([mobile]);
    const rung = await asked();
    rung.request('INVITE', { body: offerOf('mobile', 'sendonly', 2) });
    expect((await trunk.expect(200)).body).toBe(voiceSdp(40_002));
    rung.ack();
    rung.request('INFO', { body: 'Signal=1\r\nDuration=160\r\n', headers: ['Content-Type: application/dtmf-relay'] });
    await trunk.expect(200);
    await trunk.expect('INVITE');
  });

  it('whose mailbox answers does not get the call: the question is repeated, then it is hung up', async () => {
    await open([mobile]);
    await asked();
    voice.endpoints[0]?.finish();
    clock.advance(2_000);
    expect(voice.endpoints[0]?.played).toHaveLength(2);
    clock.advance(28_000);
    await trunk.expect('BYE');
    await a.peer.skipTo(480);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'missed', reason: 'no-answer' });
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    await harness.idle();
  });

  it('is not cut off by the ring time while it is asked', async () => {
    await open([mobile]);
    await asked();
    clock.advance(21_000);
    voice.endpoints[0]?.key('1');
    await trunk.expect('INVITE');
  });

  it('that hangs up without a key leaves the other phones ringing', async () => {
    await open([{ kind: 'device', id: 'dev_21' as DeviceId }, mobile]);
    const b = await harness.phone('21');
    const rung = await asked();
    rung.request('BYE');
    await trunk.expect(200);
    await b.answer(await b.incomingCall());
    await a.peer.skipTo(200);
    const legs = harness.store.legsOf(harness.records()[0]!.id);
    expect(legs.map(({ name, outcome }) => `${name} ${outcome}`)).toContain('+14165550177 no-answer');
  });

  it('is hung up when the caller gives up while it is asked', async () => {
    await open([mobile]);
    const rung = await asked();
    a.cancel(atA, '60');
    await a.peer.skipTo(487);
    far.reply(rung, '200 OK', { to: await trunk.expect('BYE') });
    expect((await harness.closed()).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
    await harness.idle();
  });

  it('that refuses the call to the caller after it pressed the key leaves nobody connected', async () => {
    await open([mobile]);
    const rung = await asked();
    voice.endpoints[0]?.key('1');
    far.reply(rung, '488 Not Acceptable Here', { to: await trunk.expect('INVITE') });
    await trunk.skipTo('BYE');
    await a.peer.skipTo(488);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'media-refused' });
    await harness.idle();
  });

  it('is not called where the house has no free port to ask', async () => {
    await open([mobile]);
    voice.hasPorts = false;
    a.invite('60');
    await a.peer.skipTo(503);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'no-media' });
    expect(trunk.unread).toEqual([]);
    await harness.idle();
  });
});

describe('two mobiles that have both answered', () => {
  it('get one call: who presses the key first has it, the other is told that it was taken', async () => {
    await open([mobile, other]);
    atA = a.invite('60');
    const [one, two] = [await far.incomingCall(), await far.incomingCall()];
    await far.answer(one);
    await far.answer(two);
    await harness.until(() => voice.endpoints.every(({ played }) => played.length === 1), 'both questions');
    voice.endpoints[1]?.key('1');
    voice.endpoints[0]?.key('1');
    const bye = await trunk.skipTo('BYE');
    expect(bye.header('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
    expect(bye.header('Call-ID')).toBe(one.callId);
    far.reply(one, '200 OK', { to: bye });
    const reInvite = await trunk.skipTo('INVITE');
    expect(reInvite.header('Call-ID')).toBe(two.callId);
    far.reply(two, '200 OK', { to: reInvite, body: offerOf('two', 'sendrecv', 2) });
    expect((await a.peer.skipTo(200)).body).toBe(offerOf('two', 'sendrecv', 2));
  });
});
