/** An unknown caller presses this digit before anything rings. */
export type ChallengeRule = { readonly digit: string };

/** What holds for all calls. */
export type RoutingSettings = {
  /** IANA name. */
  readonly timeZone: string;
  /** `YYYY-MM-DD`, or `MM-DD` for every year. */
  readonly holidays: readonly string[];
  /** Calendars of Home Assistant whose whole-day events are holidays too, such as `calendar.holidays`. */
  readonly holidayCalendars: readonly string[];
  /** A higher score is refused; 0 to 1. */
  readonly spamThreshold: number;
  readonly anonymousPolicy: 'allow' | 'voicemail' | 'reject';
  /** Undefined: nobody is asked. */
  readonly challenge: ChallengeRule | undefined;
  /** A second call within this time gets through do not disturb; 0: none does. */
  readonly repeatedCallMinutes: number;
  /** Whose second call: `known`: of contacts and numbers that the house has called of late. */
  readonly repeatedCallsOf: 'anyone' | 'known';
  /** Groups of the address book that get through do not disturb. */
  readonly vipGroups: readonly string[];
  /** A number that the house called within so many days is trusted. */
  readonly trustedDays: number;
  /** For so long after an emergency call everybody gets through. */
  readonly emergencyMinutes: number;
  /** How long phones ring where no rule says so. */
  readonly ringSeconds: number;
};

/** Of a house that has changed none of them. */
export function initialRoutingSettings(
  given: Pick<RoutingSettings, 'timeZone' | 'spamThreshold' | 'ringSeconds'>,
): RoutingSettings {
  return {
    ...given,
    holidays: [],
    holidayCalendars: [],
    anonymousPolicy: 'allow',
    challenge: undefined,
    repeatedCallMinutes: 3,
    repeatedCallsOf: 'anyone',
    vipGroups: ['VIP'],
    trustedDays: 90,
    emergencyMinutes: 30,
  };
}
