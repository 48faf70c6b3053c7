import { expect, it } from 'vitest';
import { normalizeDigits } from './normalize-digits.ts';

it.each([
  ['+1 (415) 555-01.23', '+14155550123'],
  ['\u202a+14155550123\u202c', '+14155550123'],
  ['\u2066+1\u00a0415\u2069', '+1415'],
  ['1\u00ad2\u200b3\u200e4\u2060\ufe0f5', '12345'],
  ['1\u20102\u20113\u20124\u20135\u20146\u22127', '1234567'],
  ['1\u20002\u202f3\u30004\t5\n', '12345'],
  ['\uff0b\uff11\uff0a\uff03\uff0c', '+1*#,'],
  ['\u0660\u0669 \u06f0\u06f9 \u0966\u096f \u{1d7ce}\u{1d7d8}\u{1d7ff}', '090909009'],
  ['12\u202e34', '12\u202e34'],
  ['alice', 'alice'],
  ['\u2460', '\u2460'],
  ['', ''],
])('reads %j as %j', (text, plain) => {
  expect(normalizeDigits(text)).toBe(plain);
});
