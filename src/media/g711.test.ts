import { expect, test } from 'vitest';
import { decode, encode } from './g711.ts';
import type { Law } from './g711.ts';

const laws: readonly Law[] = ['PCMU', 'PCMA'];

test('silence has the codes of the standard', () => {
  expect(encode('PCMU', Int16Array.of(0))[0]).toBe(0xff);
  expect(encode('PCMA', Int16Array.of(0))[0]).toBe(0xd5);
});

test('the greatest levels have the codes of the standard', () => {
  expect([...encode('PCMU', Int16Array.of(32_767, -32_768))]).toEqual([0x80, 0x00]);
  expect([...encode('PCMA', Int16Array.of(32_767, -32_768))]).toEqual([0xaa, 0x2a]);
});

test.each(laws)('%s: every code comes back as itself', (law) => {
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
  const back = [...encode(law, decode(law, codes))];
  const differing = back.filter((code, index) => code !== index);
  // µ-law has two zeros.
  expect(differing).toEqual(law === 'PCMU' ? [0xff] : []);
});

test.each(laws)('%s: a sample is off by no more than its step', (law) => {
  const samples = Int16Array.from({ length: 655 }, (_, index) => index * 100 - 32_700);
  const back = decode(law, encode(law, samples));
  for (const [index, sample] of samples.entries()) {
    expect(Math.abs(back[index]! - sample)).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 16));
  }
});
