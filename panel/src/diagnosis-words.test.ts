import { describe, expect, it } from 'vitest';
import { causeCodes, mendingCodes } from '#contract/diagnosis.ts';
import { causeKey, causeText, mendingText } from './diagnosis-words.ts';
import type { Cause } from './diagnosis-words.ts';
import { fill } from './phrase.ts';
import type { Values } from './phrase.ts';
import { de } from './strings/de.ts';
import { en } from './strings/en.ts';
import type { StringKey, Strings } from './strings/en.ts';
import { es } from './strings/es.ts';
import { fr } from './strings/fr.ts';
import { nl } from './strings/nl.ts';

const speechOf = (strings: Strings, tag: string) => ({
  tag,
  hour12: undefined,
  t: (key: StringKey, values: Values = {}) => fill(strings[key], values),
});
const languages = [
  ['en', en],
  ['de', de],
  ['fr', fr],
  ['es', es],
  ['nl', nl],
] as const;
const when = () => '07:00';
const cause = (code: Cause['code'], more: Partial<Cause> = {}): Cause => ({ code, names: [], values: {}, ...more });
const english = speechOf(en, 'en-GB');

describe('why it did not ring', () => {
  it.each(causeCodes)('has a sentence in every language: %s', (code) => {
    for (const [tag, strings] of languages) {
      expect(strings[causeKey(code)], `${tag} ${code}`).toBeTypeOf('string');
      const values = { until: 1, seconds: 28, extension: '11', number: '+14165550100' };
      const said = causeText(cause(code, { names: ['Kitchen', 'Hall'], values }), speechOf(strings, tag), when);
      expect(said, `${tag} ${code}`).toMatch(/^[^{}]+[.!?]$/);
    }
  });

  it('names what it knows, and nothing where it does not', () => {
    expect(causeText(cause('rang', { names: ['Kitchen', 'Hall'], values: { seconds: 28 } }), english, when)).toBe(
      'Kitchen and Hall rang for 28 seconds, and nobody answered.',
    );
    expect(causeText(cause('dnd-person', { names: ['Anna'], values: { until: 1 } }), english, when)).toBe(
      'Do not disturb was on for Anna (until 07:00).',
    );
    expect(causeText(cause('dnd-house', { values: { until: null } }), english, when)).toBe(
      'Do not disturb was on for the whole house.',
    );
    expect(causeText(cause('phone-dnd-house', { values: { until: null } }), english, when)).toBe(
      'Do not disturb is on for the whole house: calls from outside do not ring.',
    );
    expect(causeText(cause('answered'), english, when)).toBe('It was answered.');
    expect(causeText(cause('busy'), english, when)).toBe('The called party was busy.');
  });
});

describe('what helps', () => {
  it.each(mendingCodes)('is a button in every language: %s', (code) => {
    for (const [tag, strings] of languages)
      expect(mendingText({ code, values: { name: 'Kitchen' } }, speechOf(strings, tag)), `${tag} ${code}`).toMatch(/^[^{}]+$/);
  });

  it('names countries as people do', () => {
    expect(mendingText({ code: 'allow-destination', values: { destination: 'LV' } }, english)).toBe('Allow calls to: Latvia');
    expect(mendingText({ code: 'allow-destination', values: { destination: 'premium-rate' } }, english)).toBe(
      'Allow calls to: premium-rate numbers',
    );
    expect(mendingText({ code: 'dnd-off', values: { of: 'house', id: null, name: '' } }, english)).toBe(
      'Switch do not disturb of the house off',
    );
  });
});
