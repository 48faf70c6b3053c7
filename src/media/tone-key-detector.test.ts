import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { houseLanguages } from '#contract/languages.ts';
import { promptNames } from '#calls/phrase.ts';
import { decode, encode } from './g711.ts';
import { promptFile, spokenDigits } from './prompt-files.ts';
import { ToneKeyDetector } from './tone-key-detector.ts';

const low = [697, 770, 852, 941];
const high = [1209, 1336, 1477, 1633];
const keypad = '123A456B789C*0#D';

type Press = {
  readonly ms?: number;
  readonly pauseMs?: number;
  readonly level?: number;
  readonly detune?: number;
  readonly twist?: number;
};

/** As it comes over the line: in µ-law. */
function pressed(key: string, { ms = 80, pauseMs = 80, level = 6000, detune = 1, twist = 1 }: Press = {}): Int16Array {
  const index = keypad.indexOf(key);
  const [row, column] = [low[index >> 2] ?? 0, high[index & 3] ?? 0];
  const samples = Int16Array.from({ length: (ms + pauseMs) * 8 }, (_, at) => {
    const phase = (2 * Math.PI * detune * at) / 8000;
    return at < ms * 8 ? level * (Math.sin(row * phase) + twist * Math.sin(column * phase)) : 0;
  });
  return decode('PCMU', encode('PCMU', samples));
}

/** In packets of 20 ms, as they come. */
function detected(...sounds: readonly Int16Array[]): string {
  const detector = new ToneKeyDetector();
  const all = sounds.flatMap((sound) => [...sound]);
  const frames = Array.from({ length: Math.ceil(all.length / 160) }, (_, index) =>
    Int16Array.from(all.slice(index * 160, index * 160 + 160)),
  );
  return frames.flatMap((frame) => detector.detect(frame)).join('');
}

describe('keys heard as tones', () => {
  test.each([
    ['of a usual phone', {}],
    ['pressed shortly', { ms: 45, pauseMs: 45 }],
    ['held for three seconds', { ms: 3000 }],
    ['from far away', { level: 400 }],
    ['loud', { level: 15_000 }],
    ['of a phone whose frequencies are off by 1.5 %', { detune: 1.015 }],
    ['with the high tone weaker', { twist: 0.5 }],
    ['with the high tone stronger', { twist: 1.8 }],
  ])('%s count once each', (_how, press) => {
    expect(detected(...keypad.split('').map((key) => pressed(key, press)))).toBe(keypad);
  });

  test('the same key again is another press', () => expect(detected(pressed('4'), pressed('4'))).toBe('44'));

  test('count in the noise of a line', () => {
    const noise = (index: number) => 300 * Math.sin(index * index);
    expect(detected(pressed('4').map((sample, index) => sample + noise(index)))).toBe('4');
  });

  test('one tone alone, the dial tone and silence are none', () => {
    const tone = (...hertz: readonly number[]) =>
      Int16Array.from({ length: 8000 }, (_, at) =>
        hertz.reduce((sum, one) => sum + 6000 * Math.sin((2 * Math.PI * one * at) / 8000), 0),
      );
    expect(detected(tone(770), tone(1209), tone(350, 440), tone(770, 852), tone(700, 1100, 1700), new Int16Array(8000))).toBe('');
  });

  test('are not found in five minutes of speech', () => {
    const found = houseLanguages.flatMap((language) =>
      [...promptNames, ...spokenDigits].map((name) => detected(decode('PCMU', readFileSync(promptFile(language, name))))),
    );
    expect(found.join('')).toBe('');
  });
});
