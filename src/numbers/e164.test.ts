import { describe, expect, it } from 'vitest';
import facts from '#testing/harness/example-number-facts.json' with { type: 'json' };
import { readDialled } from './dial-plan.ts';
import { calledReadings, toE164, withoutPlusToE164 } from './e164.ts';

type Written = readonly [e164: string, national: string, international: string, uri: string, fromAbroad: string];
const examples = Object.entries(facts).flatMap(([country, types]) =>
  typeof types === 'string'
    ? []
    : Object.entries(types).map(([type, written]) => [country, type, written as unknown as Written] as const),
);

describe('toE164', () => {
  it.each([
    ['+4930901820', 'DE', '+4930901820'],
    ['4930901820', 'DE', '+4930901820'],
    ['030901820', 'DE', '+4930901820'],
    ['030 1234567', 'DE', '+49301234567'],
    ['4922112345', 'DE', '+4922112345'],
    ['491716783150', 'DE', '+491716783150'],
    ['4915112345678', 'DE', '+4915112345678'],
    ['49221123456', 'DE', '+49221123456'],
    ['497111234567', 'DE', '+497111234567'],
    ['622112345678', 'ID', '+622112345678'],
    ['5215512345678', 'MX', '+525512345678'],
    ['14165550123', 'CA', '+14165550123'],
    ['4165550123', 'CA', '+14165550123'],
    ['15555550123', 'US', '+15555550123'],
    ['\u202a+14155550123\u202c', 'DE', '+14155550123'],
    ['tel:+1-415-555-0123', 'DE', '+14155550123'],
    ['901820', 'DE', undefined],
    ['anonymous', 'DE', undefined],
    ['', 'DE', undefined],
    ['12', 'DE', undefined],
    ['+4930901820', '??', '+4930901820'],
  ])('writes %j of %s as %s', (text, country, expected) => {
    expect(toE164(text, country)).toBe(expected);
  });
});

describe('Google’s example numbers', () => {
  it('are of more than 25 countries', () => {
    expect(new Set(examples.map(([country]) => country)).size).toBeGreaterThan(50);
    expect(examples.length).toBeGreaterThan(300);
  });

  it.each(examples)('of %s, %s: every spelling is read as the same number', (country, _type, written) => {
    const [e164, national, international, uri, fromAbroad] = written;
    const abroad = country === 'US' || country === 'CA' ? 'DE' : 'US';
    const spellings: [string, string][] = [
      [e164, country],
      [international, country],
      [international.replaceAll(' ', '\u00a0'), country],
      [international.replaceAll(/[ -]/g, '\u2011'), abroad],
      [`\u2068${international}\u2069`, abroad],
      [uri, abroad],
      [`${uri};ext=12`, country],
      [e164, abroad],
      [fromAbroad, abroad],
      [`00${e164.slice(1)}`, abroad],
    ];
    // Where a country's number may be dialled from abroad only (800 of another country), its spelling is not the full one.
    for (const [text, at] of spellings) expect.soft([text, at, toE164(text, at)]).toEqual([text, at, e164]);
    const dialled = readDialled(national, { country, isExtension: () => false });
    if (dialled.kind === 'short') expect(dialled.number).toBe(national.replaceAll(/\D/g, ''));
    else expect(dialled).toMatchObject({ kind: 'external', number: e164 });
    const ours = (text: string) => calledReadings(text, country).map(({ number }) => number);
    for (const text of [e164, e164.slice(1), international, national, `00${e164.slice(1)}`, `011${e164.slice(1)}`, uri]) {
      expect.soft([text, ours(text).includes(e164)]).toEqual([text, true]);
    }
    expect(toE164(e164.slice(1), country)).toBe(e164);
  });
});

describe('calledReadings', () => {
  const isRead = (text: string, country: string, number: string) =>
    calledReadings(text, country).find((one) => one.number === number);

  it.each([
    '+4922112345',
    '022112345',
    '004922112345',
    '22112345',
    '4922112345',
    '01149 221 12345',
    'tel:22112345;phone-context=+49',
  ])('finds our number in %s', (text) => expect(isRead(text, 'DE', '+4922112345')).toBeDefined());

  it('finds a number that the tables do not know, and a Mexican one with the old 1', () => {
    expect(isRead('4999999', 'DE', '+4999999')).toBeDefined();
    expect(isRead('5215512345678', 'US', '+525512345678')).toBeDefined();
    expect(isRead('525512345678', 'US', '+5215512345678')).toBeDefined();
  });

  it('reads nothing in a name, nor in half a number', () => {
    expect(calledReadings('alice', 'DE')).toEqual([]);
    expect(calledReadings('+49221\u202e12345', 'DE')).toEqual([]);
  });

  it('tells a trunk that leaves the plus out, so that its foreign callers are read right', () => {
    expect(isRead('4922112345', 'DE', '+4922112345')?.isWithoutPlus).toBe(true);
    expect(isRead('022112345', 'DE', '+4922112345')?.isWithoutPlus).toBe(false);
    expect(isRead('14155550123', 'US', '+14155550123')?.isWithoutPlus).toBe(false);
    expect(withoutPlusToE164('33142685300', 'DE')).toBe('+33142685300');
    expect(toE164('33142685300', 'DE')).toBe('+4933142685300');
    expect(withoutPlusToE164('022112345', 'DE')).toBe('+4922112345');
  });
});
