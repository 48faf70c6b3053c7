import { describe, expect, it } from 'vitest';
import { getCountries } from 'libphonenumber-js';
import { readDialled, toE164 } from './dialled.ts';
import { emergencyNumbers } from './emergency-numbers.ts';

const extensions = new Set(['20', '101', '110', '4711']);
const read = (digits: string, country = 'DE') => readDialled(digits, { country, isExtension: (one) => extensions.has(one) });

describe('readDialled', () => {
  it.each([
    ['101', 'DE', { kind: 'extension', extension: '101' }],
    ['4711', 'CA', { kind: 'extension', extension: '4711' }],
    ['20', 'DE', { kind: 'extension', extension: '20' }],
    ['112', 'DE', { kind: 'emergency', number: '112' }],
    ['911', 'CA', { kind: 'emergency', number: '911' }],
    ['15', 'FR', { kind: 'emergency', number: '15' }],
    ['000', 'AU', { kind: 'emergency', number: '000' }],
    ['9-1-1', 'US', { kind: 'emergency', number: '911' }],
    ['030 901820', 'DE', { kind: 'external', number: '+4930901820', country: 'DE' }],
    ['0049 30 901820', 'DE', { kind: 'external', number: '+4930901820', country: 'DE' }],
    ['+49(30)90-18.20', 'CA', { kind: 'external', number: '+4930901820', country: 'DE' }],
    ['4165550123', 'CA', { kind: 'external', number: '+14165550123', country: 'CA' }],
    ['14165550123', 'CA', { kind: 'external', number: '+14165550123', country: 'CA' }],
    ['011 49 30 901820', 'US', { kind: 'external', number: '+4930901820', country: 'DE' }],
    ['01 42 68 53 00', 'FR', { kind: 'external', number: '+33142685300', country: 'FR' }],
    ['06 4620 1234', 'IT', { kind: 'external', number: '+390646201234', country: 'IT' }],
    ['116117', 'DE', { kind: 'short', number: '116117' }],
    ['116000', 'FR', { kind: 'short', number: '116000' }],
    ['*97', 'DE', { kind: 'service', code: '*97' }],
    ['**1#', 'DE', { kind: 'service', code: '**1#' }],
    ['', 'DE', { kind: 'invalid', reason: 'empty' }],
    [' - ', 'DE', { kind: 'invalid', reason: 'empty' }],
    ['alice', 'DE', { kind: 'invalid', reason: 'not-digits' }],
    ['*abc', 'DE', { kind: 'invalid', reason: 'not-digits' }],
    ['1+2', 'DE', { kind: 'invalid', reason: 'not-digits' }],
    ['299', 'DE', { kind: 'invalid', reason: 'no-such-number' }],
    ['1'.repeat(41), 'DE', { kind: 'invalid', reason: 'too-long' }],
    ['1'.repeat(30), 'DE', { kind: 'invalid', reason: 'no-such-number' }],
    ['116117', 'US', { kind: 'invalid', reason: 'no-such-number' }],
  ])('reads %j in %s', (digits, country, expected) => {
    expect(read(digits, country)).toEqual(expected);
  });

  it('lets no extension hide an emergency number', () => {
    expect(extensions.has('110')).toBe(true);
    expect(read('110', 'DE')).toEqual({ kind: 'emergency', number: '110' });
    expect(read('110', 'CA')).toEqual({ kind: 'extension', extension: '110' });
  });

  it('knows emergency numbers for a country outside the table, and for nonsense', () => {
    expect(read('112', 'AQ').kind).toBe('emergency');
    expect(read('911', '??').kind).toBe('emergency');
    expect(read('+4930901820', '??')).toMatchObject({ kind: 'external', number: '+4930901820' });
  });
});

describe('emergencyNumbers', () => {
  it('has short numbers of digits only, for real countries', () => {
    const countries = new Set<string>(getCountries());
    for (const country of countries) {
      for (const number of emergencyNumbers(country)) expect(number).toMatch(/^\d{2,5}$/);
    }
    expect(countries.has('XK')).toBe(true);
  });

  it.each(['AT', 'BE', 'DE', 'DK', 'ES', 'FI', 'FR', 'GB', 'GR', 'IE', 'IT', 'LU', 'NL', 'PL', 'PT', 'SE', 'CH', 'NO'])(
    'answers 112 in %s',
    (country) => expect(emergencyNumbers(country).has('112')).toBe(true),
  );
});

describe('toE164', () => {
  it.each([
    ['+4930901820', 'DE', '+4930901820'],
    ['4930901820', 'DE', '+4930901820'],
    ['030901820', 'DE', '+4930901820'],
    ['14165550123', 'CA', '+14165550123'],
    ['4165550123', 'CA', '+14165550123'],
    ['anonymous', 'DE', undefined],
    ['', 'DE', undefined],
    ['12', 'DE', undefined],
  ])('writes %s of %s as %s', (text, country, expected) => {
    expect(toE164(text, country)).toBe(expected);
  });
});
