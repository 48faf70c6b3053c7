import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '#base/errors.ts';
import type { PersonId } from '#base/ids.ts';
import { callDispositions } from '#contract/call-verdicts.ts';
import type { CallDisposition } from '#contract/call-verdicts.ts';
import { callDirections } from '#contract/calls.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { RowWatch } from '#storage/row-watch.ts';
import { Statements } from '#storage/statements.ts';
import type { CallDirection } from './call.ts';
import { watchedChanges } from './call-scope.ts';
import type { CallFilter, CallScope } from './call-scope.ts';
import type { CallSearch } from './call-search.ts';
import { addDays, LocalDays, mondayOf } from './local-days.ts';

const maxPeriods = 400;
/** Of periods that are over; a few hundred bytes each. */
const maxKept = 1000;

export type StatisticsRequest = {
  readonly filter: CallFilter;
  readonly from: number;
  readonly to: number;
  readonly by: 'day' | 'week';
  readonly timeZone: string;
};

type Period = { readonly date: string; readonly from: number; readonly to: number };
type Count = { readonly calls: number; readonly answered: number; readonly talkSeconds: number };
type CountRow = Count & { readonly direction: CallDirection; readonly disposition: CallDisposition };
type PeriodCounts = { readonly rows: readonly CountRow[]; readonly persons: readonly PersonRow[] };
type PersonRow = Count & { readonly personId: PersonId };

// Records of earlier versions may end before they were answered, by a clock that was set.
const talk = 'CASE WHEN answered_at IS NULL THEN 0 ELSE max(0, ended_at - answered_at) END';

/** Counts calls that have ended, by day or week of a time zone. One period is read at a time: other requests and calls come in between. */
export class CallStatistics {
  readonly #statements: Statements;
  readonly #oldestOpen;
  readonly #newest;
  readonly #watch: RowWatch;
  /** What was counted in periods of which every call is over. */
  readonly #kept = new Map<string, PeriodCounts>();
  #keptUntil = Number.MIN_SAFE_INTEGER;
  readonly #search: CallSearch;

  constructor({ db, search }: { readonly db: OpenedDatabase['db']; readonly search: CallSearch }) {
    this.#statements = new Statements(db);
    this.#oldestOpen = db
      .prepare<[], number | null>('SELECT min(started_at) FROM cdrs INDEXED BY cdrs_open WHERE ended_at IS NULL')
      .pluck();
    this.#newest = db.prepare<[], number | null>('SELECT max(started_at) FROM cdrs').pluck();
    const onChange = (startedAt: number) => {
      if (startedAt < this.#keptUntil) this.#kept.clear();
    };
    this.#watch = new RowWatch({ db, tables: watchedChanges, column: 'started_at', onChange });
    this.#search = search;
  }

  async read(request: StatisticsRequest) {
    const { filter } = request;
    const periods = periodsOf(request);
    if (this.#watch.hasForeignWrites()) this.#kept.clear();
    const counted: (Period & { readonly rows: readonly CountRow[] })[] = [];
    const persons: PersonRow[] = [];
    for (const period of periods) {
      const counts = this.#kept.get(keyOf(filter, period)) ?? (await this.#read(filter, period));
      counted.push({ ...period, rows: counts.rows });
      persons.push(...counts.persons);
    }
    const rows = counted.flatMap((period) => period.rows);
    return {
      total: sum(rows),
      periods: counted.map(({ date, rows: own }) => ({ date, ...sum(own), dispositions: dispositionsOf(own) })),
      dispositions: dispositionsOf(rows),
      directions: callDirections.flatMap((direction) => {
        const own = rows.filter((row) => row.direction === direction);
        return own.length === 0 ? [] : [{ direction, ...sum(own) }];
      }),
      persons: personsOf(persons),
    };
  }

  async #read(filter: CallFilter, period: Period): Promise<PeriodCounts> {
    await nextTurn();
    const within = { ...filter, from: period.from, to: period.to };
    const counts = { rows: this.#count(within), persons: this.#countPersons(within) };
    // Calls begin after those that there are; the clock may be set, and then the watch tells.
    if (period.to <= (this.#oldestOpen.get() ?? this.#newest.get() ?? period.from))
      this.#keep(keyOf(filter, period), counts, period.to);
    return counts;
  }

  #keep(key: string, counts: PeriodCounts, until: number): void {
    this.#keptUntil = Math.max(this.#keptUntil, until);
    this.#kept.set(key, counts);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
  }

  #count(filter: CallFilter): CountRow[] {
    const { values, ...scope } = this.#search.scope(filter);
    return this.#statements.all<CountRow>(
      `SELECT direction, disposition, count(*) AS calls, count(answered_at) AS answered, sum((${talk} + 500) / 1000) AS talkSeconds
       FROM ${endedIn(scope)} GROUP BY direction, disposition`,
      values,
    );
  }

  /** A phone that rang and did not answer had the call, and no talk. */
  #countPersons(filter: CallFilter): PersonRow[] {
    const { values, ...scope } = this.#search.scope(filter);
    const own = filter.visibleTo === undefined ? '' : 'AND l.person_id = :visibleTo';
    return this.#statements.all<PersonRow>(
      `SELECT personId, count(*) AS calls, sum(isAnswered) AS answered, sum(isAnswered * talkSeconds) AS talkSeconds FROM (
         SELECT l.person_id AS personId, max(l.answered_at IS NOT NULL) AS isAnswered, c.talkSeconds
         FROM (SELECT id, (${talk} + 500) / 1000 AS talkSeconds FROM ${endedIn(scope)}) c
         CROSS JOIN call_legs l ON l.cdr_id = c.id WHERE l.person_id IS NOT NULL ${own} GROUP BY l.person_id, c.id
       ) GROUP BY personId`,
      values,
    );
  }
}

