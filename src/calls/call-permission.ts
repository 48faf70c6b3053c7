import { isOpen } from '#base/opening-hours.ts';
import type { LocalTime, OpeningHours } from '#base/opening-hours.ts';
import { destinationOf, homeCountries } from '#numbers/destination.ts';
import type { ShortCost } from '#numbers/short-numbers.ts';
import type { Verdict } from './verdict.ts';

/** What a phone or a person may call outside the house (call barring). Calls inside the house and emergency calls are never restricted. */
export type CallPermission = {
  /**
   * `house`: no call outside; `list`: `numbers` alone; `national`: the house's own country and those that cost the same; `countries`: these
   * and `countries`; `everything`: wherever the house may call.
   */
  readonly allow: 'house' | 'list' | 'national' | 'countries' | 'everything';
  /** E.164, or short numbers as dialled. */
  readonly numbers: readonly string[];
  /** Two letters each, such as `FR`. */
  readonly countries: readonly string[];
  /** When calls outside are allowed, in the house's time zone; none: at any time. */
  readonly hours: OpeningHours;
};

export type PermittedCall = {
  /** E.164, or a short number as dialled. */
  readonly number: string;
  readonly shortCost: ShortCost | undefined;
  readonly local: LocalTime;
  readonly country: string;
};

/**
 * Why a call outside may not go out by these permissions, all of which hold; undefined: it may. Never asked about emergency calls. Short
 * numbers that cost nothing are always allowed: crisis lines for children are among them.
 */
export function permissionRefusal(call: PermittedCall, permissions: readonly CallPermission[]): Verdict | undefined {
  if (call.shortCost === 'free') return undefined;
  if (permissions.some((permission) => !mayEverCall(call, permission))) return refusal('call-not-permitted');
  const isNow = permissions.every(({ hours }) => hours.length === 0 || isOpen(hours, call.local));
  return isNow ? undefined : refusal('call-not-permitted-now');
}

function mayEverCall({ number, shortCost, country }: PermittedCall, { allow, numbers, countries }: CallPermission): boolean {
  if (allow === 'everything' || (allow !== 'house' && numbers.includes(number))) return true;
  if (allow === 'house' || allow === 'list') return false;
  if (shortCost !== undefined) return true;
  const { country: called, cost } = destinationOf(number);
  // Numbers of no country that cost nothing are as good as those at home.
  if (called === undefined) return cost === 'free';
  return homeCountries(country).includes(called) || (allow === 'countries' && countries.includes(called));
}

function refusal(reason: 'call-not-permitted' | 'call-not-permitted-now'): Verdict {
  return { disposition: 'failed', reason };
}
