import { expect, test } from 'vitest';
import { z } from 'zod';
import { createDevice } from './devices.ts';
import { createNumber } from './numbers.ts';
import { createPerson } from './people.ts';
import { validate } from './validation.ts';
import { requiredDisplayName, displayName, shownName } from './display-name.ts';

test.each([
  ['  Küche ', 'Küche'],
  ["Oma's Zimmer (1. Stock)", "Oma's Zimmer (1. Stock)"],
  ['👩‍👧 Kids', '👩‍👧 Kids'],
  ['مطبخ', 'مطبخ'],
  ['חדר\u200f 2', 'חדר\u200f 2'],
])('%j is a name', (given, name) => {
  expect(validate(requiredDisplayName, given)).toEqual({ kind: 'fits', value: name });
});

test.each([
  ['Kitchen\r\nVia: x', 'must be plain text on one line: character 8 (U+000D) cannot be shown'],
  ['a\0b', 'must be plain text on one line: character 2 (U+0000) cannot be shown'],
  ['a\u007f', 'must be plain text on one line: character 2 (U+007F) cannot be shown'],
  ['a\u0085b', 'must be plain text on one line: character 2 (U+0085) cannot be shown'],
  ['a\u2028b', 'must be plain text on one line: character 2 (U+2028) cannot be shown'],
  ['Ann\u202eno', 'must be plain text on one line: character 4 (U+202E) cannot be shown'],
  ['\u2066Ann', 'must be plain text on one line: character 1 (U+2066) cannot be shown'],
  ['a\ud800', 'must be plain text on one line: character 2 (U+D800) cannot be shown'],
  ['\udc00a', 'must be plain text on one line: character 1 (U+DC00) cannot be shown'],
  ['\u200b\u2060', 'must hold something that can be seen'],
  ['   ', 'must not be empty'],
])('a name that breaks lines, turns text around or shows nothing is refused, and it is said where: %j', (given, message) => {
  expect(validate(requiredDisplayName, given)).toEqual({ kind: 'problems', problems: [{ field: '', message }] });
});

test('one that may be left empty', () => {
  expect(validate(displayName, ' ')).toEqual({ kind: 'fits', value: '' });
});

test('phones, people and numbers take no name that shows as another one', () => {
  const name = 'Ann\u202e';
  const bodies = [
    validate(createDevice.body ?? z.never(), { name }),
    validate(createPerson.body ?? z.never(), { username: 'ann', name }),
    validate(createNumber.body ?? z.never(), { number: '+14165550123', name }),
  ];
  for (const body of bodies) expect(body).toMatchObject({ problems: [{ field: 'name' }] });
});

test.each([
  ['  Bank\r\nof  Ann ', 'Bank of Ann'],
  ['PAY\u202egnp.exe\u2069\u202e', 'PAYgnp.exe'],
  ['مطبخ 2', 'مطبخ 2'],
  ['\u200b\u2060\u00ad', ''],
  ['\ud800', ''],
  [`${'x'.repeat(63)}😀`, 'x'.repeat(63)],
  ['x'.repeat(100), 'x'.repeat(64)],
])('a caller who calls themselves %j is shown as %j', (given, shown) => {
  expect(shownName(given, 64)).toBe(shown);
});
