import type { HouseLanguage } from '#contract/languages.ts';
import type { Told } from '../kinds/content.ts';
import { tagOf } from './moments.ts';
import type { Reader } from './moments.ts';
import type { CountedKind } from './phrases/named.ts';
import { phrases } from './phrases/phrases.ts';
import type { Sheet } from './sheet.ts';

const maxNames = 6;

/** Such as “3 missed calls and 2 voicemails”. */
export function severalTitle(told: readonly Told[], reader: Reader): string {
  const counts = new Map<CountedKind, number>();
  for (const { kind } of told) counts.set(countedAs(kind), (counts.get(countedAs(kind)) ?? 0) + 1);
  const parts = [...counts].map(([kind, count]) => phrases[reader.language].counted[kind](count));
  return new Intl.ListFormat(tagOf(reader), { type: 'conjunction' }).format(parts);
}

/** Who it was, with how often. `rest`: how many there are beside the sheets. */
export function severalShort(sheets: readonly Sheet[], rest: number, language: HouseLanguage): string {
  const times = new Map<string, number>();
  for (const sheet of sheets) {
    const name = sheet.who === '' ? sheet.heading : sheet.who;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  const names = [...times].map(([name, count]) => (count === 1 ? name : `${name} (${count})`));
  const more = Math.max(0, names.length - maxNames) + rest;
  const shown = names.slice(0, maxNames).join(', ');
  return phrases[language].meanwhile(more > 0 ? `${shown} ${phrases[language].more(more)}` : shown);
}

function countedAs(kind: Told['kind']): CountedKind {
  return kind === 'incoming-call' || kind === 'call-over' || kind === 'test' ? 'call' : kind;
}
