import { shownName } from '#contract/display-name.ts';
import { maxGroupsOfContact, maxNumbersOfContact } from './contact.ts';
import type { Card, ContactNumber } from './contact.ts';

/** The E.164 form of a number as it is written in an address book; undefined where it is none. */
export type ReadNumber = (text: string) => string | undefined;

export type CardReading =
  | { readonly kind: 'read'; readonly card: Card }
  /** Why it is no contact, in words. */
  | { readonly kind: 'refused'; readonly problem: string };

const maxNameLength = 80;
const maxGroupLength = 40;
const maxUidLength = 255;

/** What is kept of a card of another program: its numbers as E.164, its texts as they can be shown. Pure. */
export function readCard(written: Card, read: ReadNumber): CardReading {
  const numbers = readNumbers(written.numbers, read);
  if (written.numbers.length === 0) return { kind: 'refused', problem: `${nameOf(written)} has no phone number` };
  const [first] = numbers;
  if (first === undefined) {
    const texts = written.numbers.slice(0, 3).map(({ number }) => JSON.stringify(number.slice(0, 40)));
    return { kind: 'refused', problem: `${nameOf(written)} has no phone number that can be called, only ${texts.join(', ')}` };
  }
  const groups = [...new Set(written.groups.map((group) => shownName(group, maxGroupLength)))].filter((group) => group !== '');
  const uid = written.uid?.slice(0, maxUidLength);
  return {
    kind: 'read',
    card: {
      uid: uid === '' ? undefined : uid,
      name: shownName(written.name, maxNameLength) || first.number,
      numbers: numbers.slice(0, maxNumbersOfContact),
      groups: groups.slice(0, maxGroupsOfContact),
    },
  };
}

function readNumbers(written: Card['numbers'], read: ReadNumber): readonly ContactNumber[] {
  const found = new Map<string, ContactNumber>();
  for (const { number: text, label } of written.slice(0, 5 * maxNumbersOfContact)) {
    const number = read(text);
    if (number !== undefined && !found.has(number)) found.set(number, { number, label: shownName(label, maxGroupLength) });
  }
  return [...found.values()];
}

function nameOf({ name }: Card): string {
  return shownName(name, maxNameLength) || 'A contact without a name';
}
