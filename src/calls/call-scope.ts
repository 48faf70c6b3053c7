import type { DeviceId, PersonId } from '#base/ids.ts';
import type { CallDisposition } from '#contract/call-verdicts.ts';
import type { TextCondition } from '#storage/text-search.ts';
import type { CallDirection } from './call.ts';

/** What to look for; everything given must hold. Times in milliseconds since the Unix epoch. */
export type CallFilter = {
  readonly number?: string | undefined;
  readonly deviceId?: DeviceId | undefined;
  readonly personId?: PersonId | undefined;
  /** Only what this person may see; undefined: all. */
  readonly visibleTo?: PersonId | undefined;
  readonly direction?: CallDirection | undefined;
  readonly disposition?: CallDisposition | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly text?: string | undefined;
};

/** Conditions on a call record, or on one party of it. */
const conditions = {
  direction: 'direction = :direction',
  disposition: 'disposition = :disposition',
  from: 'started_at >= :from',
  to: 'started_at < :to',
} as const satisfies Partial<Record<keyof CallFilter, string>>;
const filters = Object.keys(conditions) as (keyof typeof conditions)[];

/** Filters by a party, the one of which there are likely to be the fewest calls first. */
const parties = {
  number: 'number',
  deviceId: 'device',
  personId: 'person',
  visibleTo: 'person',
} as const satisfies Partial<Record<keyof CallFilter, string>>;
const partyFilters = Object.keys(parties) as (keyof typeof parties)[];

/** What tells that a list or a sum of call records changes; a party that goes or changes does so with its record. */
export const watchedChanges = { cdrs: ['INSERT', 'UPDATE', 'DELETE'], cdr_parties: ['INSERT'] } as const;

/** The records looked for, as the parts of a statement behind FROM and WHERE. */
export type CallScope = {
  readonly from: string;
  readonly where: string;
  /** The table of it that has `sequence` and `started_at`. */
  readonly table: 'cdrs' | 'p';
  readonly values: Readonly<Record<string, string | number>>;
};

/** `byCall`: along all calls, in any order. `best`: along the calls of one party, by their start, where the filter names one. */
export type CallScopes = { readonly byCall: CallScope; readonly best: CallScope };

export function scopesOf(filter: CallFilter, text: TextCondition | undefined): CallScopes {
  const asked = filter.personId === filter.visibleTo ? { ...filter, personId: undefined } : filter;
  const values: Record<string, string | number> = text === undefined ? {} : { text: text.value };
  for (const name of [...filters, ...partyFilters]) {
    const value = asked[name];
    if (value !== undefined) values[name] = value;
  }
  const given = filters.filter((name) => asked[name] !== undefined).map((name) => conditions[name]);
  const named = partyFilters.filter((name) => asked[name] !== undefined);
  const byCall = { ...alongCalls(given, named, text), values };
  const [first, ...others] = named;
  // The few calls that a text was found in are at hand already.
  if (first === undefined || text?.isFew === true) return { byCall, best: byCall };
  return { byCall, best: { ...alongParty(first, { given, others, text }), values } };
}

type PartyFilter = keyof typeof parties;

function alongCalls(given: readonly string[], named: readonly PartyFilter[], text: TextCondition | undefined) {
  const others = [...given, ...named.map((name) => isParty(name, 'cdrs'))];
  const all = text === undefined ? others : [text.sql, ...others.map((condition) => text.beside(condition))];
  return { from: 'cdrs', where: all.length === 0 ? 'TRUE' : all.join(' AND '), table: 'cdrs' } as const;
}

type Beside = {
  readonly given: readonly string[];
  readonly others: readonly PartyFilter[];
  readonly text: TextCondition | undefined;
};

function alongParty(first: PartyFilter, { given, others, text }: Beside) {
  const all = [
    `p.kind = '${parties[first]}' AND p.party = :${first}`,
    ...given.map((condition) => `p.${condition}`),
    ...others.map((name) => isParty(name, 'p')),
    ...(text === undefined ? [] : [text.sql]),
  ];
  // CROSS JOIN: SQLite keeps the order, and goes along the calls of the party.
  const from = text === undefined ? 'cdr_parties p' : 'cdr_parties p CROSS JOIN cdrs ON cdrs.sequence = p.sequence';
  return { from, where: all.join(' AND '), table: 'p' } as const;
}

/** Whether a call is one of the party of this filter too. */
function isParty(name: PartyFilter, table: 'cdrs' | 'p'): string {
  return `EXISTS (SELECT 1 FROM cdr_parties o WHERE o.kind = '${parties[name]}' AND o.party = :${name}
    AND o.started_at = ${table}.started_at AND o.sequence = ${table}.sequence)`;
}
