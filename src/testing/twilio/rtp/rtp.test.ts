import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { energyAt, readWav } from '#testing/base/wav.ts';
import { RtpEndpoint } from './rtp-endpoint.ts';
import type { RtpOptions } from './rtp-endpoint.ts';
import type { Law } from '#media/g711.ts';
import { openPstnLeg, audioOf } from './rtp-pstn-leg.ts';
import { AudioMixer } from './rtp-audio-mixer.ts';

const keys = ['MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw', 'MDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg3NjU0MzIx'] as const;

type Side = Partial<RtpOptions> & { readonly law?: Law; readonly isSecure?: boolean; readonly hiddenPort?: boolean };

async function pair(one: Side = {}, two: Side = {}) {
  const mixer = new AudioMixer(systemClock);
  const open = (side: Side) => RtpEndpoint.open({ address: '127.0.0.1', latches: false, ...side });
  const ends = [await open(one), await open(two)] as const;
  const legs = [mixer.open(), mixer.open()] as const;
  onTestFinished(() => {
    mixer.stop();
    for (const end of ends) end.close();
  });
  for (const index of [0, 1] as const) {
    const other = index === 0 ? 1 : 0;
    const side = [one, two][index]!;
    const port = side.hiddenPort === true ? 9 : ends[other].port;
    legs[index].line = ends[index];
    ends[index].onDigit = (digit) => legs[index].digit(digit);
    ends[index].use({
      law: side.law ?? 'PCMU',
      eventType: 101,
      remote: { address: '127.0.0.1', port },
      sends: true,
      receives: true,
      ...(side.isSecure === true ? { keys: { ours: keys[index], theirs: keys[other] } } : {}),
    });
  }
  return { steps: mixer, ends, legs };
}

const heardBy = async (
  leg: { record: (request: { maxSeconds: number }) => { done: Promise<{ wav: Buffer }> } },
  maxSeconds = 1,
) => readWav((await leg.record({ maxSeconds }).done).wav);

test.each([
  ['PCMU', {}],
  ['PCMA', {}],
  ['PCMU', { isSecure: true }],
] as const)('a tone is heard at the other end (%s, %o)', async (law, side) => {
  const { legs, ends } = await pair({ law, ...side }, { law, ...side });
  legs[0].play({ kind: 'tone', frequency: 440 });
  const heard = await heardBy(legs[1]);
  expect(heard.samples.length).toBe(8000);
  expect(energyAt(heard, 440)).toBeGreaterThan(0.9);
  expect(energyAt(heard, 1000)).toBeLessThan(0.05);
  expect(ends[1].measure).toMatchObject({ duplicated: 0, refused: 0 });
  expect(ends[1].measure.received).toBeGreaterThan(20);
});

test('a mute end is not heard, but hears', async () => {
  const { legs } = await pair({ isMute: true });
  legs[0].play({ kind: 'tone', frequency: 440 });
  legs[1].play({ kind: 'tone', frequency: 700 });
  const [one, two] = await Promise.all(legs.map((leg) => heardBy(leg)));
  expect(energyAt(two!, 440)).toBe(0);
  expect(energyAt(one!, 700)).toBeGreaterThan(0.9);
});

test('a latching end finds the other that the SDP hid', async () => {
  const { legs } = await pair({ latches: true, hiddenPort: true });
  legs[0].play({ kind: 'tone', frequency: 440 });
  expect(energyAt(await heardBy(legs[1]), 440)).toBeGreaterThan(0.9);
});

test('digits cross, each once, in order', async () => {
  const { legs } = await pair();
  const { promise, resolve } = Promise.withResolvers<string>();
  let digits = '';
  legs[1].onDigit((digit) => {
    digits += digit;
    if (digits.length === 4) resolve(digits);
  });
  await legs[0].sendDigits('1#11');
  expect(await promise).toBe('1#11');
});

test('a recording ends by length, by silence, by a key, by stop and by hang-up', async () => {
  const mixer = new AudioMixer(systemClock);
  onTestFinished(() => mixer.stop());
  const person = openPstnLeg(mixer, { speak: { kind: 'tone', frequency: 500, seconds: 0.3 } });
  const untilSilence = await person.record({ maxSeconds: 10, stopSilenceSeconds: 0.2 }).done;
  expect(untilSilence).toMatchObject({ endedBy: 'silence', isSilent: false });
  expect(untilSilence.durationMs).toBeGreaterThanOrEqual(480);
  expect(untilSilence.durationMs).toBeLessThan(600);
  expect(energyAt(readWav(untilSilence.wav), 500)).toBeGreaterThan(0.9);
  expect(await person.record({ maxSeconds: 0.1 }).done).toMatchObject({ endedBy: 'length', isSilent: true, durationMs: 100 });
  const keyed = person.record({ maxSeconds: 10, finishOnKey: '#' });
  person.remoteParty.press('5#');
  expect(await keyed.done).toMatchObject({ endedBy: 'key', key: '#' });
  const stopped = person.record({ maxSeconds: 10 });
  stopped.stop();
  expect(await stopped.done).toMatchObject({ endedBy: 'stopped' });
  const cut = person.record({ maxSeconds: 10 });
  person.remoteParty.hangup();
  expect(await cut.done).toMatchObject({ endedBy: 'hangup' });
  expect(await person.ended).toMatchObject({ by: 'far' });
});

test('two people who are bridged hear each other, and a recording takes both', async () => {
  const mixer = new AudioMixer(systemClock);
  onTestFinished(() => mixer.stop());
  const ada = openPstnLeg(mixer, { speak: { kind: 'tone', frequency: 500 } });
  const ben = openPstnLeg(mixer, { speak: { kind: 'tone', frequency: 800 } });
  const undo = audioOf.get(ada)!.bridge(audioOf.get(ben)!);
  const [both, dual] = await Promise.all([
    ada.record({ maxSeconds: 0.5, track: 'both' }).done,
    ada.record({ maxSeconds: 0.5, track: 'dual' }).done,
  ]);
  undo();
  expect(energyAt(readWav(both.wav), 500)).toBeGreaterThan(0.4);
  expect(energyAt(readWav(both.wav), 800)).toBeGreaterThan(0.4);
  expect(energyAt(readWav(dual.wav), 500)).toBeGreaterThan(0.9);
  expect(energyAt({ sampleRate: 8000, samples: ben.remoteParty.heard() }, 500)).toBeGreaterThan(0.9);
  expect(energyAt({ sampleRate: 8000, samples: ada.remoteParty.heard() }, 800)).toBeGreaterThan(0.9);
});
