import { destinationOf, homeCountries } from '#numbers/destination.ts';
import type { CallDestination } from '#numbers/destination.ts';
import type { ShortCost } from '#numbers/short-numbers.ts';
import type { Verdict } from './verdict.ts';

/** The outbound call limits. Emergency calls are not counted and never refused. */
export type OutgoingLimits = {
  readonly calls: number;
  readonly callsPerPhone: number;
  /** In any 24 hours. */
  readonly minutesADay: number;
  readonly minutesADayPerPhone: number;
  /** The longest one outbound call may last. */
  readonly callMinutes: number;
};

/** Outbound calls in progress, and minutes in 24 hours. */
export type OutgoingUsage = { readonly calls: number; readonly minutes: number };

/** An attempted outbound call, and what is known at that moment. */
export type OutgoingFacts = {
  /** E.164, or a short number as dialled. */
  readonly number: string;
  readonly shortCost: ShortCost | undefined;
  /** Whether it comes from an address where this phone is registered, or from the local network. */
  readonly isFromKnownSource: boolean;
  readonly phone: OutgoingUsage;
  readonly house: OutgoingUsage;
};

export type OutgoingRules = {
  readonly country: string;
  readonly limits: OutgoingLimits;
  /** Countries, kinds of numbers, and the digits that numbers begin with; see `placeOf`. */
  readonly allowed: ReadonlySet<string>;
};

export type OutgoingRefusal = {
  readonly verdict: Verdict;
  /** What would have to be allowed; undefined where that is not why. */
  readonly destination: string | undefined;
};

export const premiumRate = 'premium-rate';
export const internationalNetworks = 'international-networks';

/** Why an outbound call may not go out; undefined: it may. Pure. */
export function outgoingRefusal(facts: OutgoingFacts, rules: OutgoingRules): OutgoingRefusal | undefined {
  const { limits } = rules;
  if (!facts.isFromKnownSource) return refusal('not-registered-here');
  const destination = missingDestination(facts, rules);
  if (destination !== undefined) return refusal('destination-not-allowed', destination);
  if (facts.phone.calls >= limits.callsPerPhone || facts.house.calls >= limits.calls) return refusal('outgoing-limit');
  const isUsedUp = facts.phone.minutes >= limits.minutesADayPerPhone || facts.house.minutes >= limits.minutesADay;
  return isUsedUp ? refusal('minutes-used-up') : undefined;
}

/** The destination that is not allowed yet, such as `LV`, `premium-rate` or `international-networks`. */
function missingDestination({ number, shortCost }: OutgoingFacts, { country, allowed }: OutgoingRules): string | undefined {
  if (hasAllowedPrefix(number, allowed)) return undefined;
  if (shortCost !== undefined) return shortCost === 'premium' && !allowed.has(premiumRate) ? premiumRate : undefined;
  const destination = destinationOf(number);
  const key = destinationKeyOf(destination);
  const isHome = homeCountries(country).includes(destination.country ?? '');
  if (key === undefined || isHome || allowed.has(key)) return missingKind(destination, { isHome, allowed });
  return destination.cost === 'premium' && !allowed.has(premiumRate) ? premiumRate : key;
}

function missingKind(
  { cost }: CallDestination,
  { isHome, allowed }: { readonly isHome: boolean; readonly allowed: ReadonlySet<string> },
): string | undefined {
  // Shared-cost numbers are capped at home only.
  const isExpensive = cost === 'premium' || (cost === 'shared' && !isHome);
  return isExpensive && !allowed.has(premiumRate) ? premiumRate : undefined;
}

/** The name by which a destination is allowed; undefined for numbers that cost nothing wherever one calls from. */
export function destinationKeyOf({ country, cost }: CallDestination): string | undefined {
  if (country !== undefined) return country;
  return cost === 'free' ? undefined : internationalNetworks;
}

function hasAllowedPrefix(number: string, allowed: ReadonlySet<string>): boolean {
  for (let length = 3; length <= number.length; length += 1) if (allowed.has(number.slice(0, length))) return true;
  return false;
}

/** What must be allowed so that a number that was called before may be called again. */
export function previouslyCalledDestinations(number: string, country: string): readonly string[] {
  if (!number.startsWith('+')) return [];
  const noUsage = { calls: 0, minutes: 0 };
  const facts = { number, shortCost: undefined, isFromKnownSource: true, phone: noUsage, house: noUsage };
  const missing = missingDestination(facts, { country, allowed: new Set(), limits: noLimits });
  if (missing === undefined) return [];
  const { cost } = destinationOf(number);
  // Of expensive numbers only that one: that it was called once opens no others.
  return cost === 'premium' || cost === 'shared' || missing === internationalNetworks ? [number] : [missing];
}

const noLimits: OutgoingLimits = {
  calls: Infinity,
  callsPerPhone: Infinity,
  callMinutes: Infinity,
  minutesADay: Infinity,
  minutesADayPerPhone: Infinity,
};

type OutgoingReason = 'not-registered-here' | 'destination-not-allowed' | 'outgoing-limit' | 'minutes-used-up';

function refusal(reason: OutgoingReason, destination?: string): OutgoingRefusal {
  return { verdict: { disposition: 'failed', reason }, destination };
}
