import { expect, it } from 'vitest';
import { windowText } from './dnd-words.ts';
import { fill } from './phrase.ts';
import type { WeekWindow } from './rules/week.ts';
import { de } from './strings/de.ts';
import { en } from './strings/en.ts';
import { es } from './strings/es.ts';
import { fr } from './strings/fr.ts';
import { nl } from './strings/nl.ts';

const words = { en, de, fr, es, nl };
const workdays = [1, 2, 3, 4, 5];
const everyDay = [1, 2, 3, 4, 5, 6, 7];

it.each<[keyof typeof words, WeekWindow, string]>([
  ['en', { days: workdays, from: '22:00', to: '07:00' }, 'Monday to Friday, 22:00 to 07:00 the next day'],
  ['en', { days: everyDay, from: '13:00', to: '14:30' }, 'Every day, 13:00 to 14:30'],
  ['en', { days: [6, 7], from: '00:00', to: '00:00' }, 'Saturday and Sunday, all day'],
  ['en', { days: [5], from: '20:00', to: '00:00' }, 'Friday, 20:00 to 00:00'],
  ['en', { days: [], from: '20:00', to: '21:00' }, '20:00 to 21:00'],
  ['de', { days: workdays, from: '22:00', to: '07:00' }, 'Montag bis Freitag, von 22:00 bis 07:00 am nächsten Tag'],
  ['fr', { days: workdays, from: '22:00', to: '07:00' }, 'du lundi au vendredi, entre 22:00 et 07:00 le lendemain'],
  ['es', { days: [6], from: '00:00', to: '00:00' }, 'sábado, todo el día'],
  ['nl', { days: everyDay, from: '22:00', to: '07:00' }, 'Elke dag, van 22:00 tot 07:00 de volgende dag'],
])('a time of the week is one sentence: %s', (language, window, expected) => {
  const t = (key: keyof typeof en, values = {}) => fill(words[language][key], values);
  expect(windowText(window, { t, tag: language, hour12: false })).toBe(expected);
});
