import { describe, expect, it } from 'vitest';
import { countSegments } from './segments.ts';

describe('segments', () => {
  it.each([
    ['nothing', '', 'gsm-7', 0, 1, 160],
    ['one full segment', 'x'.repeat(160), 'gsm-7', 160, 1, 0],
    ['one more than fits', 'x'.repeat(161), 'gsm-7', 161, 2, 145],
    ['two full parts', 'x'.repeat(306), 'gsm-7', 306, 2, 0],
    ['an escaped sign', '€', 'gsm-7', 2, 1, 158],
    ['eighty escaped signs', '€'.repeat(80), 'gsm-7', 160, 1, 0],
    // 153 is odd: the 77th pair begins the next part.
    ['escaped signs that are not torn apart', '{'.repeat(81), 'gsm-7', 162, 2, 143],
    ['letters of the basic set', 'Ñandú à Ürümqi £5', 'ucs-2', 17, 1, 53],
    ['umlauts', 'Grüße, Ärger & Öl', 'gsm-7', 17, 1, 143],
    ['a curly quote', 'don’t', 'ucs-2', 5, 1, 65],
    ['one full segment of UCS-2', 'ж'.repeat(70), 'ucs-2', 70, 1, 0],
    ['one more', 'ж'.repeat(71), 'ucs-2', 71, 2, 63],
    ['an emoji', '😀', 'ucs-2', 2, 1, 68],
    ['emojis that are not torn apart', '😀'.repeat(36), 'ucs-2', 72, 2, 61],
    ['new lines', 'a\r\nb', 'gsm-7', 4, 1, 156],
    ['the longest message', 'x'.repeat(1600), 'gsm-7', 1600, 11, 83],
  ] as const)('of %s', (_, text, encoding, units, segments, remaining) => {
    expect(countSegments(text)).toEqual({ encoding, units, segments, remaining });
  });

  it('cost time in proportion to the text', () => {
    expect(countSegments('😀'.repeat(100_000)).segments).toBe(Math.ceil(100_000 / 33));
  });
});
