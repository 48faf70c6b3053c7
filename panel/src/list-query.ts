// What a list is narrowed down to, as the address of its page has it and as the house is asked. Nothing here knows which list.
import { dayStart } from './day-start.ts';

export type Query = Readonly<Record<string, string>>;
export type Filters<Name extends string> = { readonly [One in Name]?: string };

/** Whether the house would take it, by name: an address may be old or mistyped. */
export type Fits<Name extends string> = Readonly<Record<Name, (value: string) => boolean>>;

export const isOneOf = (values: readonly string[]) => (value: string) => values.includes(value);
export const isId = (value: string) => /^[\w-]{1,80}$/.test(value);
/** As a calendar writes it. */
export const isDay = (value: string) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));

/** Of an address; what does not fit is left out. In the order of `fits`. */
export function readFilters<Name extends string>(fits: Fits<Name>, query: Query): Filters<Name> {
  const found = namesOf(fits).flatMap((name) => {
    const value = query[name];
    return value !== undefined && fits[name](value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(found) as Filters<Name>;
}

/** With these changed; an empty one is taken away. */
export function changeFilters<Name extends string>(fits: Fits<Name>, now: Filters<Name>, changed: Filters<Name>): Query {
  const all: Filters<Name> = { ...now, ...changed };
  return Object.fromEntries(
    namesOf(fits).flatMap((name) => (all[name] === undefined || all[name] === '' ? [] : [[name, all[name]]])),
  );
}

type Days = { readonly from: string | undefined; readonly to: string | undefined };

/** Days as the moments that the house is asked by, `to` included. */
export function askedDays({ from, to }: Days, timeZone: string | undefined): Query {
  return {
    ...(from === undefined ? {} : { from: new Date(dayStart(from, 0, timeZone)).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(dayStart(to, 1, timeZone)).toISOString() }),
  };
}

function namesOf<Name extends string>(fits: Fits<Name>): readonly Name[] {
  return Object.keys(fits) as Name[];
}
