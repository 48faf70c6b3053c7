import { describe, expect, it } from 'vitest';
import type { TimeCondition } from './rule.ts';
import { weekOf, withWeek } from './times-of-week.ts';
import { coverOf, dayCopied, painted, spansOf, windowsOf } from './week.ts';
import type { WeekWindow } from './week.ts';

const workdays = [1, 2, 3, 4, 5];
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const hour = (day: number, at: number) => [(day - 1) * 1440 + at * 60, (day - 1) * 1440 + at * 60 + 60] as const;

describe('the hours of a week', () => {
  it.each<readonly [string, readonly WeekWindow[]]>([
    ['opening hours', [{ days: workdays, from: '08:15', to: '17:45' }]],
    ['nights of the week', [{ days: workdays, from: '22:00', to: '07:00' }]],
    ['every night, also that to Monday', [{ days: everyDay, from: '22:30', to: '06:10' }]],
    ['whole days', [{ days: [6, 7], from: '00:00', to: '00:00' }]],
    ['the whole week', [{ days: everyDay, from: '00:00', to: '00:00' }]],
    [
      'two parts of a day',
      [
        { days: [3], from: '08:00', to: '12:00' },
        { days: [3], from: '13:00', to: '17:00' },
      ],
    ],
    ['Sunday evening alone', [{ days: [7], from: '20:00', to: '23:00' }]],
    ['nothing', []],
  ])('come back as they were: %s', (_name, windows) => {
    expect(windowsOf(spansOf(windows))).toEqual(windows);
  });

  it('are cut at midnight where they last longer than a day', () => {
    const spans = [[4 * 1440 + 17 * 60, 7 * 1440]] as const;
    expect(windowsOf(spans)).toEqual([
      { days: [5], from: '17:00', to: '00:00' },
      { days: [6, 7], from: '00:00', to: '00:00' },
    ]);
    expect(spansOf(windowsOf(spans))).toEqual(spans);
  });

  it('are painted and taken away, and keep the minutes that nobody touched', () => {
    const spans = spansOf([{ days: [1], from: '08:15', to: '12:00' }]);
    expect(windowsOf(painted(spans, hour(1, 12), true))).toEqual([{ days: [1], from: '08:15', to: '13:00' }]);
    expect(windowsOf(painted(spans, hour(1, 10), false))).toEqual([
      { days: [1], from: '08:15', to: '10:00' },
      { days: [1], from: '11:00', to: '12:00' },
    ]);
    expect([8, 9, 12].map((at) => coverOf(spans, hour(1, at)))).toEqual(['part', 'all', 'none']);
  });

  it('of one day are copied to others, in place of what they had', () => {
    const spans = spansOf([
      { days: [1], from: '08:00', to: '12:00' },
      { days: [2], from: '20:00', to: '22:00' },
    ]);
    expect(windowsOf(dayCopied(spans, 1, workdays))).toEqual([{ days: workdays, from: '08:00', to: '12:00' }]);
  });

  it('can be any, and say the same after each turn', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 16_807) % 2_147_483_647) % below;
    for (let turn = 0; turn < 300; turn += 1) {
      let spans = spansOf([]);
      for (let stroke = 0; stroke < 6; stroke += 1) {
        const begin = random(10_080);
        spans = painted(spans, [begin, Math.min(10_080, begin + 1 + random(4_000))], random(4) > 0);
      }
      expect(spansOf(windowsOf(spans))).toEqual(spans);
    }
  });
});

describe('the times of a rule as a week', () => {
  const time = { weekdays: [], dates: [], holidays: 'any' } as const;
  const christmas = { ...time, weekdays: [], dates: [{ from: '12-24', to: '12-26' }] };

  it('say the same as before, and keep what a week does not have', () => {
    const times: TimeCondition[] = [
      { ...time, weekdays: [1, 2], dates: [], from: '22:00', to: '07:00' },
      christmas,
      { ...time, weekdays: [], dates: [], from: '12:00' },
      { ...time, weekdays: [6, 7], dates: [] },
    ];
    expect(weekOf(times)).toEqual([
      { days: [1, 2], from: '22:00', to: '07:00' },
      { days: everyDay, from: '12:00', to: '00:00' },
      { days: [6, 7], from: '00:00', to: '00:00' },
    ]);
    expect(withWeek(times, weekOf(times))).toEqual([
      christmas,
      { ...time, weekdays: [1, 2], dates: [], from: '22:00', to: '07:00' },
      { ...time, weekdays: [], dates: [], from: '12:00', to: '00:00' },
      { ...time, weekdays: [6, 7], dates: [] },
    ]);
  });
});
