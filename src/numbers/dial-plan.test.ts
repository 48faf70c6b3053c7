import { describe, expect, it } from 'vitest';
import { readDialled, readEmergency } from './dial-plan.ts';

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
    ['116117', 'DE', { kind: 'short', number: '116117', cost: 'free' }],
    ['116000', 'FR', { kind: 'short', number: '116000', cost: 'free' }],
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

describe('readDialled of crisis, health and service lines', () => {
  it.each([
    ['US', '988 211 311 411 511 611 711 811 933'],
    ['CA', '988 211 311 411 511 611 711 811 933'],
    ['GB', '101 105 111 119 123 159 116123 118118'],
    ['FR', '3114 3919 3939 116117 118218 116006'],
    ['ES', '016 024 010 11818'],
    ['IT', '1522 114 117 116117'],
    ['AT', '142 147 1450 118877'],
    ['CH', '143 145 147 1811'],
    ['BE', '106 107 1733'],
    ['NL', '113 144 14020 140345'],
    ['SE', '1177 11414 11313'],
    ['NZ', '1737 105 018'],
    ['IN', '1098 139 14416'],
    ['DE', '115 116117 11833 19222 118000'],
    ['NO', '02800 116117'],
    ['AU', '1194'],
    ['JP', '171 189'],
    ['BR', '188 180'],
  ])('of %s sends them as dialled: %s', (country, numbers) => {
    for (const number of numbers.split(' ')) {
      const found = readDialled(number, { country, isExtension: () => false });
      expect(found).toMatchObject({ kind: expect.stringMatching(/^(short|emergency)$/), number });
    }
  });

  it('names what they cost', () => {
    expect(read('988', 'US')).toEqual({ kind: 'short', number: '988', cost: 'free' });
    expect(read('3219', 'FR')).toEqual({ kind: 'short', number: '3219', cost: 'premium' });
    expect(read('116117', 'DE')).toMatchObject({ cost: 'free' });
    expect(read('211', 'US')).toMatchObject({ cost: 'unknown' });
  });

  it('leaves an extension to the house, but none that hides help', () => {
    const isExtension = (digits: string) => ['988', '911', '112'].includes(digits);
    expect(readDialled('988', { country: 'US', isExtension })).toEqual({ kind: 'extension', extension: '988' });
    expect(readDialled('911', { country: 'US', isExtension }).kind).toBe('emergency');
    expect(readDialled('112', { country: 'DE', isExtension }).kind).toBe('emergency');
  });

  it.each([
    // For text messages only.
    ['72345', 'US'],
    ['81212', 'FR'],
    ['2345', 'BE'],
    // Of one mobile carrier: a mistyped extension.
    ['4712', 'US'],
    // A local number without its area code, which would become somebody else's or nobody's.
    ['901820', 'DE'],
    ['5550123', 'US'],
    ['234567', 'GB'],
    // Short numbers of other countries.
    ['988', 'DE'],
    ['3114', 'DE'],
  ])('takes %s in %s for no number', (digits, country) => {
    expect(read(digits, country)).toEqual({ kind: 'invalid', reason: 'no-such-number' });
  });
});

describe('readDialled of emergency calls', () => {
  it.each([
    ['112', 'DE', '112'],
    ['911', 'DE', '112'],
    ['112', 'US', '911'],
    ['112', 'CA', '911'],
    ['911', 'GB', '112'],
    ['112', 'NZ', '111'],
    ['911', 'AU', '000'],
    ['+112', 'DE', '112'],
    ['+49112', 'DE', '112'],
    ['+49 110', 'DE', '110'],
    ['+1911', 'US', '911'],
    ['+33 15', 'FR', '15'],
    ['911#', 'US', '911'],
    ['*67911', 'US', '911'],
    ['*82911', 'US', '911'],
    ['*67 112', 'US', '911'],
    ['#31#112', 'DE', '112'],
    ['*31#110', 'DE', '110'],
    ['911,,1', 'US', '911'],
    ['tel:112;phone-context=+49', 'DE', '112'],
    ['\u0661\u0661\u0662', 'DE', '112'],
    ['\u202a911\u202c', 'US', '911'],
    ['114', 'DK', '114'],
    ['999', 'GH', '999'],
    ['102', 'LT', '102'],
    ['117', 'KH', '117'],
  ])('sends %j in %s as %s', (dialled, country, number) => {
    expect(read(dialled, country)).toEqual({ kind: 'emergency', number });
    expect(readEmergency(dialled, country)).toBe(number);
  });

  it('takes no long number for one', () => {
    expect(readEmergency('+4911212345', 'DE')).toBeUndefined();
    expect(readEmergency('9115550123', 'US')).toBeUndefined();
    expect(readEmergency('alice', 'US')).toBeUndefined();
    expect(readEmergency('+49911', 'DE')).toBeUndefined();
    expect(readEmergency('*21*112#', 'DE')).toBeUndefined();
    expect(readEmergency('*97911', 'US')).toBeUndefined();
  });
});

