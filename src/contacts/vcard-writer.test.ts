import { expect, test } from 'vitest';
import type { Contact } from './contact.ts';
import { writeVcards } from './vcard-writer.ts';

const gran: Contact = {
  id: 'contact_gran',
  personId: undefined,
  name: 'Gran; née O’Neill, Mary',
  numbers: [],
  groups: ['VIP'],
  cardGroups: ['family'],
  uid: undefined,
  addressBookId: undefined,
  createdAt: 0,
  changedAt: 0,
};

function linesOf(change: Partial<Contact>): readonly string[] {
  const [card = ''] = [...writeVcards([{ ...gran, ...change }])];
  return card.replaceAll('\r\n ', '').split('\r\n');
}

test.each([
  ['mobile', 'CELL'],
  ['home', 'HOME'],
  ['work', 'WORK'],
  ['fax', 'FAX'],
  ['pager', 'PAGER'],
  ['', 'VOICE'],
  ['summer house', 'VOICE'],
])('a number that is called “%s” here is TYPE=%s in a vCard', (label, type) => {
  expect(linesOf({ numbers: [{ number: '+14165550123', label }] })).toContain(`TEL;TYPE=${type}:+14165550123`);
});

test('a vCard has the name with its marks escaped, all groups, and the id where it came from no card', () => {
  const lines = linesOf({});
  expect(lines).toContain('UID:contact_gran');
  expect(lines).toContain('FN:Gran\\; née O’Neill\\, Mary');
  expect(
    lines
      .find((one) => one.startsWith('CATEGORIES:'))
      ?.slice(11)
      .split(',')
      .toSorted(),
  ).toEqual(['VIP', 'family']);
  expect(linesOf({ uid: 'card-1', groups: [], cardGroups: [] }).filter((one) => /^(UID|CATEGORIES)/.test(one))).toEqual([
    'UID:card-1',
  ]);
});

test('a long line is folded between characters at 75 bytes', () => {
  const [card = ''] = [...writeVcards([{ ...gran, name: 'ü'.repeat(100) }])];
  expect(Math.max(...card.split('\r\n').map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  expect(card.replaceAll('\r\n ', '')).toContain(`FN:${'ü'.repeat(100)}`);
});
