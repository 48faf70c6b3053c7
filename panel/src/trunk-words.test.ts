import { expect, test } from 'vitest';
import { trunkStates } from '#contract/trunk-words.ts';
import { en } from './strings/en.ts';
import { linesOf, responseOf, sortedPresets, trunkStateKey } from './trunk-words.ts';
import type { TrunkPreset } from './trunk-words.ts';

test('every state has words', () => {
  const state = { since: null, sipStatus: null, reason: null, retryAt: null };
  for (const kind of trunkStates) expect(en[trunkStateKey({ ...state, kind })]).toBeTruthy();
});

test('numbers are read from lines and commas', () => {
  expect(linesOf(' +49301 \n\n+49302, +49303;')).toEqual(['+49301', '+49302', '+49303']);
});

test('what the provider said is shown with its number', () => {
  expect(responseOf({ sipStatus: 403, reason: 'Forbidden' })).toBe('403 Forbidden');
  expect(responseOf({ sipStatus: null, reason: null })).toBe('');
});

test('providers of the country come first', () => {
  const presets = [
    { name: 'Zed', countries: ['DE'] },
    { name: 'Abc', countries: ['US'] },
    { name: 'Mid', countries: ['DE'] },
  ] as unknown as TrunkPreset[];
  expect(sortedPresets(presets, 'DE').map(({ name }) => name)).toEqual(['Mid', 'Zed', 'Abc']);
  expect(sortedPresets(presets, undefined).map(({ name }) => name)).toEqual(['Abc', 'Mid', 'Zed']);
});
