import { gsm7Basic, gsm7Extension, smsSizes } from '#contract/sms-alphabet.ts';

/** How many SMS a text is, and how much of the last one is left. `rare`: the first sign for which only 70 fit into one; empty where 160 do. */
export type SmsCount = { readonly segments: number; readonly remaining: number; readonly rare: string };

const basic = new Set(gsm7Basic);
const extension = new Set(gsm7Extension);

export function countSms(text: string): SmsCount {
  const characters = Array.from(text);
  const rare = characters.find((character) => !basic.has(character) && !extension.has(character)) ?? '';
  const sizes = characters.map((character) => (rare !== '' ? character.length : extension.has(character) ? 2 : 1));
  const { single, part } = smsSizes[rare === '' ? 'gsm-7' : 'ucs-2'];
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= single) return { segments: 1, remaining: single - units, rare };
  let [segments, filled] = [1, 0];
  for (const size of sizes) {
    // What belongs together is never torn apart: the rest of the part stays empty.
    if (filled + size > part) [segments, filled] = [segments + 1, 0];
    filled += size;
  }
  return { segments, remaining: part - filled, rare };
}
