import { sampleReaderOf } from './sample-reader.ts';
import type { SampleReader } from './sample-reader.ts';
import { readWavHead, wavHeadBytes } from './wav.ts';
import type { WavFacts } from './wav.ts';

/** Long enough for one period of the deepest voice, short enough that a word fills several. */
const frameSeconds = 0.02;
/** -50 dB below full scale: above the noise of a line (comfort noise is mostly at -55 and below), well below a quiet voice. */
const silenceRms = 32_768 * 10 ** (-50 / 20);
/** A click, as of a handset being put down, fills fewer; the shortest word fills more. */
const minVoicedFrames = 5;

/** Detects speech in a WAV file as it streams in. PCM of 16 bits, A-law and µ-law; any other counts as speech. */
export class SilenceDetector {
  #head: Buffer = Buffer.alloc(0);
  #frames: FrameEnergy | 'unknown' | undefined;

  write(chunk: Uint8Array): void {
    if (this.#frames === 'unknown') return;
    if (this.#frames !== undefined) {
      this.#frames.write(chunk);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    const wav = readWavHead(this.#head, this.#head.length);
    if (wav !== undefined) {
      const read = sampleReaderOf(wav);
      this.#frames = read === undefined ? 'unknown' : new FrameEnergy(wav, read);
      if (this.#frames !== 'unknown') this.#frames.write(this.#head.subarray(wav.dataOffset));
    } else if (this.#head.length >= wavHeadBytes) this.#frames = 'unknown';
  }

  /** Whether there was audio, with nothing in it but silence and line noise. */
  get isSilent(): boolean {
    return this.#frames instanceof FrameEnergy && this.#frames.isSilent;
  }
}

/** The audio frame by frame; a frame is as loud as its loudest channel, without its constant part (a DC offset is no sound). */
class FrameEnergy {
  readonly #read: SampleReader;
  readonly #channels: number;
  readonly #blockBytes: number;
  readonly #frameBlocks: number;
  #left = 0;
  #rest: Buffer = Buffer.alloc(0);
  #blocks = 0;
  #sums: number[] = [];
  #squares: number[] = [];
  #loudFrames = 0;
  #wholeFrames = 0;

  constructor({ channels, sampleRate, dataBytes }: WavFacts, read: SampleReader) {
    this.#read = read;
    this.#channels = channels;
    this.#blockBytes = channels * read.bytes;
    this.#frameBlocks = Math.max(1, Math.round(sampleRate * frameSeconds));
    this.#left = dataBytes;
    this.#begin();
  }

  get isSilent(): boolean {
    return this.#wholeFrames > 0 && this.#loudFrames < minVoicedFrames;
  }

  write(chunk: Uint8Array): void {
    const audio = chunk.subarray(0, this.#left);
    this.#left -= audio.length;
    const bytes = Buffer.concat([this.#rest, audio]);
    let at = 0;
    for (; at + this.#blockBytes <= bytes.length; at += this.#blockBytes) this.#block(bytes, at);
    this.#rest = bytes.subarray(at);
  }

  #block(bytes: Buffer, at: number): void {
    for (let channel = 0; channel < this.#channels; channel += 1) {
      const sample = this.#read.sample(bytes, at + channel * this.#read.bytes);
      this.#sums[channel] = (this.#sums[channel] ?? 0) + sample;
      this.#squares[channel] = (this.#squares[channel] ?? 0) + sample * sample;
    }
    this.#blocks += 1;
    if (this.#blocks === this.#frameBlocks) this.#end();
  }

  #end(): void {
    const variances = this.#squares.map(
      (square, channel) => square / this.#blocks - ((this.#sums[channel] ?? 0) / this.#blocks) ** 2,
    );
    if (Math.max(...variances) >= silenceRms ** 2) this.#loudFrames += 1;
    this.#wholeFrames += 1;
    this.#begin();
  }

  #begin(): void {
    this.#blocks = 0;
    this.#sums = Array.from({ length: this.#channels }, () => 0);
    this.#squares = Array.from({ length: this.#channels }, () => 0);
  }
}
