export type WavFacts = {
  readonly seconds: number;
  readonly channels: number;
  readonly sampleRate: number;
  /** 1 PCM, 6 A-law, 7 µ-law. */
  readonly format: number;
  readonly bitsPerSample: number;
  /** Where the audio begins in the file, and its length; Infinity where the writer did not know it. */
  readonly dataOffset: number;
  readonly dataBytes: number;
  /** Fewer bytes of audio are there than the header says. */
  readonly isTruncated: boolean;
};

/** How much of a file is enough to find the audio in it. */
export const wavHeadBytes = 64 * 1024;

/** What writers put for a length they do not know yet. */
const unknownLengths = new Set([0, 0xff_ff_ff_ff, 0x7f_ff_ff_ff]);

/** Reads the header of a RIFF/WAVE file of `fileBytes` bytes from its beginning. Undefined where it is none, or none we can play. */
export function readWavHead(head: Buffer, fileBytes: number): WavFacts | undefined {
  if (head.length < 12 || head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  let format:
    | {
        readonly tag: number;
        readonly channels: number;
        readonly rate: number;
        readonly bytesPerSecond: number;
        readonly bits: number;
      }
    | undefined;
  for (let at = 12; at + 8 <= head.length;) {
    const id = head.toString('latin1', at, at + 4);
    const length = head.readUInt32LE(at + 4);
    const begin = at + 8;
    if (id === 'fmt ' && begin + 16 <= head.length) {
      const tag = head.readUInt16LE(begin);
      // WAVE_FORMAT_EXTENSIBLE keeps the true format in the first bytes of its GUID.
      const isExtended = tag === 0xff_fe && length >= 40 && begin + 26 <= head.length;
      format = {
        tag: isExtended ? head.readUInt16LE(begin + 24) : tag,
        channels: head.readUInt16LE(begin + 2),
        rate: head.readUInt32LE(begin + 4),
        bytesPerSecond: head.readUInt32LE(begin + 8),
        bits: head.readUInt16LE(begin + 14),
      };
    }
    if (id === 'data') {
      if (format === undefined || format.bytesPerSecond === 0 || ![1, 6, 7].includes(format.tag)) return undefined;
      const there = Math.max(0, fileBytes - begin);
      const isUnknown = unknownLengths.has(length) && there > 0;
      return {
        dataOffset: begin,
        dataBytes: unknownLengths.has(length) ? Infinity : length,
        bitsPerSample: format.bits,
        seconds: (isUnknown ? there : Math.min(length, there)) / format.bytesPerSecond,
        channels: format.channels,
        sampleRate: format.rate,
        format: format.tag,
        isTruncated: !isUnknown && length > there,
      };
    }
    // Chunks begin at even places.
    at = begin + length + (length % 2);
  }
  return undefined;
}
