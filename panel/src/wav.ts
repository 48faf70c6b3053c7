// Sound of one channel as a WAV file, and what it looks like. Nothing here knows a browser.

export type Sound = { readonly samples: Float32Array; readonly rate: number };

const headBytes = 44;

/** 16 bits, PCM (RIFF, “Multimedia Programming Interface and Data Specifications 1.0”). */
export function wavOf({ samples, rate }: Sound): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headBytes + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const name = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  name(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  name(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  for (const [index, sample] of samples.entries()) view.setInt16(headBytes + index * 2, toInt16(sample), true);
  return bytes;
}

/** The loudest of each of equal slices, 0 to 255. */
export function levelsOf({ samples }: Pick<Sound, 'samples'>, slices = 256): readonly number[] {
  const levels = Array.from({ length: Math.min(slices, samples.length) }, () => 0);
  for (const [index, sample] of samples.entries()) {
    const slice = Math.floor((index * levels.length) / samples.length);
    levels[slice] = Math.max(levels[slice] ?? 0, Math.min(255, Math.round(Math.abs(sample) * 255)));
  }
  return levels;
}

function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767)));
}
