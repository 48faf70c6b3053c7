import type { CallRecord } from './data.ts';

type Kept = readonly CallRecord[];

/** The newest calls as they were read again, and behind them those that had been read before. */
export function withNewest(kept: Kept, newest: Kept): Kept {
  const last = newest.at(-1);
  if (last === undefined) return newest;
  const ids = new Set(newest.map(({ id }) => id));
  return [...newest, ...kept.filter(({ id, startedAt }) => !ids.has(id) && startedAt <= last.startedAt)];
}

/** More calls at the end, each once: two that began in the same moment may be on either side of a page. */
export function withMore(kept: Kept, more: Kept): Kept {
  const ids = new Set(kept.map(({ id }) => id));
  return [...kept, ...more.filter(({ id }) => !ids.has(id))];
}
