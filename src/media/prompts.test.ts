import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { promptNames } from '#calls/phrase.ts';
import { decode } from './g711.ts';
import { houseLanguages } from '#contract/languages.ts';
import { promptFile, spokenDigits } from './prompt-files.ts';

const names = [...promptNames, ...spokenDigits];
const secondsOf = (bytes: Uint8Array) => bytes.length / 8000;

/** The share of 20 ms in which somebody speaks. */
function speechShare(bytes: Uint8Array): number {
  const samples = decode('PCMU', bytes);
  const frames = Array.from({ length: Math.floor(samples.length / 160) }, (_, index) =>
    samples.subarray(index * 160, index * 160 + 160),
  );
  return (
    frames.filter((frame) => frame.reduce((sum, sample) => sum + sample * sample, 0) / 160 > 300 ** 2).length / frames.length
  );
}

describe.each(houseLanguages)('the recorded words in %s', (language) => {
  test.each(names)('%s is speech in µ-law at 8 kHz', (name) => {
    const bytes = readFileSync(promptFile(language, name));
    // A WAV header would be heard as a click.
    expect(bytes.toString('latin1', 0, 4)).not.toBe('RIFF');
    const isDigit = /^\d$/.test(name);
    expect(secondsOf(bytes)).toBeGreaterThan(isDigit ? 0.2 : 0.5);
    expect(secondsOf(bytes)).toBeLessThan(isDigit ? 1.2 : 20);
    expect(speechShare(bytes)).toBeGreaterThan(0.4);
    const peak = decode('PCMU', bytes).reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
    expect(peak).toBeGreaterThan(8000);
  });

  test('are all there and nothing else, each another', () => {
    const files = readdirSync(new URL('.', promptFile(language, '0'))).toSorted();
    expect(files).toEqual(names.map((name) => `${name}.ulaw`).toSorted());
    const contents = new Set(names.map((name) => readFileSync(promptFile(language, name)).toString('base64')));
    expect(contents.size).toBe(names.length);
  });
});

test('the recorded words are small enough to be shipped', () => {
  const sizes = houseLanguages.flatMap((language) => names.map((name) => statSync(promptFile(language, name)).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(4_000_000);
});
