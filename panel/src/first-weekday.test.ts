import { expect, it } from 'vitest';
import { firstWeekday, weekFrom } from './first-weekday.ts';

it.each([
  ['en-GB', undefined, 1],
  ['en-US', undefined, 7],
  ['de', 'language', 1],
  ['de', 'sunday', 7],
  ['en-US', 'monday', 1],
  ['en-US', 'whatever comes', 7],
])('the week of %s that wants %s begins with day %i', (tag, wanted, first) => {
  expect(firstWeekday(tag, wanted)).toBe(first);
});

it.each([
  [1, [1, 2, 3, 4, 5, 6, 7]],
  [7, [7, 1, 2, 3, 4, 5, 6]],
  [6, [6, 7, 1, 2, 3, 4, 5]],
])('a week from day %i', (first, week) => expect(weekFrom(first)).toEqual(week));
