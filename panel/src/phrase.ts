import { isolated } from './beside.ts';
import { pluralRules } from './intl.ts';

export type Values = Readonly<Record<string, string | number>>;

/** `{name}` is replaced, closed off where it reads from right to left; a name that is not given stays as it is. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => isolated(String(values[name] ?? whole)));
}

/** `stem.one` or `stem.other`: none of the panel's languages has more forms that matter for whole numbers below a million. */
export function pluralKey(stem: string, count: number, tag: string): string {
  return `${stem}.${pluralRules(tag).select(count) === 'one' ? 'one' : 'other'}`;
}

/** The names in braces, for the check that every language fills in the same. */
export function placeholders(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted();
}
