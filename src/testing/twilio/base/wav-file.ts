export const sampleRate = 8000;

/** An 8 kHz 16-bit PCM WAV file with one or two channels. */
export function wavFile(channels: readonly Int16Array[]): Buffer {
  const count = Math.max(0, ...channels.map((samples) => samples.length));
  const blockBytes = channels.length * 2;
  const file = Buffer.alloc(44 + count * blockBytes);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + count * blockBytes, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels.length, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * blockBytes, 28);
  file.writeUInt16LE(blockBytes, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(count * blockBytes, 40);
  for (const [channel, samples] of channels.entries()) {
    for (const [index, sample] of samples.entries()) file.writeInt16LE(sample, 44 + index * blockBytes + channel * 2);
  }
  return file;
}

/** The channels of a 16-bit PCM WAV file, or undefined when it is none. */
export function readWavFile(file: Buffer): readonly Int16Array[] | undefined {
  if (file.length < 44 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  const channels = file.readUInt16LE(22);
  const found = file.indexOf('data', 12, 'latin1');
  if (found === -1 || channels === 0 || file.readUInt16LE(34) !== 16) return undefined;
  const count = Math.floor((file.length - found - 8) / 2 / channels);
  return Array.from({ length: channels }, (_, channel) =>
    Int16Array.from({ length: count }, (__, index) => file.readInt16LE(found + 8 + (index * channels + channel) * 2)),
  );
}

export function mixed(one: Int16Array, other: Int16Array): Int16Array {
  const length = Math.max(one.length, other.length);
  return Int16Array.from({ length }, (_, index) => Math.max(-32_768, Math.min(32_767, (one[index] ?? 0) + (other[index] ?? 0))));
}
