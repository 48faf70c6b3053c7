import { expect, it } from 'vitest';
import { languageChoices } from './greeting-languages.ts';

it('a language is chosen by its name in the reader’s own, and one that is set is always there', () => {
  const german = languageChoices('de', 'Die des Hauses', 'pa-IN');
  expect(german[0]).toEqual({ value: '', text: 'Die des Hauses' });
  expect(german.find(({ value }) => value === 'nl-NL')?.text).toContain('Niederländisch');
  expect(german.filter(({ value }) => value === 'pa-IN')).toHaveLength(1);
  expect(languageChoices('en', '', 'de-DE').filter(({ value }) => value === 'de-DE')).toHaveLength(1);
});
