import { describe, expect, it } from 'vitest';
import { isoDateTime } from './date-time.ts';
import { validate } from './validation.ts';

const read = (text: string) => validate(isoDateTime, text);

describe('a time in a request', () => {
  it.each([
    ['as JavaScript writes it', '2026-01-31T18:30:00.000Z', '2026-01-31T18:30:00.000Z'],
    ['with the offset of a house, as Home Assistant writes it', '2026-01-31T19:30:00.250000+01:00', '2026-01-31T18:30:00.250Z'],
    ['in UTC, as Python writes it', '2026-01-31T18:30:00+00:00', '2026-01-31T18:30:00.000Z'],
    ['west of Greenwich', '2026-01-31T13:30:00-05:00', '2026-01-31T18:30:00.000Z'],
    ['in small letters', '2026-01-31t18:30:00z', '2026-01-31T18:30:00.000Z'],
    ['with a plus that a query made a space', '2026-01-31T19:30:00 01:00', '2026-01-31T18:30:00.000Z'],
    ['in a leap second', '2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['across a year', '2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
  ])('is understood %s', (_how, text, value) => {
    expect(read(text)).toEqual({ kind: 'fits', value });
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-02-30T00:00:00+01:00',
    '2026-01-31',
    '2026-01-31T18:30:00',
    '2026-01-31T18:30:00+25:00',
    '2026-01-31T24:30:00Z',
    '2026-01-31T23:60:00Z',
    'yesterday',
    '1769884200',
    '',
  ])('is refused with an example where it is none: %j', (text) => {
    const message = 'must be a time with its offset, such as 2026-01-31T18:30:00Z or 2026-01-31T19:30:00+01:00';
    expect(read(text)).toEqual({ kind: 'problems', problems: [{ field: '', message }] });
  });
});