function keyOf(filter: CallFilter, { from, to }: Period): string {
  return JSON.stringify({ ...filter, from, to });
}

/** The records of a scope that have ended. */
function endedIn({ from, where, table }: Omit<CallScope, 'values'>): string {
  return `(SELECT ${table}.sequence AS n FROM ${from} WHERE ${where}) CROSS JOIN cdrs ON cdrs.sequence = n WHERE cdrs.ended_at IS NOT NULL`;
}

/** The days or weeks from `from` to `to`; the first and the last may be there in part. */
export function periodsOf({ from, to, by, timeZone }: Omit<StatisticsRequest, 'filter'>): Period[] {
  const days = new LocalDays(timeZone);
  const step = by === 'day' ? 1 : 7;
  if ((to - from) / (step * 24 * 60 * 60_000) > maxPeriods) {
    const message = `must be at most ${maxPeriods} ${by === 'day' ? 'days after `from`: ask by week' : 'weeks after `from`'}`;
    throw new AppError('invalid', 'This is too long a time', { details: [{ field: 'to', message }] });
  }
  const periods: Period[] = [];
  const first = days.dateAt(from);
  let date = by === 'day' ? first : mondayOf(first);
  for (let at = from; at < to; date = addDays(date, step)) {
    const end = Math.min(to, days.startOf(addDays(date, step)));
    periods.push({ date, from: at, to: end });
    at = end;
  }
  return periods;
}

function sum(rows: readonly Count[]): Count {
  const total = (field: keyof Count) => rows.reduce((before, row) => before + row[field], 0);
  return { calls: total('calls'), answered: total('answered'), talkSeconds: total('talkSeconds') };
}

function dispositionsOf(rows: readonly CountRow[]) {
  return callDispositions.flatMap((disposition) => {
    const { calls } = sum(rows.filter((row) => row.disposition === disposition));
    return calls === 0 ? [] : [{ disposition, calls }];
  });
}

/** Those with most calls first. */
function personsOf(rows: readonly PersonRow[]): PersonRow[] {
  const byPerson = Map.groupBy(rows, ({ personId }) => personId);
  return [...byPerson].map(([personId, own]) => ({ personId, ...sum(own) })).toSorted((a, b) => b.calls - a.calls);
}
