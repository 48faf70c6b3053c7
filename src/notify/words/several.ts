import type { HouseLanguage } from '#contract/languages.ts';
import type { Told } from '../kinds/content.ts';
import type { CountedKind } from './phrases/named.ts';
import { phrases } from './phrases/phrases.ts';
import type { Sheet } from './sheet.ts';

const maxNames = 6;

/** Such as “3 missed calls and 2 voicemails”. */
export function severalTitle(told: readonly Told[], language: HouseLanguage): string {
  const counts = new Map<CountedKind, number>();
  for (const { kind } of told) counts.set(countedAs(kind), (counts.get(countedAs(kind)) ?? 0) + 1);
  return listed(
    [...counts].map(([kind, count]) => phrases[language].counted[kind](count)),
    language,
  );
}

/** Who it was, with how often. */
export function severalShort(sheets: readonly Sheet[], language: HouseLanguage): string {
  const times = new Map<string, number>();
  for (const sheet of sheets) {
    const name = sheet.who === '' ? sheet.heading : sheet.who;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  const names = [...times].map(([name, count]) => (count === 1 ? name : `${name} (${count})`));
  const more = names.length - maxNames;
  const shown = names.slice(0, maxNames).join(', ');
  return phrases[language].meanwhile(more > 0 ? `${shown} ${phrases[language].more(more)}` : shown);
}

function countedAs(kind: Told['kind']): CountedKind {
  return kind === 'incoming-call' || kind === 'call-over' || kind === 'test' ? 'call' : kind;
}

function listed(parts: readonly string[], language: HouseLanguage): string {
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(parts);
}
