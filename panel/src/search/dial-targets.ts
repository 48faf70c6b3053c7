import { listContacts } from '#contract/contacts.ts';
import { listExtensions } from '#contract/devices.ts';
import { call } from '../api.ts';
import { matches } from './match.ts';

/** Somebody who can be called; `label`: what kind of number it is. */
export type DialTarget = { readonly name: string; readonly number: string; readonly label: string };

const most = 6;

/** Phones of the house and contacts, by a part of their name. Throws a Problem. */
export async function dialTargets(text: string): Promise<readonly DialTarget[]> {
  const [contacts, phones] = await Promise.all([call(listContacts, { query: { text, per_page: most } }), call(listExtensions)]);
  const inHouse = phones.items
    .filter(({ name }) => matches(name, text))
    .map(({ name, extension }) => ({ name, number: extension, label: '' }));
  const outside = contacts.items.flatMap(({ name, numbers }) => numbers.map((one) => ({ name, ...one })));
  return [...inHouse, ...outside].slice(0, most);
}

/** Whether it is a name that somebody has to be found for. */
export function isName(text: string): boolean {
  return /\p{L}/u.test(text);
}
