import { describe, expect, it } from 'vitest';
import { dndOff } from './dnd.ts';
import type { Dnd } from './dnd.ts';
import { dndAt, periodEnd } from './dnd-schedule.ts';
import type { DndEntry } from './dnd-schedule.ts';

const berlin = 'Europe/Berlin';
const entry = (days: readonly number[], from: string, to: string, isOn = true): DndEntry => ({ days, from, to, isOn });
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const workNights = [entry([1, 2, 3, 4, 5], '22:00', '07:00')];
const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

function end(entries: readonly DndEntry[], at: string, timeZone = berlin): string | undefined {
  return iso(periodEnd(entries, Date.parse(at), timeZone));
}

describe('a scheduled period', () => {
  // 2026-12-04 is a Friday; Berlin is an hour ahead of UTC.
  it.each<[string, readonly DndEntry[], string, string | undefined]>([
    ['has not begun a millisecond before', workNights, '2026-12-04T20:59:59.999Z', undefined],
    ['begins at its first minute', workNights, '2026-12-04T21:00:00Z', '2026-12-05T06:00:00.000Z'],
    ['of Friday lasts over midnight', workNights, '2026-12-05T05:59:59.999Z', '2026-12-05T06:00:00.000Z'],
    ['is over at its end', workNights, '2026-12-05T06:00:00Z', undefined],
    ['of Friday is not there on Saturday evening', workNights, '2026-12-05T22:00:00Z', undefined],
    ['of Sunday lasts into Monday', [entry([7], '23:00', '01:00')], '2026-12-06T23:30:00Z', '2026-12-07T00:00:00.000Z'],
    ['of all day lasts until midnight', [entry([6], '00:00', '00:00')], '2026-12-05T12:00:00Z', '2026-12-05T23:00:00.000Z'],
    ['that is off is none', [entry(everyDay, '00:00', '23:00', false)], '2026-12-05T12:00:00Z', undefined],
    ['without entries is none', [], '2026-12-05T12:00:00Z', undefined],
    [
      'of entries that touch is one',
      [entry([5], '20:00', '00:00'), entry([6], '00:00', '00:00'), entry([7], '00:00', '09:00')],
      '2026-12-04T20:00:00Z',
      '2026-12-06T08:00:00.000Z',
    ],
    [
      'of entries that overlap ends with the last of them',
      [entry([5], '20:00', '23:00'), entry([5], '22:00', '06:00')],
      '2026-12-04T19:30:00Z',
      '2026-12-05T05:00:00.000Z',
    ],
  ])('%s', (_what, entries, at, expected) => {
    expect(end(entries, at)).toBe(expected);
  });

  it.each<[string, DndEntry, string, string | undefined]>([
    // In spring 02:00 is followed by 03:00, in autumn 02:00 to 03:00 comes twice.
    ['over the hour that is left out', entry([6], '22:00', '07:00'), '2026-03-29T00:30:00Z', '2026-03-29T05:00:00.000Z'],
    ['that ends in the hour that is left out', entry([6], '22:00', '02:30'), '2026-03-29T00:30:00Z', '2026-03-29T01:00:00.000Z'],
    [
      'that begins in the hour that is left out',
      entry([7], '02:30', '04:00'),
      '2026-03-29T01:00:00Z',
      '2026-03-29T02:00:00.000Z',
    ],
    ['of the hour that is left out alone', entry([7], '02:00', '03:00'), '2026-03-29T01:00:00Z', undefined],
    ['over the hour that comes twice', entry([6], '22:00', '07:00'), '2026-10-25T01:30:00Z', '2026-10-25T06:00:00.000Z'],
    ['that ends in the hour that comes twice', entry([6], '22:00', '02:30'), '2026-10-25T00:45:00Z', '2026-10-25T01:30:00.000Z'],
    [
      'that begins in the hour that comes twice',
      entry([7], '02:30', '04:00'),
      '2026-10-25T01:15:00Z',
      '2026-10-25T03:00:00.000Z',
    ],
  ])('%s', (_what, one, at, expected) => {
    expect(end([one], at)).toBe(expected);
  });

  it('is that of the house’s clock', () => {
    expect(end([entry([5], '22:00', '07:00')], '2026-12-05T03:30:00Z', 'America/Toronto')).toBe('2026-12-05T12:00:00.000Z');
    expect(end([entry([5], '22:00', '07:00')], '2026-12-05T02:30:00Z', 'America/Toronto')).toBeUndefined();
  });
});

describe('do not disturb with a schedule', () => {
  const night = '2026-12-04T22:00:00Z';
  const morning = '2026-12-05T06:00:00.000Z';
  const day = '2026-12-04T12:00:00Z';
  const state = (at: string, byHand: Dnd = dndOff, offUntil?: string) => {
    const schedule = { entries: workNights, offUntil: offUntil === undefined ? undefined : Date.parse(offUntil) };
    const found = dndAt({ byHand, schedule, timeZone: berlin }, Date.parse(at));
    return [found.isOn, iso(found.until), found.bySchedule, iso(found.offUntil)];
  };
  const on = (until?: string): Dnd => ({ isOn: true, until: until === undefined ? undefined : Date.parse(until) });

  it.each<[string, ReturnType<typeof state>, ReturnType<typeof state>]>([
    ['is on by it until it is over', state(night), [true, morning, true, undefined]],
    ['is off by day', state(day), [false, undefined, false, undefined]],
    ['switched off within stays off until it is over', state(night, dndOff, morning), [false, undefined, false, morning]],
    [
      'is on again the night after',
      state('2026-12-03T22:00:00Z', dndOff, '2026-12-03T06:00:00Z'),
      [true, '2026-12-04T06:00:00.000Z', true, undefined],
    ],
    ['switched on for good stays on', state(night, on()), [true, undefined, false, undefined]],
    [
      'switched on by day ends when it was to',
      state(day, on('2026-12-04T13:00:00Z')),
      [true, '2026-12-04T13:00:00.000Z', false, undefined],
    ],
    [
      'switched on until within a period lasts as long as that',
      state(day, on('2026-12-04T21:30:00Z')),
      [true, morning, false, undefined],
    ],
    [
      'switched off and on again for an hour ends then',
      state(night, on('2026-12-04T23:00:00Z'), morning),
      [true, '2026-12-04T23:00:00.000Z', false, undefined],
    ],
    [
      'whose hour is over follows the schedule',
      state('2026-12-04T23:00:00Z', on('2026-12-04T23:00:00Z')),
      [true, morning, true, undefined],
    ],
  ])('%s', (_what, found, expected) => {
    expect(found).toEqual(expected);
  });
});
