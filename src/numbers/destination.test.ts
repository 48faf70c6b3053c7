import { describe, expect, it } from 'vitest';
import { destinationOf, homeCountries, isCountry } from './destination.ts';

describe('where a call goes and what it costs', () => {
  it.each([
    ['+14165550123', 'CA', 'usual'],
    ['+18005551234', 'US', 'free'],
    ['+19005551234', 'US', 'premium'],
    ['+15335551234', 'US', 'premium'],
    ['+12423221234', 'BS', 'usual'],
    ['+18765551234', 'JM', 'usual'],
    ['+15551234567', 'US', 'usual'],
    ['+493012345678', 'DE', 'usual'],
    ['+499001234567', 'DE', 'premium'],
    ['+491803123456', 'DE', 'shared'],
    ['+491371234567', 'DE', 'premium'],
    ['+447011234567', 'GB', 'premium'],
    ['+449098790000', 'GB', 'premium'],
    ['+448451234567', 'GB', 'shared'],
    ['+447400123456', 'GB', 'usual'],
    ['+33899123456', 'FR', 'premium'],
    ['+33820123456', 'FR', 'shared'],
    ['+37120000000', 'LV', 'usual'],
    ['+870773123456', undefined, 'usual'],
    ['+88213123456', undefined, 'usual'],
    ['+8835100123456', undefined, 'usual'],
    ['+979123456789', undefined, 'premium'],
    ['+80012345678', undefined, 'free'],
    ['+447640123456', 'GB', 'premium'],
    ['+812012345678', 'JP', 'premium'],
    ['nonsense', undefined, 'premium'],
  ])('%s is of %s, %s', (number, country, cost) => {
    expect(destinationOf(number)).toEqual({ country, cost });
  });

  it.each(['+4990012345', '+49900123456789', '+1900555123', '+3389912345'])(
    'a dear number with digits missing or too many stays dear: %s',
    (number) => expect(destinationOf(number).cost).toBe('premium'),
  );

  it.each([
    ['+1100000000', 'US'],
    ['+7100000000', 'RU'],
    ['+39100000000', 'IT'],
    ['+44100000000', 'GB'],
    ['+47100000000', 'NO'],
    ['+61100000000', 'AU'],
    ['+212100000000', 'MA'],
    ['+262100000000', 'RE'],
    ['+290100000000', 'SH'],
    ['+35800000000', 'FI'],
    ['+590100000000', 'GP'],
    ['+599100000000', 'CW'],
  ])('a number that the tables assign to none of the countries of its plan, %s, counts for the largest, %s', (number, country) =>
    expect(destinationOf(number).country).toBe(country),
  );

  it('takes the neighbours of a numbering plan for home, but no dear islands', () => {
    expect(homeCountries('us')).toEqual(['US', 'CA', 'PR', 'VI']);
    expect(homeCountries('CA')).not.toContain('JM');
    expect(homeCountries('DE')).toEqual(['DE']);
    expect([isCountry('LV'), isCountry('XX'), isCountry('lv')]).toEqual([true, false, false]);
  });
});
