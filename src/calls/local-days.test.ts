import { describe, expect, it } from 'vitest';
import { addDays, LocalDays, mondayOf } from './local-days.ts';

const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');

describe('the days of a time zone', () => {
  it.each([
    ['UTC', '2026-11-23', '2026-11-23T00:00:00Z'],
    ['Europe/Berlin', '2026-07-01', '2026-06-30T22:00:00Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z'],
    ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z'],
    ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00:00Z'],
    ['America/Toronto', '2026-11-01', '2026-11-01T04:00:00Z'],
    ['America/Toronto', '2026-11-02', '2026-11-02T05:00:00Z'],
    // Half an hour of summer time.
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00Z'],
    ['Australia/Lord_Howe', '2026-10-05', '2026-10-04T13:00:00Z'],
    // Clocks pass over midnight, and come back to it.
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00Z'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00Z'],
    ['Asia/Kathmandu', '2026-02-28', '2026-02-27T18:15:00Z'],
    ['Pacific/Kiritimati', '2027-01-01', '2026-12-31T10:00:00Z'],
  ])('begin in %s on %s at %s', (zone, date, at) => {
    const days = new LocalDays(zone);
    expect(iso(days.startOf(date))).toBe(at);
    expect(days.dateAt(days.startOf(date))).toBe(date);
    expect(days.dateAt(days.startOf(date) - 1)).toBe(addDays(date, -1));
  });

  it.each([
    ['2026-11-23', '2026-11-23'],
    ['2026-11-29', '2026-11-23'],
    ['2027-01-01', '2026-12-28'],
    ['2028-03-01', '2028-02-28'],
  ])('put %s into the week of %s', (date, monday) => expect(mondayOf(date)).toBe(monday));
});
