import { expect, onTestFinished, test } from 'vitest';
import { Baresip } from '#testing/peers/baresip.ts';
import { energyAt, readWav } from '#testing/peers/wav.ts';
import { call, domain, openDesk, ourNumber } from './sip-test-desk.ts';
import type { DeskOptions } from './sip-test-desk.ts';
import type { IncomingCall } from '#testing/twilio/base/voice-side.ts';

const phoneTone = 440;
const worldTone = 700;

async function registeredPhone(options: DeskOptions = {}, transport: 'udp' | 'tcp' = 'udp') {
  const desk = await openDesk(options);
  const { address, port } = desk.side;
  onTestFinished(() => desk[Symbol.asyncDispose]());
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
  await desk.side.trace.waitFor('out', 200);
  return { desk, phone };
}

test.each(['udp', 'tcp'] as const)('a person of the world and a real phone hear each other (%s)', async (transport) => {
  const { desk, phone } = await registeredPhone({}, transport);
  const told = call(desk.side.placeCall);
  await told.answered;
  const person = desk.side.pstnLeg({ speak: { kind: 'tone', frequency: worldTone } });
  const bridge = desk.side.bridge(person, told.leg);
  const recorded = await person.record({ maxSeconds: 2, track: 'dual' }).done;
  bridge.undo();
  told.leg.hangup();
  person.person.hangup();
  await phone.happened('CALL_CLOSED');
  expect(recorded).toMatchObject({ endedBy: 'length', durationMs: 2000, isSilent: false });
  expect(energyAt(readWav(recorded.wav), worldTone)).toBeGreaterThan(0.9);
  expect(energyAt({ sampleRate: 8000, samples: person.person.heard() }, phoneTone)).toBeGreaterThan(0.9);
  expect(await phone.heard(worldTone)).toBeGreaterThan(0.9);
  expect(desk.side.media.at(-1)?.received).toBeGreaterThan(50);
  expect(desk.side.media.at(-1)?.lost).toBe(0);
});

test('the phone dials out, is played to, and hangs up', async () => {
  const { desk, phone } = await registeredPhone();
  const incoming = Promise.withResolvers<IncomingCall>();
  desk.side.onIncoming(incoming.resolve);
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
  const { desk, phone } = await registeredPhone();
  const told = call(desk.side.placeCall, { headers: { 'X-Did': ourNumber } });
  await told.answered;
  const digits: string[] = [];
  const got = Promise.withResolvers<void>();
  told.leg.onDigit((digit) => {
    digits.push(digit);
    if (digits.length === 2) got.resolve();
  });
  phone.command('sndcode', '5');
  phone.command('sndcode', '#');
  await got.promise;
  expect(digits).toEqual(['5', '#']);
  await told.leg.sendDigits('7');
  await phone.happened('CALL_DTMF_START');
  told.leg.hangup();
});

test('one-way sound: the phone is heard and hears nothing', async () => {
  const desk = await registeredPhone();
  desk.desk.faults.push('rtp.one-way');
  const told = call(desk.desk.side.placeCall);
  await told.answered;
  told.leg.play({ kind: 'tone', frequency: worldTone });
  const recorded = await told.leg.record({ maxSeconds: 1 }).done;
  told.leg.hangup();
  await desk.phone.happened('CALL_CLOSED');
  expect(energyAt(readWav(recorded.wav), phoneTone)).toBeGreaterThan(0.9);
  expect(await desk.phone.heard(worldTone)).toBeLessThan(0.1);
});
