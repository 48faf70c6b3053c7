import { expect, it } from 'vitest';
import { autoReplySentence } from './auto-reply-words.ts';
import { fill } from './phrase.ts';
import { en } from './strings/en.ts';
import { fr } from './strings/fr.ts';

const speech = { t: (key: keyof typeof en, values = {}) => fill(en[key], values), tag: 'en-GB', hour12: undefined };
const hours = [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }];

it.each([
  ['dnd', [], [], 60, 'Answers while do not disturb is on, to the same sender once in 1 hour at most.'],
  [
    'keyword',
    ['park', 'parking'],
    [],
    90,
    'Answers messages with “park” or “parking”, to the same sender once in 90 minutes at most.',
  ],
  ['after_hours', [], [], 1_440, 'Answers at any time, to the same sender once in 1 day at most.'],
  [
    'after_hours',
    [],
    hours,
    120,
    'Answers outside of Monday to Friday, 08:00 to 18:00, to the same sender once in 2 hours at most.',
  ],
] as const)('an automatic reply by %s is told in a sentence', (trigger, keywords, times, quietMinutes, sentence) => {
  const told = { trigger, keywords: [...keywords], hours: times.map((one) => ({ ...one, days: [...one.days] })), quietMinutes };
  expect(autoReplySentence(told, speech)).toBe(sentence);
});

it('puts words into the quotation marks of the reader’s language', () => {
  const french = { t: (key: keyof typeof en, values = {}) => fill(fr[key], values), tag: 'fr-FR', hour12: undefined };
  const told = { trigger: 'keyword', keywords: ['park'], hours: [], quietMinutes: 60 } as const;
  expect(autoReplySentence({ ...told, keywords: [...told.keywords], hours: [] }, french)).toContain('« park »');
});
