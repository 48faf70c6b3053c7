/** DTMF (ITU-T Q.23): the row of a key has a low frequency, its column a high one. */
const lowHz = [697, 770, 852, 941] as const;
const highHz = [1209, 1336, 1477, 1633] as const;
const keypad = ['123A', '456B', '789C', '*0#D'] as const;
const sampleRate = 8000;
/** 12.75 ms: long enough to tell the frequencies apart, and three of them in the shortest press (ITU-T Q.24: 40 ms). */
const blockSamples = 102;
/** So many blocks in a row begin a press, and so many others end it. */
const blocksToBegin = 2;
const blocksToEnd = 2;
/** Mean square of a sample, some −35 dBm0: quieter is noise. */
const minPower = 20_000;
/** Of the power of a block, in its two tones: speech has other frequencies beside them. */
const minShare = 0.8;
/** The high tone against the low one, and a tone against the next best of its group. */
const maxTwist = 6;
const minTwist = 0.15;
const minLead = 6;

/** Finds the keys in the sound of a far side that knows no telephone events: each press once. */
export class ToneKeyDetector {
  readonly #block = new Int16Array(blockSamples);
  #filled = 0;
  #current: string | undefined;
  #candidate: string | undefined;
  #repeats = 0;
  #misses = 0;

  /** The keys that begin in these samples, at 8 kHz. */
  detect(samples: Int16Array): readonly string[] {
    const keys: string[] = [];
    for (const sample of samples) {
      this.#block[this.#filled] = sample;
      this.#filled += 1;
      if (this.#filled < blockSamples) continue;
      this.#filled = 0;
      const key = this.#next(keyOf(this.#block));
      if (key !== undefined) keys.push(key);
    }
    return keys;
  }

  /** The key that this block makes sure of. */
  #next(key: string | undefined): string | undefined {
    this.#repeats = key === this.#candidate ? this.#repeats + 1 : 1;
    this.#candidate = key;
    this.#misses = key === this.#current ? 0 : this.#misses + 1;
    if (this.#misses >= blocksToEnd) this.#current = undefined;
    if (key === undefined || this.#current !== undefined || this.#repeats < blocksToBegin) return undefined;
    this.#current = key;
    this.#misses = 0;
    return key;
  }
}

function keyOf(block: Int16Array): string | undefined {
  const power = block.reduce((sum, sample) => sum + sample * sample, 0) / blockSamples;
  if (power < minPower) return undefined;
  const low = strongest(block, lowHz);
  const high = strongest(block, highHz);
  if (low === undefined || high === undefined || (low.power + high.power) / power < minShare) return undefined;
  const twist = high.power / low.power;
  return twist < minTwist || twist > maxTwist ? undefined : keypad[low.index]?.[high.index];
}

type Tone = { readonly index: number; readonly power: number };

/** Undefined where two of the group are about as strong. */
function strongest(block: Int16Array, group: readonly number[]): Tone | undefined {
  const tones = group.map((hertz, index): Tone => ({ index, power: powerAt(block, hertz) }));
  const [first, second] = tones.toSorted((one, other) => other.power - one.power);
  return first === undefined || second === undefined || first.power < minLead * second.power ? undefined : first;
}

/** The mean square of this frequency's part (Goertzel). */
function powerAt(block: Int16Array, hertz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let [before, last] = [0, 0];
  for (const sample of block) [before, last] = [last, sample + coefficient * last - before];
  return (2 * (last * last + before * before - coefficient * last * before)) / (blockSamples * blockSamples);
}