describe('readDialled of numbers as phones, address books and people write them', () => {
  const us = { kind: 'external', number: '+14155550123', country: 'US' };
  it.each([
    ['\u202a+14155550123\u202c', 'US', us],
    ['\u2068+1 415 555 0123\u2069', 'US', us],
    ['\u200e4155550123\u200b', 'US', us],
    ['\ufeff415.555.0123', 'US', us],
    ['415\u2011555\u20130123', 'US', us],
    ['\uff0b1\uff08415\uff09555\uff0d0123', 'DE', us],
    ['\uff14\uff11\uff15\uff15\uff15\uff15\uff10\uff11\uff12\uff13', 'US', us],
    ['\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0662\u0663', 'US', us],
    ['+\u06f1\u06f4\u06f1\u06f5\u06f5\u06f5\u06f5\u06f0\u06f1\u06f2\u06f3', 'DE', us],
    ['4155550123#', 'US', us],
    ['+1 415 555 0123 ext. 4', 'US', us],
    ['4155550123 x45', 'US', us],
    ['4155550123,,123#', 'US', us],
    ['4155550123p12w3', 'US', us],
    ['4155550123;ext=45', 'US', us],
    ['4155550123;npdi;rn=+14155550000', 'US', us],
    ['tel:+1-415-555-0123', 'DE', us],
    ['tel:+1-415-555-0123;ext=9', 'DE', us],
    ['tel:4155550123;phone-context=+1', 'DE', us],
    ['tel:4155550123;phone-context=example.com', 'US', us],
    ['sip:+14155550123@example.com;user=phone', 'DE', us],
    ['+0014155550123', 'DE', us],
    ['+33\u202f6\u202f12\u202f34\u202f56\u202f78', 'FR', { kind: 'external', number: '+33612345678', country: 'FR' }],
    ['+49 (0) 30 901820', 'US', { kind: 'external', number: '+4930901820', country: 'DE' }],
    ['4915112345678', 'DE', { kind: 'external', number: '+4915112345678', country: 'DE' }],
    ['+52 1 55 1234 5678', 'US', { kind: 'external', number: '+525512345678', country: 'MX' }],
    ['+54 9 11 2345 6789', 'US', { kind: 'external', number: '+5491123456789', country: 'AR' }],
    ['06 12345678', 'IT', { kind: 'external', number: '+390612345678', country: 'IT' }],
    ['391 234 5678', 'IT', { kind: 'external', number: '+393912345678', country: 'IT' }],
    ['0549 882345', 'SM', { kind: 'external', number: '+3780549882345', country: 'SM' }],
    ['882345', 'SM', { kind: 'external', number: '+3780549882345', country: 'SM' }],
    ['07 12 34 56 78', 'CI', { kind: 'external', number: '+2250712345678', country: 'CI' }],
    ['13 14 44', 'AU', { kind: 'external', number: '+61131444', country: 'AU' }],
    ['0049 30 901820', 'US', { kind: 'external', number: '+4930901820', country: 'DE' }],
    ['4930901820', 'CA', { kind: 'external', number: '+4930901820', country: 'DE' }],
    ['*67 415 555 0123', 'US', { kind: 'service', code: '*674155550123' }],
    ['#31#030901820', 'DE', { kind: 'service', code: '#31#030901820' }],
    ['101#', 'US', { kind: 'extension', extension: '101' }],
    ['tel:4711;phone-context=house.example', 'DE', { kind: 'extension', extension: '4711' }],
  ])('reads %j in %s', (dialled, country, expected) => {
    expect(read(dialled, country)).toEqual(expected);
  });

  it.each([
    // Turned around by U+202E, the eye sees another number.
    ['+1415\u202e555', 'US', 'not-digits'],
    ['+1415\u202e5550123', 'US', 'not-digits'],
    ['1 800 FLOWERS', 'US', 'not-digits'],
    ['4155550123##', 'US', 'not-digits'],
    ['415555wife', 'US', 'not-digits'],
    ['\u2460\u2461\u2462', 'US', 'not-digits'],
    ['4155550\u0967\u0968', 'US', 'no-such-number'],
    // Ivory Coast has had ten digits since 2021: which of them are missing cannot be told.
    ['07 12 34 56', 'CI', 'no-such-number'],
    ['tel:', 'US', 'empty'],
    ['1'.repeat(161), 'US', 'too-long'],
  ])('refuses %j in %s whole', (dialled, country, reason) => {
    expect(read(dialled, country)).toEqual({ kind: 'invalid', reason });
  });

  it('reads a tel: URI with a context the same way every time', () => {
    for (let time = 0; time < 4; time += 1)
      expect(read('tel:030901820;phone-context=+49', 'DE')).toMatchObject({ number: '+4930901820' });
  });
});
