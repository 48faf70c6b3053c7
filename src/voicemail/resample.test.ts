import { expect, it } from 'vitest';
import { resampledLength, resampleRange } from './resample.ts';

function sine(frequency: number, rate: number, amplitude = 8000): Float32Array {
  return Float32Array.from({ length: rate }, (_, index) => amplitude * Math.sin((2 * Math.PI * frequency * index) / rate));
}

/** Of the middle, in decibels against the sine's own level. */
function levelOf(samples: Int16Array, amplitude = 8000): number {
  const middle = samples.subarray(1000, samples.length - 1000);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(power / (amplitude ** 2 / 2));
}

function convert(input: Float32Array, fromHz: number, toHz: number): Int16Array {
  const resampler = { input, fromHz, toHz };
  return resampleRange(resampler, 0, resampledLength(resampler));
}

it.each([
  [100, 8000],
  [1000, 8000],
  [3400, 8000],
  [1000, 11_025],
  [1000, 16_000],
  [3400, 44_100],
  [6000, 48_000],
])('a sine of %i Hz keeps its level on the way from %i Hz to 16 kHz', (frequency, rate) => {
  expect(Math.abs(levelOf(convert(sine(frequency, rate), rate, 16_000)))).toBeLessThan(0.1);
});

it('keeps the frequency, and adds no mirror image of the voice above 4 kHz', () => {
  const output = convert(sine(1000, 8000), 8000, 16_000);
  const expected = sine(1000, 16_000);
  for (let index = 1000; index < 15_000; index += 1) expect(Math.abs(output[index]! - expected[index]!)).toBeLessThan(12);
});

it('filters out what 16 kHz cannot hold', () => {
  expect(levelOf(convert(sine(12_000, 48_000), 48_000, 16_000))).toBeLessThan(-50);
});

it('does the same in blocks as in one piece, and clips instead of turning over', () => {
  const input = sine(900, 8000, 40_000);
  const whole = convert(input, 8000, 16_000);
  const blocks = [0, 4000, 8000, 12_000].flatMap((at) => [
    ...resampleRange({ input, fromHz: 8000, toHz: 16_000 }, at, at + 4000),
  ]);
  expect(blocks).toEqual([...whole]);
  expect(Math.max(...whole)).toBe(32_767);
  expect(Math.min(...whole)).toBe(-32_768);
});
