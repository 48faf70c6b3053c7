import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { schemaDifference } from './schema-check.ts';
import type { SchemaObject } from './schema-check.ts';
import type { Migration } from './migrate.ts';

/** What a database file is, seen from outside. `verdict`: `ok`, or what is damaged. */
export type DatabaseInspection = {
  readonly verdict: string;
  /** Every table, index, view and trigger. */
  readonly objects: readonly SchemaObject[];
  /** Rows without those that they refer to. */
  readonly broken: number;
  /** The number of its last migration. */
  readonly version: number;
};

/** Runs a few statements. */
const resourceLimits = { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 64 };

/** Checks the whole file, on a thread. Never rejects. */
export function inspectDatabase(path: string): Promise<DatabaseInspection> {
  const nothing = { objects: [], broken: 0, version: 0 };
  return new Promise((resolve) => {
    const thread = new Worker(join(import.meta.dirname, 'inspect-thread.mjs'), { workerData: { path }, resourceLimits });
    thread.unref();
    thread.once('message', (found: DatabaseInspection) => resolve(found));
    thread.once('error', (error) => resolve({ ...nothing, verdict: String(error) }));
    thread.once('exit', () => resolve({ ...nothing, verdict: 'The thread has ended' }));
  });
}

/**
 * Why it cannot take the place of the house's, in the user's words; undefined where it can: it holds what our migrations up to its version
 * make, and not a trigger or view more, which would run with everything that the house writes.
 */
export function databaseProblem(
  { verdict, objects, broken, version }: DatabaseInspection,
  migrations: readonly Migration[],
): string | undefined {
  if (verdict !== 'ok') return 'its database is damaged';
  if (!['config', 'devices'].every((name) => objects.some((one) => one.name === name))) return 'its database is not of GoSIP';
  if (version > (migrations.at(-1)?.number ?? 0)) return 'it was written by a newer version of GoSIP: install that one first';
  if (!migrations.some(({ number }) => number === version)) return 'its database is not of GoSIP';
  const different = schemaDifference(
    objects,
    migrations.filter(({ number }) => number <= version),
  );
  if (different !== undefined) return different;
  return broken > 0 ? 'its database is damaged: rows in it refer to others that are missing' : undefined;
}
