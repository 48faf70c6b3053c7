// Owns the form in which audio is given to a speech recognizer: 16 kHz, 16 bits, one channel, without a header.
// Called by the transcriber with files of this room.
// Must stay true: the event loop is not held up for longer than a fraction of a packet's time, however long a message is.
import { setImmediate } from 'node:timers/promises';
import type { StoredFile } from '#storage/file-store.ts';
import { resampledLength, resampleRange } from './resample.ts';
import { sampleReaderOf } from './sample-reader.ts';
import type { SampleReader } from './sample-reader.ts';
import { readWavHead, wavHeadBytes } from './wav.ts';
import type { WavFacts } from './wav.ts';

export const speechRate = 16_000;
/** More is cut off: a transcript has room for no more, and memory is small. */
const maxSeconds = 600;
/** Worked on at a time: a few milliseconds on a small machine. */
const blockSamples = 4000;

/** Undefined where the file is no audio that we can read. */
export async function readSpeech(file: StoredFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = Buffer.concat(await Array.fromAsync(file.read({ first: 0, last: file.bytes - 1 })));
  const wav = readWavHead(bytes.subarray(0, wavHeadBytes), bytes.length);
  const reader = wav === undefined ? undefined : sampleReaderOf(wav);
  if (wav === undefined || reader === undefined || wav.channels < 1 || wav.sampleRate < 1) return undefined;
  const end = Math.min(bytes.length, wav.dataOffset + wav.dataBytes);
  const input = await readMono(bytes.subarray(wav.dataOffset, end), wav, reader);
  const resampler = { input, fromHz: wav.sampleRate, toHz: speechRate };
  const output = new Int16Array(resampledLength(resampler));
  for (let at = 0; at < output.length; at += blockSamples) {
    output.set(resampleRange(resampler, at, Math.min(output.length, at + blockSamples)), at);
    await setImmediate();
  }
  return toLittleEndian(output);
}

/** The mean of all channels. */
async function readMono(audio: Buffer, { channels, sampleRate }: WavFacts, reader: SampleReader): Promise<Float32Array> {
  const blockBytes = reader.bytes * channels;
  const input = new Float32Array(Math.min(Math.floor(audio.length / blockBytes), maxSeconds * sampleRate));
  for (let index = 0; index < input.length; index += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += reader.sample(audio, index * blockBytes + channel * reader.bytes);
    }
    input[index] = sum / channels;
    if (index % (blockSamples * 10) === 0) await setImmediate();
  }
  return input;
}

function toLittleEndian(samples: Int16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, sample] of samples.entries()) view.setInt16(index * 2, sample, true);
  return bytes;
}
