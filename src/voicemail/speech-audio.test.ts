import { expect, it } from 'vitest';
import type { StoredFile } from '#storage/file-store.ts';
import { toneWav } from '#testing/base/wav.ts';
import { readSpeech } from './speech-audio.ts';

const fileOf = (bytes: Buffer): StoredFile => ({
  bytes: bytes.length,
  read: async function* () {
    yield bytes;
  },
});

/** A WAV file of µ-law or A-law, from the codes of each sample. */
function g711(format: 6 | 7, codes: readonly number[], channels = 1): Buffer {
  const head = toneWav({ frequency: 1, seconds: 0 });
  head.writeUInt16LE(format, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(8000 * channels, 28);
  head.writeUInt16LE(8, 34);
  head.writeUInt32LE(codes.length, 40);
  return Buffer.concat([head, Buffer.from(codes)]);
}

async function samplesOf(bytes: Buffer): Promise<Int16Array> {
  const speech = await readSpeech(fileOf(bytes));
  return new Int16Array(speech!.buffer);
}

it('gives a message as bare samples of 16 kHz, without a header', async () => {
  const samples = await samplesOf(toneWav({ frequency: 440, seconds: 2 }));
  expect(samples).toHaveLength(32_000);
  expect(Math.max(...samples)).toBeGreaterThan(8900);
  expect(Math.max(...samples)).toBeLessThan(9100);
});

it.each([
  // The loudest codes, with which each is at its full level (ITU-T G.711).
  [7, 0x80, 32_124],
  [6, 0xaa, 32_256],
] as const)('reads G.711 of format %i', async (format, code, level) => {
  const samples = await samplesOf(
    g711(
      format,
      Array.from({ length: 800 }, () => code),
    ),
  );
  expect(samples).toHaveLength(1600);
  expect(Math.abs(samples[800]! - level)).toBeLessThan(3);
});

it('mixes both sides of a call into one channel', async () => {
  const codes = Array.from({ length: 1600 }, (_, index) => (index % 2 === 0 ? 0x80 : 0xff));
  const samples = await samplesOf(g711(7, codes, 2));
  expect(samples).toHaveLength(1600);
  expect(Math.abs(samples[800]! - 16_062)).toBeLessThan(3);
});

it('reads no more than is there, and nothing of what is no audio', async () => {
  const cut = toneWav({ frequency: 440, seconds: 2 }).subarray(0, 44 + 8000);
  expect(await samplesOf(cut)).toHaveLength(8000);
  expect(await readSpeech(fileOf(Buffer.from('<html>')))).toBeUndefined();
  const gsm = toneWav({ frequency: 440, seconds: 1 });
  gsm.writeUInt16LE(49, 20);
  expect(await readSpeech(fileOf(gsm))).toBeUndefined();
});
