import { expect, it } from 'vitest';
import type { StoredFile } from '#storage/file-store.ts';
import { toneWav } from '#testing/base/wav.ts';
import { readPeaks, slices } from './peaks.ts';

const headBytes = 44;

/** `chunkBytes`: how the disk gives it. */
function fileOf(bytes: Buffer, chunkBytes = 65_536, read: number[] = []): StoredFile {
  return {
    bytes: bytes.length,
    read: async function* ({ first, last }) {
      read.push(last + 1 - first);
      for (let at = first; at <= last; at += chunkBytes) yield bytes.subarray(at, Math.min(last + 1, at + chunkBytes));
    },
  };
}

/** 16 bits at 8 kHz, each second as loud as given. */
function loud(levels: readonly number[], channels = 1): Buffer {
  const head = toneWav({ frequency: 1, seconds: 0 });
  const samples = levels.flatMap((level) => Array.from({ length: 8000 }, (_, index) => (index % 2 === 0 ? level : -level)));
  const audio = Buffer.alloc(samples.length * 2 * channels);
  for (const [index, sample] of samples.entries()) audio.writeInt16LE(sample, index * 2 * channels + (channels - 1) * 2);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(16_000 * channels, 28);
  head.writeUInt16LE(2 * channels, 32);
  head.writeUInt32LE(audio.length, 40);
  return Buffer.concat([head, audio]);
}

it('shows where somebody speaks and where nobody does', async () => {
  const peaks = await readPeaks(fileOf(loud([0, 16_384, 0, 32_767])));
  expect(peaks).toHaveLength(slices);
  const middles = [32, 96, 160, 224].map((slice) => peaks[slice]);
  expect(middles).toEqual([0, 128, 0, 255]);
});

it.each([3, 7, 1000])('shows the same where the disk gives %i bytes at a time', async (chunkBytes) => {
  const wav = loud([0, 16_384]).subarray(0, headBytes + 8000);
  const whole = await readPeaks(fileOf(wav));
  const parts = await readPeaks(fileOf(wav, chunkBytes));
  expect(parts).toHaveLength(whole.length);
  expect([...parts]).toEqual([...whole]);
});

it('shows the louder of two sides of a call', async () => {
  const peaks = await readPeaks(fileOf(loud([16_384], 2)));
  expect([...peaks].every((level) => level === 128)).toBe(true);
});

it('reads a bounded part of a long call, from all of it', async () => {
  const long = loud(Array.from({ length: 720 }, (_, second) => (second < 360 ? 0 : 16_384)));
  const read: number[] = [];
  const peaks = await readPeaks(fileOf(long, 65_536, read));
  expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(9 * 1024 * 1024);
  expect([...peaks.subarray(0, 126)].every((level) => level === 0)).toBe(true);
  expect([...peaks.subarray(130)].every((level) => level === 128)).toBe(true);
}, 60_000);

it('shows a recording of a few samples with as many slices', async () => {
  expect(await readPeaks(fileOf(loud([16_384]).subarray(0, headBytes + 10)))).toHaveLength(5);
});

it.each([
  ['no audio', Buffer.from('<html>')],
  ['an empty file', Buffer.alloc(0)],
  ['a WAV file without a sample', toneWav({ frequency: 1, seconds: 0 })],
])('has no waveform for %s', async (_, bytes) => {
  expect(await readPeaks(fileOf(bytes))).toHaveLength(0);
});
