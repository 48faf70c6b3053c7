import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { backupAlerts } from './backup-alerts.ts';
import { failedBackup, noteBackup } from './backup-outcome.ts';
import { Backup } from './backup.ts';

let dataDirectory: string;
let problem: string | undefined;

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-backup-alerts-'));
  problem = undefined;
  const db = new SqliteDatabase(join(dataDirectory, 'gosip.db'));
  db.exec('CREATE TABLE kept (id TEXT)');
  db.close();
});

afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }));

const backup = () =>
  new Backup({
    dataDirectory,
    problem: () => problem,
    version: '0.1.0',
    schema: 1,
    clock: new FakeClock(),
    log: createLog({ level: 'silent' }),
    randomBytes: (length) => Buffer.alloc(length),
    onOutcome: (why) => noteBackup(dataDirectory, why),
  });

const told = () =>
  backupAlerts(() => failedBackup(dataDirectory)).flatMap(({ active }) => active().map(({ message }) => message));

async function read(limit = Infinity): Promise<void> {
  const { read: stream } = await backup().create(undefined);
  let pieces = 0;
  for await (const _piece of stream()) if (++pieces >= limit) break;
}

it('tells of a backup that failed, also after a restart, until the next one succeeds', async () => {
  problem = 'The database was exchanged while GoSIP runs';
  await expect(read()).rejects.toThrow(problem);
  expect(told()).toEqual([`The last backup failed: ${problem}`]);
  problem = undefined;
  await read();
  expect(told()).toEqual([]);
});

it('takes a backup whose reader broke off neither for a failure nor for a backup', async () => {
  noteBackup(dataDirectory, 'of before');
  await read(1);
  expect(told()).toEqual(['The last backup failed: of before']);
});
