import { expect, it } from 'vitest';
import type { ChildLine } from './child-line.ts';
import { isQuietHours } from './quiet-hours.ts';

const line = (from: string, to: string, timeZone?: string): ChildLine => ({
  holder: 'person_kim',
  allowed: [],
  contactGroups: [],
  isHouseAllowed: true,
  parents: [],
  quiet: [{ weekdays: [], from, to, dates: [], holidays: 'any', ...(timeZone === undefined ? {} : { timeZone }) }],
  isQuietForParents: true,
});
const settings = { timeZone: 'America/Toronto', holidays: [] };
const phone = { id: 'dev_1', personId: 'person_kim' } as const;

it.each<[string, ChildLine, string, boolean]>([
  ['in the house’s time zone', line('20:00', '07:00'), '2026-12-02T01:30:00Z', true],
  ['not before they begin', line('20:00', '07:00'), '2026-12-01T23:30:00Z', false],
  ['in a time zone of their own', line('20:00', '07:00', 'Europe/Berlin'), '2026-12-01T23:30:00Z', true],
])('it is quiet hours %s', (_what, one, at, expected) => {
  const childLines = new Map([[one.holder, one]]);
  expect(isQuietHours(phone, { childLines, settings, now: Date.parse(at) })).toBe(expected);
  expect(isQuietHours({ id: 'dev_2', personId: undefined }, { childLines, settings, now: Date.parse(at) })).toBe(false);
});
