import { describe, expect, it } from 'vitest';
import { closesAt, isOpen, localTime } from './opening-hours.ts';

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

  const berlin = 'Europe/Berlin';
  const nightly = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' }];
  it.each([
    ['in the evening', nightly, '2026-12-01T22:30:10Z', '2026-12-02T06:00:00Z'],
    ['in the morning', nightly, '2026-12-02T05:59:59Z', '2026-12-02T06:00:00Z'],
    ['at the last moment', nightly, '2026-12-02T06:00:00Z', undefined],
    ['by day', nightly, '2026-12-02T12:00:00Z', undefined],
    ['in a night that is an hour shorter', nightly, '2026-03-28T22:00:00Z', '2026-03-29T05:00:00Z'],
    ['in a night that is an hour longer', nightly, '2026-10-24T21:00:00Z', '2026-10-25T06:00:00Z'],
    [
      'at a time that the clocks leave out',
      [{ days: [6], from: '23:00', to: '02:30' }],
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:30:00Z',
    ],
    [
      'where the next hours begin when these end',
      [
        { days: [2], from: '20:00', to: '00:00' },
        { days: [3], from: '00:00', to: '06:30' },
      ],
      '2026-12-01T21:00:00Z',
      '2026-12-02T05:30:00Z',
    ],
    [
      'where the next are of another day',
      [{ days: [2], from: '20:00', to: '00:00' }],
      '2026-12-01T21:00:00Z',
      '2026-12-01T23:00:00Z',
    ],
    ['never', [], '2026-12-01T21:00:00Z', undefined],
  ])('close %s', (_, hours, at, expected) => {
    const closes = closesAt(hours, Date.parse(at), berlin);
    expect(closes === undefined ? undefined : new Date(closes).toISOString()).toBe(expected?.replace('Z', '.000Z'));
  });

  it('that never close are followed for a week', () => {
    const always = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' }];
    const at = Date.parse('2026-12-01T12:00:00Z');
    expect(closesAt(always, at, berlin)).toBe(Date.parse('2026-12-08T23:00:00Z'));
  });
});
