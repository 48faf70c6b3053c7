// Opens the database after a restore that was asked for, and goes back to the data of before where that cannot be opened.
// Called by storage.ts, once the data folder is locked.
// Must stay true: whatever a restore brings, the house starts, and says what happened.
import { isoTime } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { applyRequestedSwap, requestSwap, restorePath, swappableNames } from '#storage/data-swap.ts';
import type { SwapRequest } from '#storage/data-swap.ts';
import type { OpenedDatabase } from '#storage/database.ts';
import { previousFolder } from '#system/restore.ts';

/** `isRestored`: the data are those of an earlier day. */
type ExchangedData = { readonly opened: OpenedDatabase; readonly notices: readonly string[]; readonly isRestored: boolean };
type ExchangeOptions = { readonly dataDirectory: string; readonly log: Log; readonly open: () => OpenedDatabase };

export function openExchangedData({ dataDirectory, log, open }: ExchangeOptions): ExchangedData {
  const swapped = apply(dataDirectory, log);
  const opened = open();
  if (swapped.request === undefined || opened.mode === 'normal') {
    return { opened, notices: swapped.notices, isRestored: swapped.request !== undefined };
  }
  // What was put aside was in use a moment ago.
  opened.db.close();
  const { take: put, put: take, at } = swapped.request;
  log.error({ problem: opened.problem }, 'Restored data cannot be used: the previous data is taken back');
  requestSwap(dataDirectory, { take, put: `${put}.unusable`, names: swappableNames(dataDirectory, take), at });
  const back = apply(dataDirectory, log);
  const notice = `The restored data cannot be used; the previous data is in place again. ${opened.problem ?? ''}`;
  return { opened: open(), notices: [notice, ...(back.request === undefined ? back.notices : [])], isRestored: false };
}

function apply(
  dataDirectory: string,
  log: Log,
): { readonly request: SwapRequest | undefined; readonly notices: readonly string[] } {
  try {
    const request = applyRequestedSwap(dataDirectory);
    return { request, notices: request === undefined ? [] : [describe(dataDirectory, request, log)] };
  } catch (error) {
    log.error({ err: error }, 'Restore failed; the data is unchanged');
    return {
      request: undefined,
      notices: ['The restore failed and the data is unchanged: the log says why.'],
    };
  }
}

function describe(dataDirectory: string, { put, at }: SwapRequest, log: Log): string {
  const aside = restorePath(dataDirectory, put);
  log.warn({ aside, requestedAt: isoTime(at) }, 'The data of the house was exchanged');
  return put === previousFolder
    ? `A backup was restored. The data of before lies in ${aside}; POST /api/system/restore/undo brings it back, DELETE /api/system/restore deletes it.`
    : `The restore was undone. What it had brought lies in ${aside}; DELETE /api/system/restore deletes it.`;
}
