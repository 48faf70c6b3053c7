import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSipp } from '../src/testing/sipp.ts';
import type { SippOptions } from '../src/testing/sipp.ts';

export type LoadResult = {
  readonly calls: number;
  readonly failed: number;
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
    args: ['-trace_rtt', '-rtt_freq', '200', '-fd', '1', '-trace_stat', '-stf', 'stat.csv', ...(options.args ?? [])],
    timeoutSeconds: options.timeoutSeconds ?? 120 + options.calls / options.callsPerSecond,
  });
  await sipp.program.ended;
  const seconds = (performance.now() - started) / 1000;
  const { succeeded, failed } = await readCounts(join(sipp.folder, 'stat.csv'));
  const times = await readTimes(sipp.folder);
  return {
    calls: succeeded,
    failed: failed + Math.max(0, options.calls - succeeded - failed),
    seconds,
    perSecond: succeeded / seconds,
    times,
  };
}

async function readCounts(file: string): Promise<{ succeeded: number; failed: number }> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const names = lines[0]?.split(';') ?? [];
  const last = lines.at(-1)?.split(';') ?? [];
  const value = (name: string) => Number(last[names.indexOf(name)] ?? 0);
  return { succeeded: value('SuccessfulCall(C)'), failed: value('FailedCall(C)') };
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
