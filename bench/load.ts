import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSipp } from '../src/testing/peers/sipp.ts';
import type { SippOptions } from '../src/testing/peers/sipp.ts';

export type LoadResult = {
  readonly calls: number;
  readonly failed: number;
  /** Why they failed, in SIPp's words: what was awaited or sent in vain, and what came instead; with how many. */
  readonly failures: ReadonlyMap<string, number>;
  readonly seconds: number;
  readonly perSecond: number;
  /** Response times in ms by the scenario's timer name, ascending. */
  readonly times: ReadonlyMap<string, readonly number[]>;
};

/** Runs SIPp at a rate until `calls` are done and reads what it measured. Failed calls are counted, not thrown. */
export async function runLoad(
  options: SippOptions & { readonly calls: number; readonly callsPerSecond: number },
): Promise<LoadResult> {
  const started = performance.now();
  await using sipp = await startSipp({
    ...options,
    args: [
      ...['-trace_rtt', '-rtt_freq', '200', '-fd', '1', '-trace_stat', '-stf', 'stat.csv', '-trace_counts'],
      ...(options.args ?? []),
    ],
    timeoutSeconds: options.timeoutSeconds ?? 120 + options.calls / options.callsPerSecond,
  });
  await sipp.program.ended;
  const seconds = (performance.now() - started) / 1000;
  const { succeeded, failed } = await readCounts(join(sipp.folder, 'stat.csv'));
  const times = await readTimes(sipp.folder);
  const failures = await readFailures(sipp.folder);
  const unfinished = Math.max(0, options.calls - succeeded - failed);
  if (unfinished > 0) failures.set('not over, or not begun, when SIPp ended', unfinished);
  return {
    calls: succeeded,
    failed: failed + unfinished,
    failures,
    seconds,
    perSecond: succeeded / seconds,
    times,
  };
}

async function readCounts(file: string): Promise<{ succeeded: number; failed: number }> {
  const last = await readLastRow(file);
  return { succeeded: last.get('SuccessfulCall(C)') ?? 0, failed: last.get('FailedCall(C)') ?? 0 };
}

/** Where in the scenario a call ended, from the counts of each message, and what came that was not expected, from the log of errors. */
async function readFailures(folder: string): Promise<Map<string, number>> {
  const failures = new Map<string, number>();
  const counts = (await readdir(folder)).find((name) => name.endsWith('_counts.csv'));
  const rows = counts === undefined ? new Map<string, number>() : await readLastRow(join(folder, counts));
  for (const [name, count] of rows) {
    const [, step, what, how] = /^(\d+)_(.+)_(Timeout|Unexp)$/.exec(name) ?? [];
    if (count > 0) if (how === 'Timeout') failures.set(`step ${step}, ${what}: no answer`, count);
  }
  for (const line of await readLines(join(folder, 'errors.log'))) {
    const [, awaited, came] = /while expecting '([^']*)'.*received '(?:SIP\/2\.0 )?([^\r\n]*)/.exec(line) ?? [];
    if (awaited === undefined || line.includes('Continuing')) continue;
    const key = `awaited ${awaited}, got ${came}`;
    failures.set(key, (failures.get(key) ?? 0) + 1);
  }
  return failures;
}

/** The newest row of one of SIPp's tables, by column. */
async function readLastRow(file: string): Promise<Map<string, number>> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const last = lines.at(-1)?.split(';') ?? [];
  return new Map((lines[0]?.split(';') ?? []).map((name, index) => [name, Number(last[index] ?? 0)]));
}

async function readLines(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n');
  } catch {
    // SIPp makes it with the first error.
    return [];
  }
}

async function readTimes(folder: string): Promise<Map<string, number[]>> {
  const file = (await readdir(folder)).find((name) => name.endsWith('_rtt.csv'));
  const times = new Map<string, number[]>();
  if (file === undefined) return times;
  const lines = (await readFile(join(folder, file), 'utf8')).trim().split('\n').slice(1);
  for (const line of lines) {
    const [, milliseconds, name] = line.split(';');
    if (milliseconds === undefined || name === undefined) continue;
    const list = times.get(name) ?? [];
    times.set(name, list);
    list.push(Number(milliseconds));
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
  return times;
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
