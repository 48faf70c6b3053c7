import { isoTime, parseTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { exportCallRecords, getCallStatistics } from '#contract/calls.ts';
import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { exportCalls } from './call-export.ts';
import { toCallFilter } from './call-filter.ts';
import type { CallSearch } from './call-search.ts';
import { CallStatistics } from './call-statistics.ts';

const dayMs = 24 * 60 * 60_000;
const defaultDays = { day: 30, week: 84 };

export type RecordRoutesDeps = {
  readonly db: OpenedDatabase['db'];
  readonly search: CallSearch;
  readonly clock: Clock;
  /** Of the house. */
  readonly timeZone: string;
};

/** Call records together: as a file, and counted. A user gets what the list shows them. */
export function recordRoutes({ db, search, clock, timeZone }: RecordRoutesDeps): readonly Route[] {
  const statistics = new CallStatistics({ db, search });
  return [
    handle(exportCallRecords, ({ query, identity }) => ({
      contentType: 'text/csv',
      fileName: `calls-${isoTime(clock.now()).slice(0, 10)}.csv`,
      read: () => exportCalls({ db, search, clock }, toCallFilter(query, identity), query.order),
    })),
    handle(getCallStatistics, async ({ query, identity }) => {
      const to = parseTime(query.to) ?? clock.now();
      const from = parseTime(query.from) ?? to - defaultDays[query.by] * dayMs;
      const filter = toCallFilter(query, identity);
      const counted = await statistics.read({ filter, from, to, by: query.by, timeZone });
      return { timeZone, from: isoTime(from), to: isoTime(to), ...counted };
    }),
  ];
}
