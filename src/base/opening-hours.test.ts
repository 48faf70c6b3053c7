import { describe, expect, it } from 'vitest';
import { isOpen, localTime } from './opening-hours.ts';

describe('opening hours', () => {
  const week = [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }];
  const night = [{ days: [5], from: '22:00', to: '02:00' }];
  const whole = [{ days: [7], from: '00:00', to: '00:00' }];
  const at = (weekday: number, time: string) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return { weekday, minutes: hours * 60 + minutes };
  };

  it.each([
    ['a weekday at eight', week, at(1, '08:00'), true],
    ['a weekday a minute before', week, at(1, '07:59'), false],
    ['a weekday at six', week, at(5, '18:00'), false],
    ['a Saturday', week, at(6, '12:00'), false],
    ['late on Friday', night, at(5, '23:00'), true],
    ['early on Saturday', night, at(6, '01:59'), true],
    ['later on Saturday', night, at(6, '02:00'), false],
    ['early on Friday', night, at(5, '01:00'), false],
    ['Sunday night into Monday', [{ days: [7], from: '23:00', to: '01:00' }], at(1, '00:30'), true],
    ['a whole Sunday', whole, at(7, '23:59'), true],
    ['the Monday after it', whole, at(1, '00:00'), false],
    ['never', [], at(1, '12:00'), false],
  ])('%s', (_, hours, time, expected) => {
    expect(isOpen(hours, time)).toBe(expected);
  });

  it.each([
    // Summer and winter time in Berlin, a zone with half an hour, and the change of the day.
    [Date.UTC(2026, 6, 1, 22, 30), 'Europe/Berlin', 4, 30],
    [Date.UTC(2026, 0, 1, 22, 30), 'Europe/Berlin', 4, 23 * 60 + 30],
    [Date.UTC(2026, 0, 4, 18, 40), 'Asia/Kolkata', 1, 10],
    [Date.UTC(2026, 0, 5, 3, 0), 'America/New_York', 7, 22 * 60],
  ])('%d in %s', (now, zone, weekday, minutes) => {
    expect(localTime(now, zone)).toEqual({ weekday, minutes });
  });
});
