import type { WavFacts } from './wav.ts';

/** One sample as 16 bits, linear; `bytes`: how many it takes in the file. */
export type SampleReader = { readonly bytes: number; readonly sample: (bytes: Buffer, at: number) => number };

/** PCM of 16 bits, A-law and µ-law; undefined for any other. */
export function sampleReaderOf({ format, bitsPerSample }: WavFacts): SampleReader | undefined {
  if (format === 1 && bitsPerSample === 16) return { bytes: 2, sample: (bytes, at) => bytes.readInt16LE(at) };
  if (format === 6 && bitsPerSample === 8) return { bytes: 1, sample: (bytes, at) => fromALaw(bytes[at] ?? 0) };
  if (format === 7 && bitsPerSample === 8) return { bytes: 1, sample: (bytes, at) => fromMuLaw(bytes[at] ?? 0) };
  return undefined;
}

/** ITU-T G.711. */
function fromMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) * 8 + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}

/** ITU-T G.711. */
function fromALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const step = (bits & 0x0f) * 16 + 8;
  const magnitude = exponent === 0 ? step : (step + 0x100) << (exponent - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}
