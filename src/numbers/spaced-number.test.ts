import { expect, it } from 'vitest';
import { spacedNumber } from './spaced-number.ts';

it.each([
  ['+493012345678', '+49 30 12345678'],
  ['+14165550123', '+1 416 555 0123'],
  ['+33123456789', '+33 1 23 45 67 89'],
  ['21', '21'],
  ['110', '110'],
  ['Bank', 'Bank'],
  ['', ''],
  ['+999123456', '+999123456'],
])('%s reads as %s', (number, read) => expect(spacedNumber(number)).toBe(read));
