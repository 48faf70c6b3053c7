/** A mono 16-bit PCM WAV file holding a sine tone. */
export function toneWav({
  frequency,
  seconds,
  sampleRate = 8000,
}: {
  frequency: number;
  seconds: number;
  sampleRate?: number;
}): Buffer {
  const samples = Math.floor(seconds * sampleRate);
  const pcm = Buffer.alloc(samples * 2);
  for (let index = 0; index < samples; index += 1) {
    pcm.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * frequency * index) / sampleRate)), index * 2);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
}

export type WavAudio = { readonly sampleRate: number; readonly samples: Int16Array };

/** Reads a 16-bit PCM WAV file (its first channel), also one whose sizes were never filled in because its writer was stopped. */
export function readWav(bytes: Buffer): WavAudio {
  const channels = bytes.readUInt16LE(22);
  const sampleRate = bytes.readUInt32LE(24);
  const found = bytes.indexOf('data');
  const start = found === -1 ? 44 : found + 8;
  const count = Math.floor((bytes.length - start) / 2 / channels);
  const samples = new Int16Array(count);
  for (let index = 0; index < count; index += 1) samples[index] = bytes.readInt16LE(start + index * 2 * channels);
  return { sampleRate, samples };
}

/** The share (0 to 1) of a audio's energy that lies at one frequency (Goertzel). */
export function energyAt({ sampleRate, samples }: WavAudio, frequency: number): number {
  const block = 1600;
  let best = 0;
  for (let start = 0; start + block <= samples.length; start += block) {
    best = Math.max(best, blockEnergyAt(samples.subarray(start, start + block), (2 * Math.PI * frequency) / sampleRate));
  }
  return best;
}

function blockEnergyAt(samples: Int16Array, omega: number): number {
  const coefficient = 2 * Math.cos(omega);
  let before = 0;
  let last = 0;
  let energy = 0;
  for (const sample of samples) {
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
    energy += sample * sample;
  }
  if (energy < samples.length * 100) return 0;
  const power = last * last + before * before - coefficient * last * before;
  return (2 * power) / (samples.length * energy);
}
