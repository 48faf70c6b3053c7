// What the list of calls is narrowed down to, as the address of the page has it and as the house is asked.
import { callDirections } from '#contract/calls.ts';
import { callDispositions } from '#contract/call-verdicts.ts';
import { askedDays, changeFilters, isDay, isId, isOneOf, readFilters } from './list-query.ts';
import type { Filters, Fits, Query } from './list-query.ts';

/** By name; days as a calendar writes them, `to` included. */
export type FilterName = 'direction' | 'disposition' | 'person' | 'device' | 'number' | 'from' | 'to' | 'text';
export type CallQuery = Filters<FilterName>;

const fits: Fits<FilterName> = {
  direction: isOneOf(callDirections),
  disposition: isOneOf(callDispositions),
  person: isId,
  device: isId,
  number: (value) => /^[+*#\d][\d\s()*#./-]{0,31}$/.test(value),
  from: isDay,
  to: isDay,
  text: (value) => value.trim() !== '' && value.length <= 64,
};

/** Of an address; what does not fit is left out. */
export function readCallQuery(query: Query): CallQuery {
  return readFilters(fits, query);
}

/** With these filters changed; an empty one is taken away. */
export function withFilters(query: CallQuery, changed: CallQuery): Query {
  return changeFilters(fits, query, changed);
}

/** As the house is asked: days are moments there. */
export function askedCalls({ from, to, text, ...rest }: CallQuery, timeZone: string | undefined): Query {
  return { ...rest, ...askedDays({ from, to }, timeZone), ...(text === undefined ? {} : { text: text.trim() }) };
}
