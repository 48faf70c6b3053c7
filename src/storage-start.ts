// Opens the database and everything that writes to it.
// Called by app.ts.
// Must stay true: what was written is on the disk before the database closes.
import { join } from 'node:path';
import { Checkpointer } from '#storage/checkpointer.ts';
import { openDatabase } from '#storage/database.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import type { Storage, Surroundings } from './surroundings.ts';

/** Never fails: what cannot be opened is served from memory, and `warnings` says so. */
export function openStorage({ options, clock, log: root, events, health, stack, warnings }: Surroundings): Storage {
  const log = root.child({ room: 'storage' });
  const opened = openDatabase({ path: join(options.dataDirectory, 'gosip.db'), log, clock });
  stack.defer(() => void opened.db.close());
  if (opened.problem !== undefined) warnings.push(opened.problem);
  const onProblem = (reason: string | undefined) => {
    if (reason !== undefined) events.emit('storage.failed', { reason });
  };
  const writes = new WriteBatch({ db: opened.db, log, onProblem });
  stack.defer(() => writes.flush());
  const checkpointer = new Checkpointer({ db: opened.db, writes, clock, log });
  checkpointer.start();
  stack.defer(() => checkpointer.stop());
  health.watch('storage', () => {
    const problem = opened.problem ?? writes.problem;
    return problem === undefined ? { status: 'ok', message: 'Everything is saved' } : { status: 'degraded', message: problem };
  });
  return { ...opened, writes };
}
