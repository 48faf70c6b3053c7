import { describe, expect, it } from 'vitest';
import { spokenDuration } from './format.ts';
import { barsOf, seekByKey, speedOf, volumeOf } from './waveform.ts';

describe('the bars of a waveform', () => {
  it.each([
    ['as many as there are slices', [0, 255], 2, [0, 1]],
    ['fewer: the loudest of each', [0, 255, 51, 0], 2, [1, 0.2]],
    ['more: each slice over several', [51, 255], 4, [0.2, 0.2, 1, 1]],
    ['a quiet voice fills the height', [10, 100], 2, [0.1, 1]],
    ['silence stays silence', [0, 12], 2, [0, 0.5]],
    ['none where nothing is known', [], 4, []],
    ['none where there is no room', [1], 0, []],
  ])('%s', (_, levels, count, bars) => expect(barsOf(levels, count)).toEqual(bars));
});

it.each([
  ['ArrowRight', 3, 8],
  ['ArrowLeft', 3, 0],
  ['ArrowRight', 28, 31],
  ['PageUp', 0, 30],
  ['Home', 12, 0],
  ['End', 12, 31],
  ['a', 12, undefined],
])('the key %s moves from %i s to %s s of 31', (key, at, to) => expect(seekByKey(key, at, 31)).toBe(to));

it('a speed and a volume that were kept by another version are not believed', () => {
  expect(['1.5', '3', null, 'NaN'].map(speedOf)).toEqual([1.5, 1, 1, 1]);
  expect(['0.5', '0', '7', null, '', 'loud'].map(volumeOf)).toEqual([0.5, 0, 1, 1, 1, 1]);
});

it.each([
  [0, 'en', '0 seconds'],
  [61.9, 'en', '1 minute, 1 second'],
  [3607, 'de', '1 Stunde, 7 Sekunden'],
])('%d seconds are said as words in %s', (seconds, tag, words) => expect(spokenDuration(seconds, { tag })).toBe(words));
