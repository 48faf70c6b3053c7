import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OurNumber } from '#numbers/number.ts';
import type { FactSources } from '#calls/gather-facts.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeMediaRelay } from '#testing/harness/fake-media-relay.ts';
import { FakeVoice, voiceSdp } from '#testing/harness/fake-voice.ts';
import { defaultSettings } from '#testing/harness/routing-harness.ts';
import { offerOf, ScriptedPhone, SipHarness } from '#testing/harness/sip-harness.ts';
import type { ScriptedCall, SipHarnessOptions } from '#testing/harness/sip-harness.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';

const number: OurNumber = {
  id: 'num_1',
  number: '+14165550100',
  name: 'Home',
  ownerPersonId: 'person_1',
  voiceEnabled: true,
  createdAt: 0,
};
const abroad = '011371 6700 0000';
const dialledAbroad = abroad.replaceAll(' ', '');
const prompt = (name: string) => ({ kind: 'prompt', name });

let clock: FakeClock;
let voice: FakeVoice;
let trunk: SipPeer;
let harness: SipHarness;
let phone: ScriptedPhone;
/** Whoever calls or answers beyond the trunk. */
let far: ScriptedPhone;

type Opened = SipHarnessOptions & { readonly failsOver?: boolean };

async function open({ failsOver = false, ...options }: Opened = {}): Promise<void> {
  const provider = { name: 'provider', host: '127.0.0.2', port: trunk.port, transport: 'udp', register: false } as const;
  harness = await SipHarness.start({
    trunks: [{ ...provider, allow: ['127.0.0.2/32'], failsOver }],
    numbers: [number],
    isLocalAddress: () => true,
    voice,
    clock,
    ...options,
  });
  trunk.target = harness.target;
  phone = await harness.phone('20', { personId: 'person_1' });
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

const said = (index = 0) => voice.endpoints[index]?.played ?? [];

async function hears(count: number, index = 0): Promise<void> {
  await harness.until(() => said(index).length === count, `${count} times the voice of the house`);
}

describe('a phone whose call outside is refused', () => {
  it('hears why before the final response, and nobody answers', async () => {
    await open();
    phone.invite(dialledAbroad);
    const early = await phone.peer.expect(183);
    expect(early.body).toBe(voiceSdp(40_002));
    expect(voice.endpoints[0]?.descriptions).toEqual([offerOf('20')]);
    await hears(1);
    expect(said()[0]).toEqual([prompt('not-permitted')]);
    expect(harness.records()[0]?.verdict).toBeUndefined();
    voice.endpoints[0]?.finish();
    await phone.peer.skipTo(403);
    expect(await harness.closed()).toMatchObject({
      verdict: { disposition: 'failed', reason: 'destination-not-allowed' },
      ringingAt: undefined,
      answeredAt: undefined,
    });
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    expect(trunk.unread).toEqual([]);
    await harness.idle();
  });

  it('may hang up before it has heard all, and the record still says why', async () => {
    await open();
    const call = phone.invite(dialledAbroad);
    await phone.peer.expect(183);
    phone.cancel(call, dialledAbroad);
    await phone.peer.skipTo(487);
    expect((await harness.closed()).verdict?.reason).toBe('destination-not-allowed');
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    await harness.idle();
  });

  it('gets its final response although it holds the call and hears nothing', async () => {
    await open();
    phone.invite(dialledAbroad);
    await phone.peer.expect(183);
    clock.advance(30_000);
    await phone.peer.skipTo(403);
  });

  it.each([
    ['without a session description', { body: '' }, () => {}],
    [
      'where no port is free',
      {},
      () => {
        voice.hasPorts = false;
      },
    ],
  ])('gets the status alone %s', async (_case, given, prepare) => {
    await open();
    prepare();
    phone.invite(dialledAbroad, given);
    await phone.peer.expect(403);
    expect((await harness.closed()).verdict?.reason).toBe('destination-not-allowed');
    await harness.idle();
  });

  const secure = offerOf('20').replace('RTP/AVP', 'RTP/SAVP');

  it('hears it through the media relay where it insists on SRTP', async () => {
    const media = new FakeMediaRelay();
    await open({ media });
    phone.invite(dialledAbroad, { body: secure });
    await phone.peer.expect(183);
    expect(media.commands).toEqual(['1 offer caller', '1 answer']);
    voice.endpoints[0]?.finish();
    await phone.peer.skipTo(403);
    expect(media.open.size).toBe(0);
  });

  it('hears nothing where it insists on SRTP and there is no relay', async () => {
    await open();
    phone.invite(dialledAbroad, { body: secure });
    await phone.peer.expect(403);
    expect(voice.endpoints[0]?.isClosed).toBe(true);
  });

  it('hears it in one call at a time', async () => {
    await open();
    phone.invite(dialledAbroad);
    await phone.peer.expect(183);
    phone.invite(dialledAbroad);
    await phone.peer.expect(403);
    expect(voice.endpoints).toHaveLength(1);
  });

  it('hears that there is no line where its trunk cannot be reached', async () => {
    await open();
    phone.invite('4165550123');
    const invite = await far.incomingCall();
    far.reply(invite, '503 Service Unavailable');
    await trunk.expect('ACK');
    await phone.peer.expect(183);
    await hears(1);
    expect(said()[0]).toEqual([prompt('no-line')]);
    voice.endpoints[0]?.finish();
    await phone.peer.skipTo(503);
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'unreachable' });
  });

  it('hears no second session description after the early media of the trunk', async () => {
    await open();
    phone.invite('4165550123');
    const invite = await far.incomingCall();
    far.reply(invite, '183 Session Progress', { body: offerOf('far') });
    expect((await phone.peer.expect(183)).body).toBe(offerOf('far'));
    far.reply(invite, '503 Service Unavailable');
    await phone.peer.skipTo(503);
  });

  it('hears nothing in an emergency call', async () => {
    await open({ trunks: [] });
    phone.invite('911');
    await phone.peer.expect(503);
    expect(voice.endpoints).toEqual([]);
  });
});

