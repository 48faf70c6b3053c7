import { getCountries } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import facts from '#testing/harness/short-number-facts.json' with { type: 'json' };
import { readDialled } from './dial-plan.ts';
import { emergencyNumber, isEmergencyNumber } from './emergency-numbers.ts';
import { shortCost } from './short-numbers.ts';

const countries = Object.entries(facts).filter(([key]) => key.length === 2);
const costs = { f: 'free', s: 'standard', p: 'premium', u: 'unknown' } as const;

describe('short numbers, as Google’s reader sees them', () => {
  it('are there for every country that has them', () => {
    expect(countries.length).toBeGreaterThan(240);
  });

  it.each(countries)('of %s: emergency numbers are taken for it, short ones go out as dialled', (country, text) => {
    for (const fact of text.split(' ').filter(Boolean)) {
      const [, digits = '', mark = '', isText] = /^(\d+)([efspu])(t?)$/.exec(fact) ?? [];
      const read = readDialled(digits, { country, isExtension: () => false });
      if (mark === 'e') {
        expect.soft([digits, read.kind]).toEqual([digits, 'emergency']);
      } else if (isEmergencyNumber(digits, country)) {
        expect.soft([digits, read]).toEqual([digits, { kind: 'emergency', number: emergencyNumber(digits, country) }]);
      } else if (country === 'US' && /^[2-9]\d{3}$/.test(digits)) {
        expect.soft([digits, read.kind]).toEqual([digits, 'invalid']);
      } else if (isText === '') {
        expect.soft([digits, read]).toEqual([digits, { kind: 'short', number: digits, cost: costs[mark as keyof typeof costs] }]);
      }
    }
  });

  it.each(['AE', 'BE', 'CA', 'CL', 'FR', 'RO', 'US'])('of %s for text messages only are no numbers to call', (country) => {
    const texts = (facts[country as keyof typeof facts] ?? '')
      .split(' ')
      .flatMap((one) => (one.endsWith('t') ? [one.slice(0, -2)] : []));
    const called = texts.filter((digits) => !isEmergencyNumber(digits, country) && shortCost(digits, country) !== undefined);
    expect([texts.length > 0, called]).toEqual([true, []]);
  });

  it('are none in other lengths, for nonsense and for a country nobody knows', () => {
    expect(shortCost('', 'US')).toBeUndefined();
    expect(shortCost('9'.repeat(40), 'US')).toBeUndefined();
    expect(shortCost('988', '??')).toBeUndefined();
    expect(shortCost('988', 'us')).toBe('free');
  });
});

describe('emergencyNumber', () => {
  it('knows 112 and 911 in every country', () => {
    for (const country of [...getCountries(), '??']) {
      for (const digits of ['112', '911'])
        expect([country, digits, isEmergencyNumber(digits, country)]).toEqual([country, digits, true]);
    }
  });

  it.each(['AT', 'BE', 'DE', 'DK', 'ES', 'FI', 'FR', 'GB', 'GR', 'IE', 'IT', 'LU', 'NL', 'PL', 'PT', 'SE', 'CH', 'NO'])(
    'sends 112 in %s',
    (country) => expect(emergencyNumber('112', country)).toBe('112'),
  );

  it('takes no number for one that only other countries have, where the numbering plan tells', () => {
    expect(['112', '999'].map((digits) => emergencyNumber(digits, 'BJ'))).toEqual(['112', undefined]);
    expect(['111', '999'].map((digits) => emergencyNumber(digits, 'RW'))).toEqual(['111', undefined]);
  });

  it('sends the country’s own number for one of another country', () => {
    expect(emergencyNumber('112', 'US')).toBe('911');
    expect(emergencyNumber('911', 'DE')).toBe('112');
    expect(emergencyNumber('911', 'KH')).toBe('911');
    expect(emergencyNumber('999', 'AQ')).toBe('999');
    expect(emergencyNumber('988', 'US')).toBeUndefined();
  });
});
