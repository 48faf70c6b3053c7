import { expect, it } from 'vitest';
import { toE164Prefix } from './e164-prefix.ts';

it.each<[text: string, country: string, prefix: string | undefined]>([
  ['+49 900', 'DE', '+49900'],
  ['0900', 'DE', '+49900'],
  ['0049 (900)', 'DE', '+49900'],
  ['0032', 'DE', '+32'],
  ['900', 'DE', '+49900'],
  ['06', 'IT', '+3906'],
  ['1-900', 'US', '+1900'],
  ['900', 'us', '+1900'],
  ['01144', 'US', '+44'],
  ['+1', 'US', '+1'],
  ['+', 'US', undefined],
  ['', 'US', undefined],
  ['00', 'DE', undefined],
  ['+0900', 'DE', undefined],
  ['*21#', 'DE', undefined],
  ['anna', 'DE', undefined],
  ['1234567890123456789012', 'US', undefined],
])('the beginning of numbers %j in %s is %s', (text, country, expected) => {
  expect(toE164Prefix(text, country)).toBe(expected);
});
