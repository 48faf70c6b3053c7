// G.711 (ITU-T G.711) both ways, by table.
// Called for every packet that is heard or sent.
// Must stay true: a sample that went through encode and decode once does not change when it goes through again.

export type Law = 'PCMU' | 'PCMA';

const decodeMu = Int16Array.from({ length: 256 }, (_, code) => muToLinear(code));
const decodeA = Int16Array.from({ length: 256 }, (_, code) => aToLinear(code));
const encodeMu = encodeTable(linearToMu);
const encodeA = encodeTable(linearToA);

export function decode(law: Law, bytes: Uint8Array): Int16Array {
  const table = law === 'PCMU' ? decodeMu : decodeA;
  return Int16Array.from(bytes, (code) => table[code] ?? 0);
}

export function encode(law: Law, samples: Int16Array): Buffer {
  const table = law === 'PCMU' ? encodeMu : encodeA;
  const bytes = Buffer.allocUnsafe(samples.length);
  for (let index = 0; index < samples.length; index += 1) bytes[index] = table[(samples[index] ?? 0) + 32_768] ?? 0;
  return bytes;
}

function encodeTable(toCode: (sample: number) => number): Uint8Array {
  return Uint8Array.from({ length: 65_536 }, (_, index) => toCode(index - 32_768));
}

function muToLinear(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7);
  return bits & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

function linearToMu(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 0x84;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

function aToLinear(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const base = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? base : (base + 0x100) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

function linearToA(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  // One's complement for negative values, so that both halves have the same steps.
  const magnitude = Math.min(sample >= 0 ? sample : ~sample, 32_767);
  const exponent = magnitude < 256 ? 0 : 31 - Math.clz32(magnitude) - 7;
  const mantissa = exponent === 0 ? magnitude >> 4 : (magnitude >> (exponent + 3)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}
