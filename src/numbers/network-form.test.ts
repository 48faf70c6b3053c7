import { expect, test } from 'vitest';
import type { numberForms } from '#contract/trunk-words.ts';
import { networkForm } from './network-form.ts';

test.each<[(typeof numberForms)[number], string, string, string]>([
  ['plus', 'DE', '+49301234567', '+49301234567'],
  ['digits', 'DE', '+49301234567', '49301234567'],
  ['double-zero', 'FR', '+33142278186', '0033142278186'],
  ['national', 'DE', '+49301234567', '0301234567'],
  ['national', 'DE', '+33142278186', '0033142278186'],
  ['national', 'US', '+14165550123', '14165550123'],
  ['national', 'CA', '+14162345678', '4162345678'],
  ['national', 'CA', '+33142278186', '01133142278186'],
  ['national', 'DE', '112', '112'],
  ['digits', 'DE', '112', '112'],
  ['national', 'XX', '+49301234567', '+49301234567'],
])('as %s in %s, %s is %s', (form, country, number, written) => {
  expect(networkForm(form, country)(number)).toBe(written);
});
