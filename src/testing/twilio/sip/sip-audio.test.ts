import { expect, onTestFinished, test } from 'vitest';
import { Baresip } from '#testing/peers/baresip.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';
import { call, domain, startSipSideHarness, ourNumber } from './sip-side-harness.ts';
import type { SipSideHarnessOptions } from './sip-side-harness.ts';
import type { InboundInvite } from '#testing/twilio/base/voice-side.ts';

const phoneTone = 440;
const worldTone = 700;

async function registeredPhone(options: SipSideHarnessOptions = {}, transport: 'udp' | 'tcp' = 'udp') {
  const harness = await startSipSideHarness(options);
  const { address, port } = harness.side;
  onTestFinished(() => harness[Symbol.asyncDispose]());
  const phone = await Baresip.start({
    address: '127.0.0.1',
    username: 'pbx',
    password: 'a-Secret-42',
    registrar: domain,
    outbound: `sip:${address}:${port};transport=${transport}`,
    transport,
    toneHz: phoneTone,
    answer: 'auto',
  });
  onTestFinished(() => phone[Symbol.asyncDispose]());
  // The phone may have registered before anybody could listen to its events.
  await harness.side.trace.waitFor('out', 200);
  return { harness, phone };
}

test.each(['udp', 'tcp'] as const)('a person of the world and a real phone hear each other (%s)', async (transport) => {
  const { harness, phone } = await registeredPhone({}, transport);
  const placed = call(harness.side.placeCall);
  await placed.answered;
  const person = harness.side.pstnLeg({ speak: { kind: 'tone', frequency: worldTone } });
  const bridge = harness.side.bridge(person, placed.leg);
  const recorded = await person.record({ maxSeconds: 2, track: 'dual' }).done;
  bridge.undo();
  placed.leg.hangup();
  person.remoteParty.hangup();
  await phone.waitForEvent('CALL_CLOSED');
  expect(recorded).toMatchObject({ endedBy: 'length', durationMs: 2000, isSilent: false });
  expect(energyAt(readWav(recorded.wav), worldTone)).toBeGreaterThan(0.9);
  expect(energyAt({ sampleRate: 8000, samples: person.remoteParty.heard() }, phoneTone)).toBeGreaterThan(0.9);
  expect(await phone.heard(worldTone)).toBeGreaterThan(0.9);
  expect(harness.side.media.at(-1)?.received).toBeGreaterThan(50);
  expect(harness.side.media.at(-1)?.lost).toBe(0);
});

test('the phone dials out, is played to, and hangs up', async () => {
  const { harness, phone } = await registeredPhone();
  const incoming = Promise.withResolvers<InboundInvite>();
  harness.side.onIncoming(incoming.resolve);
  phone.dial('sip:+15555550123@home.sip.twilio.com');
  const taken = await incoming.promise;
  expect(taken).toMatchObject({ kind: 'domain', username: 'pbx' });
  taken.ring({ kind: 'tone', frequency: 425 });
  await taken.answer();
  const recorded = await taken.leg.record({ maxSeconds: 1 }).done;
  expect(energyAt(readWav(recorded.wav), phoneTone)).toBeGreaterThan(0.9);
  phone.hangup();
  expect(await taken.leg.ended).toMatchObject({ by: 'far', wasAnswered: true });
  expect(await phone.heard(425)).toBeGreaterThan(0.5);
});

test('digits reach the phone side by RFC 4733', async () => {
  const { harness, phone } = await registeredPhone();
  const placed = call(harness.side.placeCall, { headers: { 'X-Did': ourNumber } });
  await placed.answered;
  const digits: string[] = [];
  const got = Promise.withResolvers<void>();
  placed.leg.onDigit((digit) => {
    digits.push(digit);
    if (digits.length === 2) got.resolve();
  });
  phone.command('sndcode', '5');
  phone.command('sndcode', '#');
  await got.promise;
  expect(digits).toEqual(['5', '#']);
  await placed.leg.sendDigits('7');
  await phone.waitForEvent('CALL_DTMF_START');
  placed.leg.hangup();
});

test('one-way sound: the phone is heard and hears nothing', async () => {
  const harness = await registeredPhone();
  harness.harness.faults.push('rtp.one-way');
  const placed = call(harness.harness.side.placeCall);
  await placed.answered;
  placed.leg.play({ kind: 'tone', frequency: worldTone });
  const recorded = await placed.leg.record({ maxSeconds: 1 }).done;
  placed.leg.hangup();
  await harness.phone.waitForEvent('CALL_CLOSED');
  expect(energyAt(readWav(recorded.wav), phoneTone)).toBeGreaterThan(0.9);
  expect(await harness.phone.heard(worldTone)).toBeLessThan(0.1);
});
