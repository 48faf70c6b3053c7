const wantedRate = 8000;
/** Below half of the wanted rate, with room for the slope of the filter. */
const cutoffHz = 3600;
/** Zero crossings of the filter on each side. */
const crossings = 16;

/** Speech at 8 kHz, as telephones have it. What they cannot carry is filtered out first, or it would come back as a wrong tone. */
export function toTelephoneRate(samples: Int16Array, sampleRate: number): Int16Array {
  const step = sampleRate / wantedRate;
  const out = new Int16Array(Math.floor(samples.length / step));
  const reach = Math.ceil((crossings * sampleRate) / (2 * cutoffHz));
  for (let index = 0; index < out.length; index += 1) out[index] = sampleAt(samples, index * step, { reach, sampleRate });
  return out;
}

type Filter = { readonly reach: number; readonly sampleRate: number };

/** A windowed sinc around `center`. */
function sampleAt(samples: Int16Array, center: number, { reach, sampleRate }: Filter): number {
  const first = Math.ceil(center - reach);
  let sum = 0;
  let weights = 0;
  for (let at = first; at <= center + reach; at += 1) {
    const distance = at - center;
    const weight = sinc((2 * cutoffHz * distance) / sampleRate) * hann(distance / reach);
    weights += weight;
    sum += weight * (samples[at] ?? 0);
  }
  return Math.max(-32_768, Math.min(32_767, Math.round(sum / weights)));
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function hann(x: number): number {
  return 0.5 + 0.5 * Math.cos(Math.PI * x);
}
