import { describe, expect, it } from 'vitest';
import type { TimeCondition } from './route.ts';
import { isWithin } from './schedule.ts';
import { zoneTime } from './zone-time.ts';

const always: TimeCondition = { weekdays: [], dates: [], holidays: 'any' };

function holds(condition: Partial<TimeCondition>, at: string, timeZone: string, holidays: readonly string[] = []): boolean {
  return isWithin({ ...always, ...condition }, zoneTime(Date.parse(at), timeZone), new Set(holidays));
}

/** How many minutes of the time from `from` to `to` (UTC) a window covers, and in how many pieces. */
function covered(window: Partial<TimeCondition>, [from, to]: readonly [string, string], timeZone: string): string {
  let [minutes, pieces, before] = [0, 0, false];
  for (let at = Date.parse(from); at < Date.parse(to); at += 60_000) {
    const is = isWithin({ ...always, ...window }, zoneTime(at, timeZone), new Set());
    if (is) minutes += 1;
    if (is && !before) pieces += 1;
    before = is;
  }
  return `${minutes} in ${pieces}`;
}

describe('a time window', () => {
  it.each<[string, Partial<TimeCondition>, string, boolean]>([
    ['begins at its first minute', { from: '08:00', to: '12:00' }, '2026-12-01T07:00:00Z', true],
    ['does not begin before', { from: '08:00', to: '12:00' }, '2026-12-01T06:59:59.999Z', false],
    ['is over at its end', { from: '08:00', to: '12:00' }, '2026-12-01T11:00:00Z', false],
    ['lasts until its end', { from: '08:00', to: '12:00' }, '2026-12-01T10:59:59.999Z', true],
    ['from 00:00 begins with the day', { from: '00:00', to: '06:00' }, '2026-11-30T23:00:00Z', true],
    ['to 00:00 ends with the day', { from: '18:00', to: '00:00' }, '2026-12-01T22:59:59.999Z', true],
    ['to 00:00 is over with the day', { from: '18:00', to: '00:00' }, '2026-12-01T23:00:00Z', false],
    ['from 00:00 to 00:00 is the whole day', { from: '00:00', to: '00:00', weekdays: [2] }, '2026-12-01T12:00:00Z', true],
    ['without a beginning begins with the day', { to: '06:00' }, '2026-12-01T04:00:00Z', true],
    ['without an end ends with the day', { from: '06:00', weekdays: [2] }, '2026-12-01T22:59:00Z', true],
    ['that passes midnight holds in the evening', { from: '22:00', to: '06:00' }, '2026-12-01T21:30:00Z', true],
    ['that passes midnight holds in the morning', { from: '22:00', to: '06:00' }, '2026-12-02T04:59:00Z', true],
    ['that passes midnight is over by day', { from: '22:00', to: '06:00' }, '2026-12-02T05:00:00Z', false],
    // 2026-12-05 is a Saturday.
    ['of Friday goes on on Saturday morning', { from: '22:00', to: '06:00', weekdays: [5] }, '2026-12-05T04:00:00Z', true],
    ['of Saturday is not yet on Saturday morning', { from: '22:00', to: '06:00', weekdays: [6] }, '2026-12-05T04:00:00Z', false],
  ])('%s', (_case, condition, at, expected) => {
    expect(holds(condition, at, 'Europe/Berlin')).toBe(expected);
  });
});

describe('a day', () => {
  it.each<[string, Partial<TimeCondition>, string, readonly string[], boolean]>([
    ['of a range', { dates: [{ from: '2026-12-24', to: '2026-12-26' }] }, '2026-12-26T22:59:00Z', [], true],
    ['behind a range', { dates: [{ from: '2026-12-24', to: '2026-12-26' }] }, '2026-12-26T23:00:00Z', [], false],
    ['of every year', { dates: [{ from: '12-24', to: '12-26' }] }, '2031-12-25T12:00:00Z', [], true],
    ['of a range over the turn of the year', { dates: [{ from: '12-24', to: '01-06' }] }, '2031-01-02T12:00:00Z', [], true],
    ['outside a range over the turn of the year', { dates: [{ from: '12-24', to: '01-06' }] }, '2031-02-02T12:00:00Z', [], false],
    ['the leap day', { dates: [{ from: '02-29', to: '02-29' }] }, '2028-02-29T12:00:00Z', [], true],
    [
      'the day after 28 February without a leap day',
      { dates: [{ from: '02-29', to: '02-29' }] },
      '2027-03-01T12:00:00Z',
      [],
      false,
    ],
    ['a holiday', { holidays: 'only' }, '2026-12-25T12:00:00Z', ['2026-12-25'], true],
    ['a holiday of every year', { holidays: 'only' }, '2030-12-25T12:00:00Z', ['12-25'], true],
    ['no holiday', { holidays: 'only' }, '2026-12-24T12:00:00Z', ['2026-12-25'], false],
    ['a holiday where it must not be', { holidays: 'except' }, '2026-12-25T12:00:00Z', ['2026-12-25'], false],
    [
      'after a holiday, in a window of before',
      { holidays: 'only', from: '20:00', to: '04:00' },
      '2026-12-26T02:00:00Z',
      ['2026-12-25'],
      true,
    ],
  ])('%s', (_case, condition, at, holidays, expected) => {
    expect(holds(condition, at, 'Europe/Berlin', holidays)).toBe(expected);
  });

  it('is that of the zone, not of UTC', () => {
    const christmas = { dates: [{ from: '2026-12-25', to: '2026-12-25' }] };
    expect(holds(christmas, '2026-12-24T11:00:00Z', 'Pacific/Auckland')).toBe(true);
    expect(holds(christmas, '2026-12-26T04:00:00Z', 'America/New_York')).toBe(true);
    expect(holds(christmas, '2026-12-26T05:00:00Z', 'America/New_York')).toBe(false);
  });
});

