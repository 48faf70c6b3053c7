// Owns the change of a sample rate: band-limited interpolation by a windowed sinc, one set of weights for each phase between two samples.
// Called for what is given to a speech recognizer.
// Must stay true: the level stays, and what the lower rate cannot hold is filtered out rather than folded into the voice.

/** Zero crossings of the sinc on each side. */
const crossings = 16;

export type Resampler = { readonly input: Float32Array; readonly fromHz: number; readonly toHz: number };

/** How many samples `input` becomes. */
export function resampledLength({ input, fromHz, toHz }: Resampler): number {
  return Math.floor((input.length * toHz) / fromHz);
}

/** The samples `from` (inclusive) to `to` (exclusive) of the new rate, clipped to 16 bits. */
export function resampleRange(resampler: Resampler, from: number, to: number): Int16Array {
  const { input, fromHz, toHz } = resampler;
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const [up, down] = [toHz / divisor, fromHz / divisor];
  const phases = weightsOf(up, down);
  const output = new Int16Array(to - from);
  for (let index = from; index < to; index += 1) {
    const place = index * down;
    const weights = phases[place % up] ?? new Float32Array();
    const first = Math.floor(place / up) - weights.length / 2 + 1;
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap += 1) sum += (input[first + tap] ?? 0) * (weights[tap] ?? 0);
    output[index - from] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return output;
}

const known = new Map<string, readonly Float32Array[]>();

/** Of each phase, the weights of the samples around the place. */
function weightsOf(up: number, down: number): readonly Float32Array[] {
  const key = `${up}/${down}`;
  const found = known.get(key) ?? Array.from({ length: up }, (_, phase) => phaseWeights(phase / up, Math.min(1, up / down)));
  known.set(key, found);
  return found;
}

/** `cutOff`: of the lower of both rates, as a share of the input's. */
function phaseWeights(offset: number, cutOff: number): Float32Array {
  const side = Math.ceil(crossings / cutOff);
  const weights = Float32Array.from({ length: side * 2 }, (_, tap) => {
    const distance = tap - side + 1 - offset;
    return cutOff * sinc(distance * cutOff) * window(distance / side);
  });
  // A constant stays what it is.
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Hann, from -1 to 1. */
function window(x: number): number {
  return Math.abs(x) >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * x);
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
