import type { Card, Contact, ContactNumber } from './contact.ts';

export type CardMerge =
  | { readonly kind: 'added' }
  | { readonly kind: 'changed'; readonly contact: Contact }
  | { readonly kind: 'known' };

/**
 * What a card of a file adds to what is known: `sameUid` are the contacts of its UID, `sameName` those of its name, both of the same owner. A
 * contact is never made poorer by a file. Pure.
 */
export function mergeCard(card: Card, sameUid: readonly Contact[], sameName: readonly Contact[]): CardMerge {
  const numbers = new Set(card.numbers.map(({ number }) => number));
  const found = sameUid[0] ?? sameName.find((contact) => contact.numbers.some(({ number }) => numbers.has(number)));
  if (found === undefined) return { kind: 'added' };
  const known = new Set(found.numbers.map(({ number }) => number));
  const missing: readonly ContactNumber[] = card.numbers.filter(({ number }) => !known.has(number));
  const groups = card.groups.filter((group) => !found.groups.includes(group));
  const isRenamed = sameUid.length > 0 && found.name !== card.name;
  if (missing.length === 0 && groups.length === 0 && !isRenamed) return { kind: 'known' };
  const contact = {
    ...found,
    name: isRenamed ? card.name : found.name,
    numbers: [...found.numbers, ...missing],
    groups: [...found.groups, ...groups],
  };
  return { kind: 'changed', contact };
}
