import { describe, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { requireProgram } from '#testing/peers/program.ts';
import { energyAt } from '#testing/base/wav.ts';
import { toTelephoneRate } from './resample.ts';
import { SpeechSynthesizer } from './speech-synthesizer.ts';

const log = createLog({ level: 'silent' });

describe('a text is spoken', () => {
  requireProgram('espeak-ng');
  const synthesizer = new SpeechSynthesizer({ clock: systemClock, log });
  const secondsOf = async (text: string, language: string) => ((await synthesizer.speak(text, language))?.length ?? 0) / 8000;

  test('in its language, also where only the language before the dash is known', async () => {
    const german = await synthesizer.speak('Wir sind bis Montag im Urlaub.', 'de-DE');
    const austrian = await synthesizer.speak('Wir sind bis Montag im Urlaub.', 'de-XX');
    expect(german?.length).toBeGreaterThan(8000);
    expect(austrian).toEqual(german);
    expect(await synthesizer.speak('Wir sind bis Montag im Urlaub.', 'en')).not.toEqual(german);
  });

  test('as it stands, whatever it looks like', async () => {
    // Not as an option, a file or a command.
    expect(await secondsOf('--help', 'en')).toBeGreaterThan(0.3);
    expect(await secondsOf('$(reboot); <break time="9s"/>', 'en')).toBeLessThan(8);
  });

  test('not at all in a language without a voice', async () => expect(await synthesizer.speak('x', 'zz')).toBeUndefined());
});

test('a text is not spoken without the program', async () => {
  const synthesizer = new SpeechSynthesizer({ clock: systemClock, log, program: '/nonexistent/espeak-ng' });
  expect(await synthesizer.speak('Hello', 'en')).toBeUndefined();
});

describe('speech at telephone rate', () => {
  const toneOf = (hertz: number) =>
    Int16Array.from({ length: 22_050 }, (_, index) => 9000 * Math.sin((2 * Math.PI * hertz * index) / 22_050));

  test('keeps a tone of a voice as it is', () => {
    const samples = toTelephoneRate(toneOf(1000), 22_050);
    expect(samples).toHaveLength(8000);
    expect(energyAt({ sampleRate: 8000, samples }, 1000)).toBeGreaterThan(0.98);
    expect(Math.max(...samples.subarray(800, 7200))).toBeGreaterThan(8500);
  });

  test('has nothing left of a tone that a telephone cannot carry', () => {
    const samples = toTelephoneRate(toneOf(6000), 22_050);
    expect(Math.max(...samples.subarray(800, 7200))).toBeLessThan(100);
  });
});
