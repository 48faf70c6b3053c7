import { describe, expect, it } from 'vitest';
import type { ShortCost } from '#numbers/short-numbers.ts';
import { previouslyCalledDestinations, outgoingRefusal } from './outgoing-decision.ts';
import type { OutgoingFacts } from './outgoing-decision.ts';

const limits = { calls: 5, callsPerPhone: 2, minutesADay: 1200, minutesADayPerPhone: 600, callMinutes: 240 };
const nothing = { calls: 0, minutes: 0 };

function refused(number: string, given: Partial<OutgoingFacts> & { allowed?: readonly string[]; country?: string } = {}) {
  const { allowed = [], country = 'US', ...wish } = given;
  const refusal = outgoingRefusal(
    { number, shortCost: undefined, isFromKnownSource: true, phone: nothing, house: nothing, ...wish },
    { country, limits, allowed: new Set(allowed) },
  );
  return refusal === undefined ? 'goes out' : [refusal.verdict.reason, refusal.destination].filter(Boolean).join(' ');
}

describe('a call outside', () => {
  it.each<[string, string, string[], string]>([
    ['+14165550123', 'US', [], 'goes out'],
    ['+12125550123', 'CA', [], 'goes out'],
    ['+17875551234', 'US', [], 'goes out'],
    ['+18005551234', 'US', [], 'goes out'],
    ['+80012345678', 'US', [], 'goes out'],
    ['+18765551234', 'US', [], 'destination-not-allowed JM'],
    ['+12423221234', 'CA', [], 'destination-not-allowed BS'],
    ['+37120000000', 'US', [], 'destination-not-allowed LV'],
    ['+37120000000', 'US', ['LV'], 'goes out'],
    ['+37120000000', 'US', ['+3712'], 'goes out'],
    ['+37190012345', 'US', ['LV'], 'destination-not-allowed premium-rate'],
    ['+37190012345', 'US', ['premium-rate'], 'destination-not-allowed LV'],
    ['+19005551234', 'US', [], 'destination-not-allowed premium-rate'],
    ['+19005551234', 'US', ['premium-rate'], 'goes out'],
    ['+19005551234', 'US', ['+19005551234'], 'goes out'],
    ['+19005551235', 'US', ['+19005551234'], 'destination-not-allowed premium-rate'],
    ['+491803123456', 'DE', [], 'goes out'],
    ['+491803123456', 'AT', ['DE'], 'destination-not-allowed premium-rate'],
    ['+88213123456', 'US', ['DE', 'premium-rate'], 'destination-not-allowed international-networks'],
    ['+88213123456', 'US', ['international-networks'], 'goes out'],
    ['+979123456789', 'US', ['international-networks'], 'destination-not-allowed premium-rate'],
    ['+447012345678', 'GB', [], 'destination-not-allowed premium-rate'],
    ['+447781123456', 'GB', [], 'goes out'],
  ])('to %s from a house in %s with %j allowed: %s', (number, country, allowed, expected) => {
    expect(refused(number, { country, allowed })).toBe(expected);
  });

  it.each<[string, ShortCost, string[], string]>([
    ['3200', 'premium', [], 'destination-not-allowed premium-rate'],
    ['3200', 'premium', ['premium-rate'], 'goes out'],
    ['3200', 'premium', ['3200'], 'goes out'],
    ['118500', 'unknown', [], 'goes out'],
  ])('to the short number %s (%s) with %j allowed: %s', (number, shortCost, allowed, expected) => {
    expect(refused(number, { shortCost, allowed })).toBe(expected);
  });

  it.each<[Partial<OutgoingFacts>, string]>([
    [{ isFromKnownSource: false }, 'not-registered-here'],
    [{ phone: { calls: 1, minutes: 0 } }, 'goes out'],
    [{ phone: { calls: 2, minutes: 0 } }, 'outgoing-limit'],
    [{ house: { calls: 5, minutes: 0 } }, 'outgoing-limit'],
    [{ phone: { calls: 0, minutes: 599.9 } }, 'goes out'],
    [{ phone: { calls: 0, minutes: 600 } }, 'minutes-used-up'],
    [{ house: { calls: 0, minutes: 1200 } }, 'minutes-used-up'],
  ])('with %j: %s', (wish, expected) => {
    expect(refused('+14165550123', wish)).toBe(expected);
  });
});

describe('what was called before', () => {
  it.each<[string, string[]]>([
    ['+14165550123', []],
    ['911', []],
    ['anonymous', []],
    ['+37120000000', ['LV']],
    ['+19005551234', ['+19005551234']],
    ['+491803123456', ['+491803123456']],
    ['+88213123456', ['+88213123456']],
  ])('%s opens %j', (number, expected) => {
    expect(previouslyCalledDestinations(number, 'US')).toEqual(expected);
  });
});
