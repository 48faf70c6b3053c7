import { encode } from './g711.ts';

const sampleRate = 8000;
/** −13 dBm0 or so, as networks play it (ITU-T E.180). */
const amplitude = 4000;

type Cadence = { readonly frequencies: readonly number[]; readonly onMs: number; readonly offMs: number };

/** Where the North American numbering plan holds; the others have 425 Hz or something close to it. */
const northAmerica = new Set(['US', 'CA', 'PR', 'DO', 'JM', 'BS', 'BB', 'TT']);

/** One period of the tone that a caller hears while a phone rings, in µ-law. */
export function ringback(country: string): Uint8Array {
  return northAmerica.has(country)
    ? tone({ frequencies: [440, 480], onMs: 2000, offMs: 4000 })
    : tone({ frequencies: [425], onMs: 1000, offMs: 4000 });
}

export const beep: Uint8Array = tone({ frequencies: [1000], onMs: 300, offMs: 100 });

function tone({ frequencies, onMs, offMs }: Cadence): Uint8Array {
  const samples = new Int16Array(((onMs + offMs) * sampleRate) / 1000);
  const heard = (onMs * sampleRate) / 1000;
  for (let index = 0; index < heard; index += 1) {
    const sum = frequencies.reduce((total, hertz) => total + Math.sin((2 * Math.PI * hertz * index) / sampleRate), 0);
    samples[index] = Math.round((amplitude * sum) / frequencies.length);
  }
  return encode('PCMU', samples);
}
