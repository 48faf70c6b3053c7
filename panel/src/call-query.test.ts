import { describe, expect, it } from 'vitest';
import { askedCalls, readCallQuery, withFilters } from './call-query.ts';
import { dayStart } from './day-start.ts';

describe('what calls are narrowed down to', () => {
  it('is read from an address, and what the house would refuse is left out', () => {
    expect(
      readCallQuery({ direction: 'inbound', disposition: 'missed', text: 'Mum', number: '+49 30 1', from: '2026-11-01' }),
    ).toEqual({
      direction: 'inbound',
      disposition: 'missed',
      text: 'Mum',
      number: '+49 30 1',
      from: '2026-11-01',
    });
    expect(
      readCallQuery({ direction: 'sideways', from: '2026-13-77', text: ' ', person: '<img>', number: 'abc', other: '1' }),
    ).toEqual({});
  });

  it('is changed filter by filter', () => {
    expect(withFilters({ direction: 'inbound', text: 'Mum' }, { text: '', disposition: 'missed' })).toEqual({
      direction: 'inbound',
      disposition: 'missed',
    });
  });

  it('asks for whole days, the last one included', () => {
    expect(askedCalls({ from: '2026-11-01', to: '2026-11-30', text: ' Mum ' }, 'Europe/Berlin')).toEqual({
      from: '2026-10-31T23:00:00.000Z',
      to: '2026-11-30T23:00:00.000Z',
      text: 'Mum',
    });
  });
});

it.each([
  ['2026-03-29', 0, '2026-03-28T23:00:00.000Z'],
  ['2026-03-29', 1, '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', 0, '2026-10-24T22:00:00.000Z'],
  ['2026-10-25', 1, '2026-10-25T23:00:00.000Z'],
])('a day begins at midnight, also when the clocks are set: %s and %s', (day, later, start) => {
  expect(new Date(dayStart(day, later, 'Europe/Berlin')).toISOString()).toBe(start);
});
