import type { PersonId } from '#base/ids.ts';
import type { OurNumbers } from './ports.ts';

/** The numbers whose conversations this person may see and write in, the oldest first. */
export function ownNumbers(numbers: OurNumbers, personId: PersonId | undefined): readonly string[] {
  return personId === undefined ? [] : numbers.ofPerson(personId).map(({ number }) => number);
}

/** Theirs, and for an admin those that are nobody's: whose messages are for their eyes. */
export function numbersOf(numbers: OurNumbers, { isAdmin, personId }: { isAdmin: boolean; personId: PersonId | undefined }) {
  const ofNobody = isAdmin ? numbers.all().filter(({ ownerPersonId }) => ownerPersonId === undefined) : [];
  return [...ownNumbers(numbers, personId), ...ofNobody.map(({ number }) => number)];
}

export function isOwnNumber(numbers: OurNumbers, number: string, personId: PersonId | undefined): boolean {
  return personId !== undefined && numbers.byNumber(number)?.ownerPersonId === personId;
}
