import { describe, expect, it } from 'vitest';
import { exampleOf } from './example.ts';
import { inOrder, movedTo, placeAt } from './order.ts';
import type { CallerCondition, TimeCondition } from './rule.ts';
import { clockIn, momentIn } from './zone.ts';

const time = (part: Partial<TimeCondition>): TimeCondition => ({ weekdays: [], dates: [], holidays: 'any', ...part });
const ruleWith = (times: TimeCondition[], callers: CallerCondition[] = []) => ({ conditions: { times, callers, states: [] } });
const numberOf = (group: string) => (group === 'School' ? '+14165550177' : undefined);
/** A Wednesday. */
const today = '2026-12-02T18:30';

describe('a call to try a rule with', () => {
  it.each([
    ['on the day itself', time({ from: '22:00', to: '07:00' }), '2026-12-02T22:00'],
    ['on the next Saturday', time({ weekdays: [6, 7], from: '09:00', to: '10:00' }), '2026-12-05T09:00'],
    ['at Christmas', time({ dates: [{ from: '12-24', to: '01-06' }] }), '2026-12-24T12:00'],
    ['never, where no day is near', time({ dates: [{ from: '2030-01-01', to: '2030-01-02' }] }), ''],
  ])('comes when the rule begins: %s', (_name, one, at) => {
    expect(exampleOf(ruleWith([one]), today, numberOf).at).toBe(at);
  });

  it.each<readonly [CallerCondition, string]>([
    [{ kind: 'exact', number: '+14165550123' }, '+14165550123'],
    [{ kind: 'prefix', prefix: '+1416' }, '+14160000000'],
    [{ kind: 'group', group: 'School' }, '+14165550177'],
    [{ kind: 'group', group: 'Nobody' }, ''],
    [{ kind: 'anonymous' }, ''],
  ])('is of somebody whom the rule means: %o', (caller, number) => {
    expect(exampleOf(ruleWith([], [caller]), today, numberOf)).toEqual({ caller: number, at: '' });
  });
});

describe('the clock of the house', () => {
  it.each([
    ['Europe/Berlin', '2026-01-15T12:00', '2026-01-15T11:00:00.000Z'],
    ['Europe/Berlin', '2026-07-15T12:00', '2026-07-15T10:00:00.000Z'],
    ['America/Toronto', '2026-03-08T12:00', '2026-03-08T16:00:00.000Z'],
    ['Asia/Kolkata', '2026-03-08T00:10', '2026-03-07T18:40:00.000Z'],
  ])('is read wherever the browser is: %s %s', (zone, local, utc) => {
    const moment = momentIn(zone, local);
    expect(new Date(moment).toISOString()).toBe(utc);
    expect(clockIn(zone, moment)).toBe(local);
  });

  it('does not take what is no time for one', () => {
    expect(momentIn('Europe/Berlin', 'soon')).toBeNaN();
  });
});

describe('rules in order', () => {
  it('move to a place, and no further than the ends', () => {
    expect(movedTo(['a', 'b', 'c'], 'c', 0)).toEqual(['c', 'a', 'b']);
    expect(movedTo(['a', 'b', 'c'], 'a', 9)).toEqual(['b', 'c', 'a']);
    expect(movedTo(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c']);
  });

  it('land among the others where they are let go', () => {
    expect([5, 15, 99].map((y) => placeAt(y, [10, 20, 30]))).toEqual([0, 1, 3]);
  });

  it('keep behind what somebody else has added meanwhile', () => {
    const items = ['new', 'a', 'b'].map((id) => ({ id }));
    expect(inOrder(items, ['b', 'a']).map(({ id }) => id)).toEqual(['b', 'a', 'new']);
  });
});
