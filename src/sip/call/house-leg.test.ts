import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attempt, HouseLeg } from '#calls/ports.ts';
import type { OngoingCall } from '#calls/ongoing-call.ts';
import type { Phrase } from '#calls/phrase.ts';
import { FakeVoice, voiceSdp } from '#testing/harness/fake-voice.ts';
import { offerOf, ScriptedPhone, SipHarness } from '#testing/harness/sip-harness.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';

const party = { deviceId: undefined, personId: undefined, number: '', name: 'Smoke alarm' };
const words: readonly Phrase[] = [{ kind: 'prompt', name: 'call-for-help' }];

let voice: FakeVoice;
let trunk: SipPeer;
let harness: SipHarness;
let a: ScriptedPhone;
let keys: string[];
let ends: string[];

beforeEach(async () => {
  [voice, keys, ends] = [new FakeVoice(), [], []];
  trunk = await SipPeer.udp({ address: '127.0.0.2' });
  const provider = { name: 'provider', host: '127.0.0.2', port: trunk.port, transport: 'udp', register: false } as const;
  harness = await SipHarness.start({ trunks: [{ ...provider, allow: [] }], voice, isLocalAddress: () => true });
  trunk.target = harness.target;
  a = await harness.phone('20');
});
afterEach(async () => {
  await harness[Symbol.asyncDispose]();
  await trunk[Symbol.asyncDispose]();
});

async function call(
  dialled: string,
  more: Partial<Extract<Attempt['caller'], { kind: 'house' }>> = {},
): Promise<{ leg: HouseLeg; placed: OngoingCall }> {
  const leg = await harness.sip.houseCaller.open();
  if (leg === undefined) throw new Error('No voice');
  leg.onAnswered = ({ play }) => play(words);
  leg.onKey = (key) => void keys.push(key);
  leg.onEnded = ({ disposition, reason }) => void ends.push(`${disposition} ${reason}`);
  const placed = harness.calls.place({ caller: { kind: 'house', party, ...more }, dialled, leg });
  leg.call = placed;
  return { leg, placed };
}

describe('a call of the house', () => {
  it('rings a phone, speaks when it is answered, hears keys, and has a record', async () => {
    await call('20', { shown: { number: '+14165550123', name: 'Grandma' } });
    const rung = await a.incomingCall();
    expect(rung.invite?.header('From')).toContain('"Grandma" <sip:+14165550123@');
    expect(rung.invite?.body).toBe(voiceSdp(40_002));
    await a.answer(rung);
    await harness.until(() => voice.endpoints[0]?.played.length === 1, 'the words');
    expect(voice.endpoints[0]?.played).toEqual([words]);
    rung.request('INFO', { body: '5', headers: ['Content-Type: application/dtmf'] });
    await a.peer.expect(200);
    voice.endpoints[0]?.key('1');
    expect(keys).toEqual(['5', '1']);
    await rung.bye();
    const record = await harness.closed();
    expect(record).toMatchObject({ direction: 'internal', caller: { name: 'Smoke alarm' }, callee: { number: '20' } });
    expect(record.verdict).toEqual({ disposition: 'answered', reason: 'callee-hung-up' });
    expect(ends).toEqual(['answered callee-hung-up']);
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    await harness.idle();
  });

  it('goes out by the trunk with the number of the house', async () => {
    await call('+14165550123');
    const far = new ScriptedPhone(harness, trunk, harness.device('far'));
    const rung = await far.incomingCall();
    await far.answer(rung);
    await harness.until(() => voice.endpoints[0]?.played.length === 1, 'the words');
    expect(harness.calls.list()[0]?.record).toMatchObject({ direction: 'outbound', trunk: 'provider' });
  });

  it.each([
    ['busy', '486 Busy Here', 'busy busy'],
    ['declined', '603 Decline', 'missed declined'],
  ])('that is %s ends once, with its verdict', async (_case, status, verdict) => {
    await call('20');
    a.reply(await a.incomingCall(), status);
    await harness.closed();
    expect(ends).toEqual([verdict]);
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    await harness.idle();
  });

  it.each([
    ['to a phone that is offline', '21', 'missed offline'],
    ['for help', '911', 'failed call-not-permitted'],
    ['to another country', '+445551234567', 'failed destination-not-allowed'],
    ['to no number', '99', 'failed unknown-number'],
  ])('%s rings nobody', async (_case, dialled, verdict) => {
    harness.device('21');
    await call(dialled);
    await harness.closed();
    expect(ends).toEqual([verdict]);
    expect(trunk.unread).toEqual([]);
    expect(voice.endpoints[0]?.isClosed).toBe(true);
  });

  it('is given up while it rings, or hung up, by the house', async () => {
    const { leg } = await call('20');
    const rung = await a.incomingCall();
    a.reply(rung, '180 Ringing');
    await harness.until(() => harness.calls.list()[0]?.record.ringingAt !== undefined, 'the ringing');
    leg.close();
    await a.peer.expect('CANCEL');
    a.reply(rung, '487 Request Terminated');
    expect((await harness.closed()).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
    await a.peer.skipTo('ACK');
    const { leg: second } = await call('20');
    await a.answer(await a.incomingCall());
    await harness.until(() => voice.endpoints[1]?.played.length === 1, 'the words');
    second.close();
    await a.peer.expect('BYE');
    expect((await harness.closed(1)).verdict).toEqual({ disposition: 'answered', reason: 'caller-hung-up' });
    expect(ends).toEqual(['cancelled caller-cancelled', 'answered caller-hung-up']);
    await harness.idle();
  });

  it('that is stopped through the API hangs up', async () => {
    const { placed } = await call('20');
    await a.answer(await a.incomingCall());
    await harness.until(() => voice.endpoints[0]?.played.length === 1, 'the words');
    harness.calls.hangUp(placed.record.id);
    await a.peer.expect('BYE');
    expect(ends).toEqual(['answered hung-up-by-house']);
    expect(harness.records()[0]?.verdict).toEqual({ disposition: 'answered', reason: 'hung-up-by-house' });
  });

  it('asks for a key where it is to, and is answered only then', async () => {
    const screen = { say: words, accept: ['1'], refuse: ['2'], seconds: 30 };
    const { placed } = await call('20', { screen });
    const rung = await a.incomingCall();
    await a.answer(rung);
    await harness.until(() => voice.endpoints[1]?.played.length === 1, 'the question');
    expect(placed.phase).toBe('ringing');
    voice.endpoints[1]?.key('1');
    const reInvite = await a.peer.expect('INVITE');
    expect(reInvite.body).toBe(voiceSdp(40_002));
    a.reply(rung, '200 OK', { to: reInvite, body: offerOf('20', 'sendrecv', 2) });
    await harness.until(() => voice.endpoints[0]?.played.length === 1, 'the words');
    expect(placed.phase).toBe('in_call');
  });

  it('whose key is refused counts as declined', async () => {
    const screen = { say: words, accept: ['1'], refuse: ['2'], seconds: 30 };
    await call('20', { screen });
    await a.answer(await a.incomingCall());
    await harness.until(() => voice.endpoints[1]?.played.length === 1, 'the question');
    voice.endpoints[1]?.key('2');
    await a.peer.expect('BYE');
    await harness.closed();
    expect(ends).toEqual(['missed declined']);
  });
});