describe('in the nights when clocks are changed', () => {
  type Night = readonly [from: string, to: string];
  const berlinSpring: Night = ['2026-03-28T12:00Z', '2026-03-29T12:00Z'];
  const berlinAutumn: Night = ['2026-10-24T12:00Z', '2026-10-25T12:00Z'];
  const newYorkSpring: Night = ['2026-03-07T18:00Z', '2026-03-08T16:00Z'];
  const newYorkAutumn: Night = ['2026-10-31T18:00Z', '2026-11-01T16:00Z'];
  const lordHoweSpring: Night = ['2026-10-03T06:00Z', '2026-10-04T01:00Z'];
  const lordHoweAutumn: Night = ['2026-04-04T06:00Z', '2026-04-05T01:00Z'];
  const havanaSpring: Night = ['2026-03-07T18:00Z', '2026-03-08T16:00Z'];
  const havanaAutumn: Night = ['2026-10-31T18:00Z', '2026-11-01T16:00Z'];

  it.each<[string, Night, string, string, string]>([
    // The hour is left out: a rule for it alone has no minute, one that begins or ends in it loses what is left out.
    ['Europe/Berlin', berlinSpring, '02:00', '03:00', '0 in 0'],
    ['Europe/Berlin', berlinSpring, '02:30', '04:00', '60 in 1'],
    ['Europe/Berlin', berlinSpring, '01:00', '02:30', '60 in 1'],
    ['Europe/Berlin', berlinSpring, '22:00', '06:00', '420 in 1'],
    // The hour comes twice: a rule for it lasts two hours, and none is interrupted.
    ['Europe/Berlin', berlinAutumn, '02:00', '03:00', '120 in 1'],
    ['Europe/Berlin', berlinAutumn, '02:30', '04:00', '150 in 1'],
    ['Europe/Berlin', berlinAutumn, '01:00', '02:30', '150 in 1'],
    ['Europe/Berlin', berlinAutumn, '22:00', '06:00', '540 in 1'],
    ['America/New_York', newYorkSpring, '02:00', '03:00', '0 in 0'],
    ['America/New_York', newYorkSpring, '22:00', '06:00', '420 in 1'],
    ['America/New_York', newYorkAutumn, '01:00', '02:00', '120 in 1'],
    ['America/New_York', newYorkAutumn, '02:00', '03:00', '60 in 1'],
    ['America/New_York', newYorkAutumn, '22:00', '06:00', '540 in 1'],
    // Half an hour.
    ['Australia/Lord_Howe', lordHoweSpring, '02:00', '03:00', '30 in 1'],
    ['Australia/Lord_Howe', lordHoweSpring, '02:00', '02:30', '0 in 0'],
    ['Australia/Lord_Howe', lordHoweAutumn, '01:30', '02:00', '60 in 1'],
    ['Australia/Lord_Howe', lordHoweAutumn, '01:45', '02:15', '60 in 1'],
    // At midnight: the day begins at 01:00, or has its first hour twice.
    ['America/Havana', havanaSpring, '00:00', '01:00', '0 in 0'],
    ['America/Havana', havanaSpring, '23:00', '02:00', '120 in 1'],
    ['America/Havana', havanaAutumn, '00:00', '01:00', '120 in 1'],
    ['America/Havana', havanaAutumn, '23:00', '02:00', '240 in 1'],
  ])('%s %j: %s to %s covers %s', (timeZone, night, from, to, expected) => {
    expect(covered({ from, to }, night, timeZone)).toBe(expected);
  });

  it.each([
    ['Europe/Berlin', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
    ['Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    ['America/Havana', '2026-03-08T05:00Z', '2026-03-09T04:00Z'],
    ['America/Havana', '2026-11-01T04:00Z', '2026-11-02T05:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T13:30Z', '2026-10-04T13:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T13:00Z', '2026-04-05T13:30Z'],
  ])('%s: a day of a rule lasts as long as the day, from %s to %s', (timeZone, first, end) => {
    const sunday = { weekdays: [7] };
    expect([-1, 0].map((by) => holds(sunday, new Date(Date.parse(first) + by).toISOString(), timeZone))).toEqual([false, true]);
    expect([-1, 0].map((by) => holds(sunday, new Date(Date.parse(end) + by).toISOString(), timeZone))).toEqual([true, false]);
  });
});
