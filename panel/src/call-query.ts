// What the list of calls is narrowed down to, as the address of the page has it and as the house is asked.
import { callDirections } from '#contract/calls.ts';
import { callDispositions } from '#contract/call-verdicts.ts';
import { dayStart } from './day-start.ts';

type Query = Readonly<Record<string, string>>;

/** By name; days as a calendar writes them, `to` included. */
export const filterNames = ['direction', 'disposition', 'person', 'device', 'number', 'from', 'to', 'text'] as const;
export type FilterName = (typeof filterNames)[number];
export type CallQuery = { readonly [Name in FilterName]?: string };

const isDay = (value: string) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));

/** Whether the house would take it: an address may be old or mistyped. */
const fits: Readonly<Record<FilterName, (value: string) => boolean>> = {
  direction: (value) => (callDirections as readonly string[]).includes(value),
  disposition: (value) => (callDispositions as readonly string[]).includes(value),
  person: (value) => /^[\w-]{1,80}$/.test(value),
  device: (value) => /^[\w-]{1,80}$/.test(value),
  number: (value) => /^[+*#\d][\d\s()*#./-]{0,31}$/.test(value),
  from: isDay,
  to: isDay,
  text: (value) => value.trim() !== '' && value.length <= 64,
};

/** Of an address; what does not fit is left out. */
export function readCallQuery(query: Query): CallQuery {
  const found = filterNames.flatMap((name) => {
    const value = query[name];
    return value !== undefined && fits[name](value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(found);
}

/** With these filters changed; an empty one is taken away. */
export function withFilters(query: CallQuery, changed: CallQuery): Query {
  const all = { ...query, ...changed };
  return Object.fromEntries(
    filterNames.flatMap((name) => (all[name] === undefined || all[name] === '' ? [] : [[name, all[name]]])),
  );
}

/** As the house is asked: days are moments there. */
export function askedCalls({ from, to, text, ...rest }: CallQuery, timeZone: string | undefined): Query {
  return {
    ...rest,
    ...(from === undefined ? {} : { from: new Date(dayStart(from, 0, timeZone)).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(dayStart(to, 1, timeZone)).toISOString() }),
    ...(text === undefined ? {} : { text: text.trim() }),
  };
}
