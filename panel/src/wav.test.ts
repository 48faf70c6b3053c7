import { expect, it } from 'vitest';
import { readWavHead } from '../../src/voicemail/wav.ts';
import { levelsOf, wavOf } from './wav.ts';

it('a recording becomes a WAV file that the house reads, cut off where it is too loud', () => {
  const bytes = wavOf({ samples: Float32Array.from([0, 0.5, -0.5, 2, -2]), rate: 16_000 });
  const file = Buffer.from(bytes);
  expect(readWavHead(file, file.length)).toMatchObject({
    channels: 1,
    sampleRate: 16_000,
    format: 1,
    bitsPerSample: 16,
    dataBytes: 10,
  });
  expect([44, 46, 48, 50, 52].map((at) => file.readInt16LE(at))).toEqual([0, 16_384, -16_383, 32_767, -32_768]);
});

it('a recording shows where somebody spoke', () => {
  expect(levelsOf({ samples: Float32Array.from([0, 0.1, -1, 0.2]) }, 2)).toEqual([26, 255]);
  expect(levelsOf({ samples: new Float32Array() })).toEqual([]);
});
