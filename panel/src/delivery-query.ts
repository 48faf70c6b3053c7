// What the list of notifications is narrowed down to, as the address of the page has it and as the house is asked.
import { deliveryKinds, deliveryStates, notificationChannels } from '#contract/notification-kinds.ts';
import { dayStart } from './day-start.ts';

type Query = Readonly<Record<string, string>>;

/** By name; days as a calendar writes them, `to` included. */
export const deliveryFilterNames = ['state', 'kind', 'channel', 'person', 'from', 'to'] as const;
export type DeliveryFilterName = (typeof deliveryFilterNames)[number];
export type DeliveryQuery = { readonly [Name in DeliveryFilterName]?: string };

const oneOf = (values: readonly string[]) => (value: string) => values.includes(value);
const isDay = (value: string) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));

/** Whether the house would take it: an address may be old or mistyped. */
const fits: Readonly<Record<DeliveryFilterName, (value: string) => boolean>> = {
  state: oneOf(deliveryStates),
  kind: oneOf(deliveryKinds),
  channel: oneOf(notificationChannels),
  person: (value) => /^[\w-]{1,80}$/.test(value),
  from: isDay,
  to: isDay,
};

/** Of an address; what does not fit is left out. */
export function readDeliveryQuery(query: Query): DeliveryQuery {
  return Object.fromEntries(
    deliveryFilterNames.flatMap((name) => {
      const value = query[name];
      return value !== undefined && fits[name](value) ? [[name, value] as const] : [];
    }),
  );
}

/** With these filters changed; an empty one is taken away. */
export function withDeliveryFilters(query: DeliveryQuery, changed: DeliveryQuery): Query {
  const all = { ...query, ...changed };
  return Object.fromEntries(
    deliveryFilterNames.flatMap((name) => (all[name] === undefined || all[name] === '' ? [] : [[name, all[name]]])),
  );
}

/** As the house is asked: days are moments there. */
export function askedDeliveries({ from, to, ...rest }: DeliveryQuery, timeZone: string | undefined): Query {
  return {
    ...rest,
    ...(from === undefined ? {} : { from: new Date(dayStart(from, 0, timeZone)).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(dayStart(to, 1, timeZone)).toISOString() }),
  };
}
