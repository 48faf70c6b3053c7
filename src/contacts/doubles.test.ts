import { describe, expect, it } from 'vitest';
import type { PersonId } from '#base/ids.ts';
import type { AddressBookId, Contact } from './contact.ts';
import { doubleName, doublesAmong, mergeContacts } from './doubles.ts';

const anna = 'person_anna' as PersonId;
const book = 'book_1' as AddressBookId;

function contact(name: string, numbers: readonly string[], more: Partial<Contact> = {}): Contact {
  return {
    id: `contact_${name}_${numbers.length}` as const,
    personId: undefined,
    name,
    numbers: numbers.map((number) => ({ number, label: '' })),
    groups: [],
    cardGroups: [],
    uid: undefined,
    addressBookId: undefined,
    createdAt: 0,
    changedAt: 0,
    ...more,
  };
}

describe('a name that two contacts share', () => {
  it.each([
    ['Anna Müller', 'anna  muller', true],
    ['Anna Müller', 'Müller, Anna', true],
    ['Dr. Weber', 'Dr Weber', true],
    ['Straße', 'STRASSE', true],
    ['Anna', 'Hanna', false],
    ['Anna M', 'Anna Müller', false],
  ])('%s and %s: %s', (one, other, isShared) => {
    expect(doubleName(one) === doubleName(other)).toBe(isShared);
  });
});

describe('contacts that are alike', () => {
  it.each<[what: string, contacts: readonly Contact[], expected: readonly string[] | undefined]>([
    ['none', [], undefined],
    ['one alone', [contact('Anna', ['1'])], undefined],
    ['the fuller first', [contact('Anna', ['1']), contact('anna', ['1', '2'])], ['anna', 'Anna']],
    [
      'the older first where both have as much',
      [contact('New', ['1'], { createdAt: 2 }), contact('Old', ['1'], { createdAt: 1 })],
      ['Old', 'New'],
    ],
    [
      'those of an address book left alone',
      [contact('Server', ['1'], { addressBookId: book }), contact('B', ['1']), contact('A', ['1', '2'])],
      ['A', 'B'],
    ],
    [
      'one that an address book has whole, which is kept there',
      [contact('Ours', ['1']), contact('Server', ['1', '2'], { addressBookId: book })],
      ['Server', 'Ours'],
    ],
    [
      'one that has a number more than the address book',
      [contact('Ours', ['1', '3']), contact('S', ['1'], { addressBookId: book })],
      undefined,
    ],
    [
      'two of address books',
      [contact('A', ['1'], { addressBookId: book }), contact('B', ['1'], { addressBookId: book })],
      undefined,
    ],
  ])('can be merged: %s', (_what, contacts, expected) => {
    expect(doublesAmong(contacts, '1')?.contacts.map(({ name }) => name)).toEqual(expected);
  });
});

describe('contacts that are merged', () => {
  it('keep the name of the first, every number, every group and what a number is', () => {
    const first = contact('Anna', ['1', '2'], { groups: ['VIP'], createdAt: 5, id: 'contact_1' });
    const second = contact('Anna M', ['2', '3'], { groups: ['vip', 'Chess'], cardGroups: ['Work'], uid: 'u', createdAt: 3 });
    const labelled = { ...second, numbers: second.numbers.map(({ number }) => ({ number, label: 'mobile' })) };
    expect(mergeContacts(first, [labelled])).toEqual({
      kind: 'merged',
      contact: {
        ...first,
        numbers: [
          { number: '1', label: '' },
          { number: '2', label: 'mobile' },
          { number: '3', label: 'mobile' },
        ],
        groups: ['VIP', 'Chess', 'Work'],
        uid: 'u',
        createdAt: 3,
      },
    });
  });

  it('give the one of an address book their groups alone', () => {
    const kept = contact('Server', ['1', '2'], { addressBookId: book, cardGroups: ['Work'] });
    const merge = mergeContacts(kept, [contact('Ours', ['1'], { groups: ['VIP', 'work'] })]);
    expect(merge).toMatchObject({ kind: 'merged', contact: { groups: ['VIP'], cardGroups: ['Work'], numbers: kept.numbers } });
  });

  const many = (count: number) => Array.from({ length: count }, (_, at) => String(at));
  it.each<[why: string, kept: Contact, other: Contact, problem: RegExp]>([
    ['of two owners', contact('A', ['1']), contact('A', ['1'], { personId: anna }), /one owner/],
    ['one of an address book that would go', contact('A', ['1']), contact('A', ['1'], { addressBookId: book }), /stays there/],
    ['a number the address book lacks', contact('A', ['1'], { addressBookId: book }), contact('A', ['2']), /lacks a number/],
    ['too many numbers', contact('A', many(20)), contact('A', ['x']), /more than 20 numbers/],
    ['too many groups', contact('A', ['1'], { groups: many(20) }), contact('A', ['1'], { groups: ['x'] }), /more than 20 groups/],
  ])('are refused: %s', (_why, kept, other, problem) => {
    expect(mergeContacts(kept, [other])).toMatchObject({ kind: 'refused', problem: expect.stringMatching(problem) as string });
  });
});
