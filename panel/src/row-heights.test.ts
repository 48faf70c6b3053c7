import { describe, expect, it } from 'vitest';
import { RowHeights } from './row-heights.ts';

describe('the heights of rows', () => {
  it('are taken to be those of the first ones on the screen', () => {
    const heights = new RowHeights(64);
    expect(heights.top(100)).toBe(6_400);
    expect(
      heights.measure([
        [0, 50],
        [1, 51],
        [2, 49],
      ]),
    ).toBe(true);
    expect(heights.top(100)).toBe(5_000);
    expect(
      heights.measure([
        [0, 50],
        [3, 50],
      ]),
    ).toBe(false);
  });

  it('are exact where they were measured', () => {
    const heights = new RowHeights(10);
    heights.measure([
      [0, 10],
      [1, 10],
    ]);
    expect(
      heights.measure([
        [2, 30],
        [3, 0],
      ]),
    ).toBe(true);
    expect([2, 3, 4, 5].map((index) => heights.top(index))).toEqual([20, 50, 50, 60]);
    expect([0, 19, 20, 49, 50, 999].map((offset) => heights.at(offset, 10))).toEqual([0, 1, 2, 2, 4, 9]);
    expect(heights.at(-500, 10)).toBe(0);
  });

  it('go along when rows come on top', () => {
    const heights = new RowHeights(10);
    heights.measure([[0, 10]]);
    heights.measure([[2, 30]]);
    heights.move(3);
    expect([heights.of(2), heights.of(5)]).toEqual([10, 30]);
    heights.move(-6);
    expect(heights.top(9)).toBe(90);
  });
});
