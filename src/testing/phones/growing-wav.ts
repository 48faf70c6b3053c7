import { readFile, stat } from 'node:fs/promises';
import { energyAt } from '#testing/base/wav.ts';

const silentAfterMs = 700;

/**
 * Measures a audio file while a phone writes it (16-bit samples): the share of its last half second at a frequency, and 0 where nothing
 * is written any more.
 */
export function growingWav(path: string, sampleRate: number): (frequency: number) => Promise<number> {
  return async (frequency) => {
    const { mtimeMs } = await stat(path);
    // The file's time is the machine's, so what it is compared with is, too.
    if (performance.timeOrigin + performance.now() - mtimeMs > silentAfterMs) return 0;
    const bytes = await readFile(path);
    const count = Math.min(sampleRate / 2, Math.floor(bytes.length / 2));
    const start = bytes.length - (bytes.length % 2) - count * 2;
    const samples = Int16Array.from({ length: count }, (_, index) => bytes.readInt16LE(start + index * 2));
    return energyAt({ sampleRate, samples }, frequency);
  };
}