const announcement = { kind: 'text', text: 'We are on holiday', language: 'en-CA' } as const;
const playing: Partial<FactSources> = {
  routesOf: () => [
    {
      id: 'route_1',
      name: 'Holiday',
      isEnabled: true,
      numberId: 'num_1',
      conditions: { times: [], callers: [], states: [] },
      action: { kind: 'play', text: announcement.text, language: announcement.language },
      createdAt: 0,
    },
  ],
};

describe('an announcement of a routing rule', () => {
  it.each([
    ['from outside', () => far.invite('+14165550100', { isAuthenticated: false, from: '+14165550199' }), () => trunk],
    ['from a phone of the house', () => phone.invite('4165550100'), () => phone.peer],
  ])('is heard by a caller %s, then the call is over', async (_case, invite, peerOf) => {
    await open({ routing: playing });
    const call = invite();
    const peer = peerOf();
    const answered = await peer.expect(200);
    expect(answered.body).toBe(voiceSdp(40_002));
    call.learn(answered);
    call.ack();
    await hears(1);
    expect(said()[0]).toEqual([announcement]);
    voice.endpoints[0]?.finish();
    await peer.expect('BYE');
    expect(await harness.closed()).toMatchObject({
      verdict: { disposition: 'missed', reason: 'announcement' },
      answeredAt: undefined,
    });
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    await harness.idle();
  });

  it('goes on while the caller holds, and ends when they hang up', async () => {
    await open({ routing: playing });
    const call = phone.invite('4165550100');
    call.learn(await phone.peer.expect(200));
    call.ack();
    call.request('INVITE', { body: offerOf('20', 'sendonly', 2) });
    expect((await phone.peer.expect(200)).body).toBe(voiceSdp(40_002));
    call.ack();
    await call.bye();
    expect((await harness.closed()).verdict).toEqual({ disposition: 'missed', reason: 'announcement' });
    await harness.idle();
  });

  it('that nobody can hear leaves the caller with a status', async () => {
    await open({ routing: playing });
    voice.hasPorts = false;
    phone.invite('4165550100');
    await phone.peer.expect(480);
  });
});

const challenging: Partial<FactSources> = { settings: () => ({ ...defaultSettings, challenge: { digit: '4' } }) };
const question = [prompt('press-key'), { kind: 'number', digits: '4' }];

