import type { AudioClip } from '#testing/twilio/base/voice-side.ts';
import { sampleRate } from '#testing/twilio/base/wav-file.ts';

const amplitude = 9000;

/** Gives a audio piece by piece; the phase of a tone goes on from piece to piece. */
export class AudioGenerator {
  readonly #clip: AudioClip;
  readonly #length: number;
  #position = 0;

  constructor(clip: AudioClip) {
    this.#clip = clip;
    if (clip.kind === 'samples') this.#length = clip.samples.length;
    else this.#length = clip.seconds === undefined ? Infinity : Math.round(clip.seconds * sampleRate);
  }

  /** The next `count` samples, the last piece filled up with silence; undefined at the end. */
  next(count: number): Int16Array | undefined {
    if (this.#position >= this.#length) return undefined;
    const start = this.#position;
    this.#position += count;
    const samples = new Int16Array(count);
    if (this.#clip.kind === 'samples') samples.set(this.#clip.samples.subarray(start, start + count));
    if (this.#clip.kind !== 'tone') return samples;
    const omega = (2 * Math.PI * this.#clip.frequency) / sampleRate;
    const end = Math.min(count, this.#length - start);
    for (let index = 0; index < end; index += 1) samples[index] = Math.round(amplitude * Math.sin(omega * (start + index)));
    return samples;
  }
}
