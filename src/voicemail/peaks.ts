// Owns what a waveform is made of: the loudest of each of equal slices of a recording.
// Called by waveforms.ts with files of this room, all of which are WAV: the source gives it, and nothing else is kept.
// Must stay true: however long a recording is, a bounded part of it is read, a chunk of the stream at a time.
import type { StoredFile } from '#storage/file-store.ts';
import { sampleReaderOf } from './sample-reader.ts';
import type { SampleReader } from './sample-reader.ts';
import { readWavHead, wavHeadBytes } from './wav.ts';
import type { WavFacts } from './wav.ts';

/** How many slices a waveform has at most. */
export const slices = 256;
/** What is read whole; of more, as much from places that are evenly far from each other. */
const maxBytes = 8 * 1024 * 1024;
const windows = slices * 8;

type Window = { readonly first: number; readonly last: number };

/** One byte for each slice; empty where the file is no audio that we can read. Throws what the disk reports. */
export async function readPeaks(file: StoredFile): Promise<Uint8Array> {
  const head = Buffer.concat(await Array.fromAsync(file.read({ first: 0, last: Math.min(file.bytes, wavHeadBytes) - 1 })));
  const wav = readWavHead(head, file.bytes);
  const reader = wav === undefined ? undefined : sampleReaderOf(wav);
  if (wav === undefined || reader === undefined || wav.channels < 1) return new Uint8Array();
  const meter = new PeakMeter(wav, reader, file.bytes);
  for (const window of windowsOf(meter)) {
    let at = window.first;
    for await (const chunk of file.read(window)) {
      meter.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), at);
      at += chunk.length;
    }
  }
  return meter.peaks;
}

/** The parts of the audio that are looked at, each at the beginning of a sample of all channels. */
function windowsOf({ begin, end, frameBytes }: Pick<PeakMeter, 'begin' | 'end' | 'frameBytes'>): readonly Window[] {
  const bytes = end - begin;
  if (bytes <= 0) return [];
  if (bytes <= maxBytes) return [{ first: begin, last: end - 1 }];
  const length = Math.floor(maxBytes / windows / frameBytes) * frameBytes;
  return Array.from({ length: windows }, (_, index) => {
    const first = begin + Math.floor((bytes * index) / windows / frameBytes) * frameBytes;
    return { first, last: Math.min(first + length, end) - 1 };
  });
}

class PeakMeter {
  readonly begin: number;
  readonly end: number;
  /** One sample of each channel. */
  readonly frameBytes: number;
  readonly peaks: Uint8Array;
  readonly #reader: SampleReader;
  readonly #frames: number;

  constructor(wav: WavFacts, reader: SampleReader, fileBytes: number) {
    this.#reader = reader;
    this.frameBytes = reader.bytes * wav.channels;
    this.begin = wav.dataOffset;
    this.#frames = Math.max(0, Math.floor((Math.min(fileBytes, wav.dataOffset + wav.dataBytes) - this.begin) / this.frameBytes));
    this.end = this.begin + this.#frames * this.frameBytes;
    this.peaks = new Uint8Array(Math.min(slices, this.#frames));
  }

  /** `at`: where in the file the chunk begins. A sample that two chunks share is left out. */
  write(chunk: Buffer, at: number): void {
    const { bytes, sample } = this.#reader;
    const offset = (bytes - ((at - this.begin) % bytes)) % bytes;
    const perSlice = this.#frames / this.peaks.length;
    for (let place = offset; place + bytes <= chunk.length; place += bytes) {
      const slice = Math.floor((at + place - this.begin) / this.frameBytes / perSlice);
      const level = Math.min(255, Math.abs(sample(chunk, place)) >> 7);
      if (level > (this.peaks[slice] ?? 255)) this.peaks[slice] = level;
    }
  }
}
