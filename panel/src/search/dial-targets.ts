import { listContacts } from '#contract/contacts.ts';
import { call } from '../api.ts';
import type { Phone } from '../data.ts';
import { matches } from './match.ts';

/** Somebody who can be called; `label`: what kind of number it is. */
export type DialTarget = { readonly name: string; readonly number: string; readonly label: string };

const most = 6;

/** Of `phones`, and contacts, by a part of their name. Throws a Problem. */
export async function dialTargets(text: string, phones: readonly Phone[]): Promise<readonly DialTarget[]> {
  const contacts = await call(listContacts, { query: { text, per_page: most } });
  const inHouse = phones
    .filter(({ name, enabled }) => enabled && matches(name, text))
    .map(({ name, extension }) => ({ name, number: extension, label: '' }));
  const outside = contacts.items.flatMap(({ name, numbers }) => numbers.map((one) => ({ name, ...one })));
  return [...inHouse, ...outside].slice(0, most);
}

/** Whether it is a name that somebody has to be found for. */
export function isName(text: string): boolean {
  return /\p{L}/u.test(text);
}
