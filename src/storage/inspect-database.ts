import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What a database file is, seen from outside. `verdict`: `ok`, or what is damaged. */
export type DatabaseInspection = {
  readonly verdict: string;
  readonly tables: readonly string[];
  /** Rows without those that they refer to. */
  readonly broken: number;
  /** The number of its last migration. */
  readonly version: number;
};

/** Runs a few statements. */
const resourceLimits = { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 64 };

/** Checks the whole file, on a thread. Never rejects. */
export function inspectDatabase(path: string): Promise<DatabaseInspection> {
  const nothing = { tables: [], broken: 0, version: 0 };
  return new Promise((resolve) => {
    const thread = new Worker(join(import.meta.dirname, 'inspect-thread.mjs'), { workerData: { path }, resourceLimits });
    thread.unref();
    thread.once('message', (found: DatabaseInspection) => resolve(found));
    thread.once('error', (error) => resolve({ ...nothing, verdict: String(error) }));
    thread.once('exit', () => resolve({ ...nothing, verdict: 'The thread has ended' }));
  });
}

/** Why it cannot take the place of the house's, in the user's words; undefined where it can. `newest`: of our migrations. */
export function databaseProblem({ verdict, tables, broken, version }: DatabaseInspection, newest: number): string | undefined {
  if (verdict !== 'ok') return 'its database is damaged';
  if (version === 0 || !['config', 'devices', 'cdrs'].every((name) => tables.includes(name)))
    return 'its database is not of GoSIP';
  if (version > newest) return 'it was written by a newer version of GoSIP: install that one first';
  return broken > 0 ? 'its database is damaged: rows in it refer to others that are missing' : undefined;
}
