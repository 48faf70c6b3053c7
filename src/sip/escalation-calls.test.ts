import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '#base/log.ts';
import type { DeviceId } from '#base/ids.ts';
import type { EscalationLeg } from '#calls/escalation.ts';
import type { EscalationCall } from '#calls/escalation-port.ts';
import { HouseEscalationCaller } from '#calls/house-escalation-caller.ts';
import { FakeVoice } from '#testing/harness/fake-voice.ts';
import { offerOf, ScriptedPhone, SipHarness } from '#testing/harness/sip-harness.ts';
import { SipPeer } from '#testing/peers/sip-peer.ts';

// The calls that an alarm makes, on the wire.
let voice: FakeVoice;
let trunk: SipPeer;
let harness: SipHarness;
let a: ScriptedPhone;
let heard: string[];

beforeEach(async () => {
  [voice, heard] = [new FakeVoice(), []];
  trunk = await SipPeer.udp({ address: '127.0.0.2' });
  const provider = { name: 'provider', host: '127.0.0.2', port: trunk.port, transport: 'udp', register: false } as const;
  harness = await SipHarness.start({
    trunks: [{ ...provider, allow: [] }],
    voice,
    ringSeconds: 30,
    isLocalAddress: () => true,
  });
  trunk.target = harness.target;
  a = await harness.phone('20');
});
afterEach(async () => {
  await harness[Symbol.asyncDispose]();
  await trunk[Symbol.asyncDispose]();
});

function call(to: { readonly deviceId?: DeviceId; readonly number?: string }): EscalationCall {
  const caller = new HouseEscalationCaller({
    log: createLog({ level: 'silent' }),
    house: harness.sip.houseCaller,
    calls: harness.calls,
    devices: { byId: (id) => harness.devices.find((device) => device.id === id) },
  });
  const times = { startedAt: 0, ringingAt: undefined, answeredAt: undefined, pressedAt: undefined, endedAt: undefined };
  const callee = { name: 'Anna', personId: undefined, deviceId: undefined, number: undefined, ...to };
  const leg: EscalationLeg = { id: 'escleg_1', round: 1, step: 0, outcome: undefined, ...times, ...callee };
  return caller.call(leg, 'Smoke', {
    ringing: () => void (heard.includes('ringing') || heard.push('ringing')),
    answered: () => void heard.push('answered'),
    key: (key) => void heard.push(`key ${key}`),
    ended: (outcome) => void heard.push(outcome),
  });
}

const heardAll = async (...what: readonly string[]): Promise<void> => {
  await vi.waitFor(() => expect(heard).toEqual(what), { timeout: 10_000, interval: 5 });
};

describe('a call of an alarm', () => {
  it('rings, is answered, speaks, hears the key, and ends', async () => {
    const placed = call({ deviceId: a.device.id });
    const rung = await a.incomingCall();
    a.reply(rung, '180 Ringing');
    await heardAll('ringing');
    await a.answer(rung);
    await heardAll('ringing', 'answered');
    placed.play([{ kind: 'prompt', name: 'call-for-help' }]);
    expect(voice.endpoints[0]?.played).toEqual([[{ kind: 'prompt', name: 'call-for-help' }]]);
    rung.request('INFO', { body: '1', headers: ['Content-Type: application/dtmf'] });
    await a.peer.expect(200);
    await heardAll('ringing', 'answered', 'key 1');
    placed.hangUp('stopped');
    await a.peer.expect('BYE');
    await harness.until(() => voice.endpoints[0]?.isClosed === true, 'the end of the voice');
  });

  it('that somebody else has taken is not shown as missed: the CANCEL says so', async () => {
    const placed = call({ deviceId: a.device.id });
    const rung = await a.incomingCall();
    a.reply(rung, '180 Ringing');
    await heardAll('ringing');
    placed.hangUp('elsewhere');
    const cancel = await a.peer.expect('CANCEL');
    expect(cancel.header('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
    a.reply(rung, '487 Request Terminated');
    await harness.closed();
    expect(heard.slice(1)).toEqual(['cancelled']);
  });

  it.each([
    ['486 Busy Here', 'busy'],
    ['603 Decline', 'declined'],
    ['480 Temporarily Unavailable', 'offline'],
  ])('whose phone says %s is over as %s', async (status, outcome) => {
    call({ deviceId: a.device.id });
    a.reply(await a.incomingCall(), status);
    await heardAll(outcome);
  });

  it.each([
    ['a phone that is not registered', { deviceId: 'dev_21' }, 'offline'],
    ['a phone that was deleted', { deviceId: 'dev_gone' }, 'offline'],
    ['a country that is not allowed', { number: '+445551234567' }, 'not-allowed'],
  ] as const)('to %s rings nobody, and says %s', async (_what, to, outcome) => {
    harness.device('21');
    call(to);
    await heardAll(outcome);
    expect(trunk.unread).toEqual([]);
  });

  it('without a free port for the voice is over at once', async () => {
    voice.hasPorts = false;
    call({ deviceId: a.device.id });
    await heardAll('failed');
    expect(a.peer.unread).toEqual([]);
  });

  it('that is given up before it rings is never made', async () => {
    call({ deviceId: a.device.id }).hangUp('elsewhere');
    await heardAll('cancelled');
    await harness.until(() => voice.endpoints[0]?.isClosed === true, 'the end of the voice');
    expect(a.peer.unread).toEqual([]);
  });

  it('counts against the outbound call limits, and takes no line from a call for help', async () => {
    const far = new ScriptedPhone(harness, trunk, harness.device('far'));
    for (let index = 0; index < 5; index += 1) {
      call({ number: `+1416555012${index}` });
      await far.answer(await far.incomingCall());
    }
    const answers = Array.from({ length: 5 }, () => 'answered');
    await heardAll('ringing', ...answers);
    call({ number: '+14165550129' });
    await heardAll('ringing', ...answers, 'not-allowed');
    a.invite('911', { body: offerOf('20') });
    expect((await trunk.expect('INVITE')).text).toContain('sip:911@');
  });
});
