import { foldName } from '#base/find-by-name.ts';
import { because } from '#contract/refusal-reasons.ts';
import { groupsOf, maxGroupsOfContact, maxNumbersOfContact } from './contact.ts';
import type { Contact, ContactNumber } from './contact.ts';

/** Contacts of one owner that may be the same. `number`: what they share; undefined: their name. */
export type Doubles = { readonly number: string | undefined; readonly contacts: readonly [Contact, Contact, ...Contact[]] };

/** What two contacts have alike where they have one name: `Müller, Anna` is Anna Muller. */
export function doubleName(name: string): string {
  return foldName(name).split(' ').toSorted().join(' ');
}

/**
 * Of contacts of one owner that are alike those that can be merged, the one that is kept by default first: the fullest. One of an address
 * book is kept by that server as it is, so that only what adds no number to it can go into it. Pure.
 */
export function doublesAmong(contacts: readonly Contact[], number: string | undefined): Doubles | undefined {
  const [first, second, ...others] = contacts.filter(({ addressBookId }) => addressBookId === undefined).toSorted(fullestFirst);
  if (first === undefined) return undefined;
  if (second !== undefined) return { number, contacts: [first, second, ...others] };
  const kept = contacts.find((one) => one.addressBookId !== undefined && hasAllNumbers(one, first));
  return kept === undefined ? undefined : { number, contacts: [kept, first] };
}

type Why = ReturnType<typeof because>;

export type Merge =
  | { readonly kind: 'merged'; readonly contact: Contact }
  /** `problem`: in words. */
  | ({ readonly kind: 'refused'; readonly problem: string } & Why);

/** One contact in place of several: with the name of the first, and with what any of them has. Pure. */
export function mergeContacts(kept: Contact, others: readonly Contact[]): Merge {
  const refuse = (problem: string, why: Why): Merge => ({ kind: 'refused', problem, ...why });
  if (others.some(({ personId }) => personId !== kept.personId))
    return refuse('These contacts are not of one owner: give them to the same one first', because('merge-owners'));
  if (others.some(({ addressBookId }) => addressBookId !== undefined))
    return refuse('A contact of an address book stays there: it can only be the one that is kept', because('merge-book-kept'));
  if (kept.addressBookId !== undefined && !others.every((other) => hasAllNumbers(kept, other)))
    return refuse(
      'The contact of the address book lacks a number of the others: add it in the address book first',
      because('merge-book-numbers'),
    );
  const contact = joined(kept, others);
  if (contact.numbers.length > maxNumbersOfContact)
    return refuse(
      `Together they have more than ${maxNumbersOfContact} numbers: remove some first`,
      because('merge-numbers', { max: maxNumbersOfContact }),
    );
  if (contact.groups.length > maxGroupsOfContact)
    return refuse(
      `Together they are in more than ${maxGroupsOfContact} groups: take them out of some first`,
      because('merge-groups', { max: maxGroupsOfContact }),
    );
  return { kind: 'merged', contact };
}

function joined(kept: Contact, others: readonly Contact[]): Contact {
  const numbers = new Map<string, ContactNumber>();
  for (const one of [kept, ...others].flatMap((contact) => contact.numbers)) {
    const known = numbers.get(one.number);
    if (known === undefined || known.label === '') numbers.set(one.number, one);
  }
  const isOfCard = (group: string) => kept.cardGroups.some((one) => one.toLowerCase() === group.toLowerCase());
  const groups = [kept.groups, ...others.map(groupsOf)].flat().filter((group) => !isOfCard(group));
  return {
    ...kept,
    numbers: [...numbers.values()],
    groups: [...new Map(groups.toReversed().map((group) => [group.toLowerCase(), group])).values()].toReversed(),
    uid: kept.uid ?? others.find(({ uid }) => uid !== undefined)?.uid,
    createdAt: Math.min(...[kept, ...others].map(({ createdAt }) => createdAt)),
  };
}

function hasAllNumbers({ numbers }: Contact, other: Contact): boolean {
  return other.numbers.every(({ number }) => numbers.some((one) => one.number === number));
}

function fullestFirst(a: Contact, b: Contact): number {
  const fullness = ({ numbers, groups }: Contact) => numbers.length + groups.length;
  return fullness(b) - fullness(a) || a.createdAt - b.createdAt;
}
