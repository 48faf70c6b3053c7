// Owns who reads, and times and lengths as that reader says them, in the time zone of the house.
import type { HouseLanguage } from '#contract/languages.ts';

export type Reader = {
  readonly language: HouseLanguage;
  readonly timeZone: string;
  /** Two letters: how the language is written there; 12 or 24 hours too. */
  readonly country?: string | undefined;
  /** When it is read: milliseconds since the Unix epoch. */
  readonly at: number;
  /** A number in full as people read it; anything else as it is. */
  readonly showNumber: (number: string) => string;
};

const dayMs = 24 * 60 * 60_000;

/** BCP 47. */
export function tagOf({ language, country }: Pick<Reader, 'language' | 'country'>): string {
  return country !== undefined && /^[a-z]{2}$/i.test(country) ? `${language}-${country.toUpperCase()}` : language;
}

/** With its day: a mail is read whenever. */
export function moment(at: number, reader: Reader): string {
  return formatter(reader, { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' }).format(at);
}

/** The time of today, else with its weekday, else with its date: for what is seen when it comes. */
export function shortMoment(at: number, reader: Reader): string {
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  if (dayOf(at, reader) === dayOf(reader.at, reader)) return formatter(reader, time).format(at);
  const isNear = Math.abs(reader.at - at) < 6 * dayMs;
  const day = isNear ? ({ weekday: 'short' } as const) : ({ day: 'numeric', month: 'short' } as const);
  return formatter(reader, { ...day, ...time }).format(at);
}

/** Such as `0:42`. */
export function clockLength(seconds: number): string {
  const [minutes, rest] = minutesOf(seconds);
  return `${minutes}:${String(rest).padStart(2, '0')}`;
}

/** Such as `1 minute, 7 seconds`. */
export function spokenLength(seconds: number, reader: Reader): string {
  const [minutes, rest] = minutesOf(seconds);
  const unit = (value: number, name: 'minute' | 'second') =>
    new Intl.NumberFormat(tagOf(reader), { style: 'unit', unit: name, unitDisplay: 'long' }).format(value);
  const said = [...(minutes > 0 ? [unit(minutes, 'minute')] : []), ...(rest > 0 || minutes === 0 ? [unit(rest, 'second')] : [])];
  return said.join(', ');
}

function minutesOf(seconds: number): readonly [number, number] {
  const whole = Math.max(0, Math.round(seconds));
  return [Math.floor(whole / 60), whole % 60];
}

/** Of the languages, countries and time zones of a house: a few. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Made once: to make one takes longer than all else of a notification. */
function formatter(reader: Reader, wanted: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return formatterOf(tagOf(reader), { ...wanted, timeZone: reader.timeZone });
}

function formatterOf(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${tag} ${JSON.stringify(options)}`;
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(tag, options);
  formatters.set(key, made);
  return made;
}

function dayOf(at: number, { timeZone }: Reader): string {
  return formatterOf('en-CA', { timeZone, dateStyle: 'short' }).format(at);
}
