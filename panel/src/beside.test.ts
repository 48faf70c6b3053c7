import { expect, it } from 'vitest';
import { beside, isolated } from './beside.ts';
import { fill } from './phrase.ts';

it.each(['Anna', 'Élodie d’Arcy', '+49 30 901820', '', '👩‍👧 Kids'])('leaves %j as it is', (text) => {
  expect(isolated(text)).toBe(text);
});

it.each([
  ['مريم 24', '\u2068مريم 24\u2069'],
  ['חדר\u200f', '\u2068חדר\u200f\u2069'],
  ['PAY\u202Egnp.exe\u2069\u202E', '\u2068PAYgnp.exe\u2069'],
])('closes off %j, whatever it opens itself', (text, shown) => {
  expect(isolated(text)).toBe(shown);
});

it('a sentence stays in its order whoever is named in it', () => {
  expect(fill('{from} to {to}, {count}', { from: 'مريم', to: 'Ben', count: 2 })).toBe('\u2068مريم\u2069 to Ben, 2');
});

it('puts words beside each other in their order, without those that are empty', () => {
  expect(beside('مريم 24', '', '+49 30')).toBe('\u2068مريم 24\u2069 · +49 30');
  expect(beside('', '')).toBe('');
});
