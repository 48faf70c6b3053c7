// The filters of calls in words.
import type { CallQuery, FilterName } from './call-query.ts';
import { dateFormat } from './intl.ts';
import type { StringKey } from './strings/en.ts';
import type { Values } from './phrase.ts';

type Quick = {
  readonly name: string;
  readonly text: StringKey;
  readonly query: CallQuery;
};

/** Those at hand; any others are behind a button. */
export const callFilters: readonly Quick[] = [
  { name: 'all', text: 'calls.all', query: {} },
  { name: 'missed', text: 'calls.missed', query: { disposition: 'missed' } },
  { name: 'inbound', text: 'calls.inbound', query: { direction: 'inbound' } },
  { name: 'outbound', text: 'calls.outbound', query: { direction: 'outbound' } },
  { name: 'internal', text: 'calls.internal', query: { direction: 'internal' } },
  { name: 'voicemail', text: 'calls.voicemail', query: { disposition: 'voicemail' } },
  { name: 'blocked', text: 'calls.blocked', query: { disposition: 'blocked' } },
];

/** Whether it is what is asked for, whatever else is. */
export function isQuick({ query }: Quick, { direction, disposition }: CallQuery): boolean {
  return query.direction === direction && query.disposition === disposition;
}

type Words = {
  readonly t: (key: StringKey, values?: Values) => string;
  readonly tag: string;
  /** Of a person or a phone. */
  readonly nameOf: (id: string) => string;
};

/** What is asked for, filter by filter. */
export function filterTexts(
  query: CallQuery,
  { t, tag, nameOf }: Words,
): readonly { readonly name: FilterName; readonly text: string }[] {
  const day = (value: string) =>
    dateFormat(tag, { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(`${value}T00:00:00Z`));
  const words: Readonly<Record<FilterName, (value: string) => string>> = {
    direction: (value) => t(`calls.${value}` as StringKey),
    disposition: (value) => t(`disposition.${value}` as StringKey),
    person: nameOf,
    device: nameOf,
    number: (number) => t('calls.filter.numberIs', { number }),
    from: (value) => t('calls.filter.since', { day: day(value) }),
    to: (value) => t('calls.filter.until', { day: day(value) }),
    text: (text) => t('quoted.text', { text }),
  };
  return (Object.keys(words) as FilterName[]).flatMap((name) => {
    const value = query[name];
    return value === undefined ? [] : [{ name, text: words[name](value) }];
  });
}
