import { expect, it } from 'vitest';
import { countSms } from './sms-segments.ts';

it.each([
  ['nothing', '', 1, 160, ''],
  ['one full SMS', 'x'.repeat(160), 1, 0, ''],
  ['one sign more', 'x'.repeat(161), 2, 145, ''],
  ['an escaped sign', '€', 1, 158, ''],
  ['escaped signs that are not torn apart', '{'.repeat(81), 2, 143, ''],
  ['umlauts', 'Grüße, Ärger & Öl', 1, 143, ''],
  ['a curly quote', 'don’t', 1, 65, '’'],
  ['seventy signs of another alphabet', 'ж'.repeat(70), 1, 0, 'ж'],
  ['one more of them', 'ж'.repeat(71), 2, 63, 'ж'],
  ['emojis that are not torn apart', '😀'.repeat(36), 2, 61, '😀'],
  ['the longest message', 'x'.repeat(1600), 11, 83, ''],
])('counts %s as Twilio does', (_what, text, segments, remaining, rare) => {
  expect(countSms(text)).toEqual({ segments, remaining, rare });
});
