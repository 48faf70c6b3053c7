import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { openDatabase } from './database.ts';
import { missingDatabaseNotice } from './missing-database.ts';

let dataDirectory: string;
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'gosip-missing-'));
});
afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }));

function noticeOf(path = join(dataDirectory, 'gosip.db')): readonly string[] {
  const opened = openDatabase({ path, log: createLog({ level: 'silent' }), clock: new FakeClock() });
  const notice = missingDatabaseNotice({ ...opened, dataDirectory });
  opened.db.close();
  return notice;
}

const addKey = () => writeFileSync(join(dataDirectory, 'gosip.key'), '');

test('a new house is no loss', () => {
  expect(noticeOf()).toEqual([]);
});

test('a key without its database is said, with how to put a backup back', () => {
  addKey();
  expect(noticeOf()).toEqual([
    expect.stringMatching(/gosip\.key in .* but no database: .*, without phones\. .*put a backup of gosip\.db there/),
  ]);
});

test('a copy of the night that lies beside it is named', () => {
  addKey();
  const copy = 'gosip.db.copy-2026-01-01T11-00-00Z.key-0badf00d';
  writeFileSync(join(dataDirectory, copy), '');
  expect(noticeOf()).toEqual([expect.stringContaining(`cp ${copy} gosip.db`)]);
});

test('a key with its database is as it should be, and so is one that is only in memory', () => {
  noticeOf();
  addKey();
  expect(noticeOf()).toEqual([]);
  expect(noticeOf(':memory:')).toEqual([]);
});
