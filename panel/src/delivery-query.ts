// What the list of notifications is narrowed down to, as the address of the page has it and as the house is asked.
import { deliveryKinds, deliveryStates, notificationChannels } from '#contract/notification-kinds.ts';
import { askedDays, changeFilters, isDay, isId, isOneOf, readFilters } from './list-query.ts';
import type { Filters, Fits, Query } from './list-query.ts';

/** By name; days as a calendar writes them, `to` included. */
export type DeliveryFilterName = 'state' | 'kind' | 'channel' | 'person' | 'from' | 'to';
export type DeliveryQuery = Filters<DeliveryFilterName>;

const fits: Fits<DeliveryFilterName> = {
  state: isOneOf(deliveryStates),
  kind: isOneOf(deliveryKinds),
  channel: isOneOf(notificationChannels),
  person: isId,
  from: isDay,
  to: isDay,
};

/** Of an address; what does not fit is left out. */
export function readDeliveryQuery(query: Query): DeliveryQuery {
  return readFilters(fits, query);
}

/** With these filters changed; an empty one is taken away. */
export function withDeliveryFilters(query: DeliveryQuery, changed: DeliveryQuery): Query {
  return changeFilters(fits, query, changed);
}

/** As the house is asked: days are moments there. */
export function askedDeliveries({ from, to, ...rest }: DeliveryQuery, timeZone: string | undefined): Query {
  return { ...rest, ...askedDays({ from, to }, timeZone) };
}