describe('an unknown caller who is asked for a key', () => {
  let call: ScriptedCall;

  async function asked(options: Opened & { readonly body?: string } = {}): Promise<void> {
    const { body = offerOf('far'), ...rest } = options;
    await open({ routing: challenging, ...rest });
    call = far.invite('+14165550100', { isAuthenticated: false, from: '+14165550199', body });
    call.learn(await trunk.expect(200));
    call.ack(body === '' ? offerOf('far') : '');
    await hears(1);
  }

  /** The phone of the house rings and answers; the caller is told to talk to it. */
  async function connected(): Promise<ScriptedCall> {
    const rung = await phone.incomingCall();
    expect(rung.invite?.body).toBe('');
    phone.reply(rung, '180 Ringing');
    expect(said().slice(1)).toEqual([[prompt('one-moment'), { kind: 'tone', tone: 'ringback' }]]);
    phone.reply(rung, '200 OK', { body: offerOf('20') });
    const reInvite = await trunk.expect('INVITE');
    expect(reInvite.body).toBe(offerOf('20'));
    expect(voice.endpoints[0]?.isClosed).toBe(false);
    far.reply(call, '200 OK', { to: reInvite, body: offerOf('far', 'sendrecv', 2) });
    await trunk.expect('ACK');
    expect((await phone.peer.expect('ACK')).body).toBe(offerOf('far', 'sendrecv', 2));
    return rung;
  }

  it('rings the house with the right key, and talks to whoever answers', async () => {
    await asked();
    expect(said()[0]).toEqual(question);
    expect(phone.peer.unread).toEqual([]);
    voice.endpoints[0]?.key('4');
    await connected();
    expect(voice.endpoints[0]?.isClosed).toBe(true);
    await call.bye();
    await phone.peer.expect('BYE');
    const record = await harness.closed();
    expect(record).toMatchObject({
      verdict: { disposition: 'answered', reason: 'caller-hung-up' },
      callee: { deviceId: 'dev_20' },
    });
    expect(record.reasons.map(({ code }) => code)).toContain('challenge');
    expect(harness.records()).toHaveLength(1);
    await harness.idle();
  });

  it('may press it by SIP INFO, after an INVITE without an offer', async () => {
    await asked({ body: '' });
    await harness.until(() => voice.endpoints[0]?.descriptions.includes(offerOf('far')) === true, 'the answer in the ACK');
    call.request('INFO', { body: 'Signal=4\r\nDuration=160\r\n', headers: ['Content-Type: application/dtmf-relay'] });
    await trunk.expect(200);
    await connected();
  });

  it('is told of a wrong key, and is blocked after the second', async () => {
    await asked();
    voice.endpoints[0]?.key('1');
    expect(said()[1]).toEqual([prompt('wrong-key'), ...question]);
    voice.endpoints[0]?.key('#');
    await trunk.expect('BYE');
    const record = await harness.closed();
    expect(record).toMatchObject({ verdict: { disposition: 'blocked', reason: 'challenge' }, answeredAt: undefined });
    expect(phone.peer.unread).toEqual([]);
    await harness.idle();
  });

  it('is asked again when they press nothing, and is then blocked', async () => {
    await asked();
    voice.endpoints[0]?.finish();
    clock.advance(8_000);
    expect(said()).toEqual([question, question]);
    voice.endpoints[0]?.finish();
    clock.advance(8_000);
    await trunk.expect('BYE');
    expect((await harness.closed()).verdict).toEqual({ disposition: 'blocked', reason: 'challenge' });
  });

  it('who hangs up instead is blocked, and nothing has rung', async () => {
    await asked();
    await call.bye();
    expect((await harness.closed()).verdict).toEqual({ disposition: 'blocked', reason: 'challenge' });
    expect(phone.peer.unread).toEqual([]);
    await harness.idle();
  });

  it('who hangs up while the house rings is a caller who gave up', async () => {
    await asked();
    voice.endpoints[0]?.key('4');
    const rung = await phone.incomingCall();
    phone.reply(rung, '180 Ringing');
    await call.bye();
    await phone.peer.expect('CANCEL');
    phone.reply(rung, '487 Request Terminated');
    expect((await harness.closed()).verdict).toEqual({ disposition: 'cancelled', reason: 'caller-cancelled' });
    await harness.idle();
  });

  it('hears that the call cannot be taken where nobody answers', async () => {
    await asked();
    voice.endpoints[0]?.key('4');
    const rung = await phone.incomingCall();
    phone.reply(rung, '486 Busy Here');
    await phone.peer.expect('ACK');
    await hears(3);
    expect(said()[2]).toEqual([prompt('cannot-be-taken')]);
    voice.endpoints[0]?.finish();
    await trunk.expect('BYE');
    expect((await harness.closed()).verdict).toEqual({ disposition: 'busy', reason: 'busy' });
    await harness.idle();
  });

  it('whose media the phone does not share is not left in silence', async () => {
    await asked();
    voice.endpoints[0]?.key('4');
    const rung = await phone.incomingCall();
    phone.reply(rung, '200 OK', { body: offerOf('20') });
    far.reply(call, '488 Not Acceptable Here', { to: await trunk.expect('INVITE') });
    await phone.peer.skipTo('BYE');
    await trunk.skipTo('BYE');
    expect((await harness.closed()).verdict).toEqual({ disposition: 'failed', reason: 'media-refused' });
    await harness.idle();
  });

  it('is put through without a question where the house has no free port', async () => {
    voice.hasPorts = false;
    await open({ routing: challenging });
    far.invite('+14165550100', { isAuthenticated: false, from: '+14165550199' });
    const rung = await phone.incomingCall();
    expect(rung.invite?.body).toBe(offerOf('far'));
    phone.reply(rung, '486 Busy Here');
    // Nobody answers the call for a goodbye.
    voice.hasPorts = true;
    await trunk.skipTo(486);
    expect(voice.endpoints).toEqual([]);
  });

  it('is put through without a question where our answer would take a voicemail of the network from them', async () => {
    await open({ routing: challenging, failsOver: true });
    far.invite('+14165550100', { isAuthenticated: false, from: '+14165550199' });
    await phone.incomingCall();
    expect(voice.endpoints).toEqual([]);
    expect(harness.records()[0]?.reasons.map(({ code }) => code)).toContain('challenge-impossible');
  });
});
