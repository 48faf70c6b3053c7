import { frameSamples } from './paced-stream.ts';

/** µ-law at 8 kHz: what is heard once, and what is then repeated without end. */
export type Recordings = { readonly once: Uint8Array; readonly repeated: Uint8Array };

const silentCode = 0xff;
const silence = new Uint8Array(frameSamples).fill(silentCode);

export function silenceOf(milliseconds: number): Uint8Array {
  return new Uint8Array(milliseconds * 8).fill(silentCode);
}

/** What one end is hearing, taken frame by frame; silence where there is nothing. */
export class Playback {
  #recordings: Recordings | undefined;
  #position = 0;
  #done: (() => void) | undefined;

  /** From the start; replaces what is played now. `done` runs when `once` has been taken as a whole. */
  start(recordings: Recordings, done: () => void): void {
    this.#recordings = recordings;
    this.#position = 0;
    this.#done = done;
  }

  clear(): void {
    this.#recordings = undefined;
    this.#done = undefined;
  }

  next(): Uint8Array {
    if (this.#recordings === undefined) return silence;
    const { once, repeated } = this.#recordings;
    if (this.#position >= once.length) this.#finish();
    if (this.#recordings === undefined) return silence;
    const frame = this.#position < once.length ? frameAt(once, this.#position) : looped(repeated, this.#position - once.length);
    this.#position += frameSamples;
    return frame;
  }

  #finish(): void {
    const done = this.#done;
    this.#done = undefined;
    if (this.#recordings?.repeated.length === 0) this.#recordings = undefined;
    done?.();
  }
}

/** The last frame is filled up with silence. */
function frameAt(bytes: Uint8Array, position: number): Uint8Array {
  const frame = bytes.subarray(position, position + frameSamples);
  if (frame.length === frameSamples) return frame;
  const filled = new Uint8Array(frameSamples).fill(silentCode);
  filled.set(frame);
  return filled;
}

function looped(bytes: Uint8Array, position: number): Uint8Array {
  return frameAt(bytes, position % (bytes.length - (bytes.length % frameSamples)));
}
