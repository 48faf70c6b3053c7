import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { applyRequestedSwap, planSwap, requestedSwap, requestSwap, restorePath, swappableNames } from './data-swap.ts';

const oldFiles = {
  'gosip.db': 'old',
  'gosip.db-wal': 'old log',
  'gosip.key': 'old key',
  'messages/a': 'old',
  'greetings/g': 'old',
};
const newFiles = { 'gosip.db': 'new', 'gosip.key': 'new key', 'messages/b': 'new', 'voicemail/v': 'new' };
const request = { take: 'staged', put: 'previous', names: ['gosip.db', 'gosip.key', 'messages', 'voicemail'], at: 1 };

function lay(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function filesIn(folder: string): Record<string, string> {
  const names = existsSync(folder)
    ? (readdirSync(folder, { recursive: true, withFileTypes: true }) as { name: string; parentPath: string; isFile(): boolean }[])
    : [];
  const files = names.filter((one) => one.isFile()).map(({ name, parentPath }) => join(parentPath, name));
  return Object.fromEntries(
    files
      .filter((path) => !path.startsWith(join(folder, 'restore')))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

function house(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gosip-swap-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  lay(folder, { ...oldFiles, 'gosip.lock': '', 'gosip.db.copy-1': 'nightly' });
  lay(restorePath(folder, 'staged'), { ...newFiles, 'manifest.json': '{}' });
  requestSwap(folder, request);
  return folder;
}

const restored = { ...newFiles, 'gosip.lock': '', 'gosip.db.copy-1': 'nightly' };

test('everything of before is put aside whole, and nothing of it is left beside what came', () => {
  const folder = house();
  expect(applyRequestedSwap(folder)).toEqual(request);
  expect(filesIn(folder)).toEqual(restored);
  expect(filesIn(restorePath(folder, 'previous'))).toEqual(oldFiles);
  expect([requestedSwap(folder), applyRequestedSwap(folder), existsSync(restorePath(folder, 'staged'))]).toEqual([
    undefined,
    undefined,
    false,
  ]);
});

test('killed after any of the renamings, the next start goes on where it stopped', () => {
  const steps = planSwap(request.names, {
    ready: request.names,
    present: [...new Set(Object.keys(oldFiles).map((name) => name.split('/')[0] ?? ''))],
  });
  expect(steps.length).toBe(9);
  for (let done = 0; done <= steps.length; done += 1) {
    const folder = house();
    mkdirSync(restorePath(folder, 'previous'), { recursive: true });
    for (const { kind, name } of steps.slice(0, done)) {
      if (kind === 'put') renameSync(join(folder, name), restorePath(folder, 'previous', name));
      else renameSync(restorePath(folder, 'staged', name), join(folder, name));
    }
    applyRequestedSwap(folder);
    expect([done, filesIn(folder), filesIn(restorePath(folder, 'previous'))]).toEqual([done, restored, oldFiles]);
  }
});

test('where the disk refuses a renaming, everything is as it was', () => {
  for (let refused = 0; refused < 9; refused += 1) {
    const folder = house();
    let count = 0;
    const rename = (from: string, to: string) => {
      if (count++ === refused) throw new Error('EBUSY');
      renameSync(from, to);
    };
    expect(() => applyRequestedSwap(folder, rename as typeof renameSync)).toThrow('EBUSY');
    expect([refused, filesIn(folder)]).toEqual([refused, { ...oldFiles, 'gosip.lock': '', 'gosip.db.copy-1': 'nightly' }]);
    expect([requestedSwap(folder), swappableNames(folder, 'staged').toSorted()]).toEqual([undefined, request.names.toSorted()]);
  }
});

test('undone, everything is as it was before the restore', () => {
  const folder = house();
  applyRequestedSwap(folder);
  requestSwap(folder, { take: 'previous', put: 'undone', names: swappableNames(folder, 'previous'), at: 2 });
  applyRequestedSwap(folder);
  expect(filesIn(folder)).toEqual({ ...oldFiles, 'gosip.lock': '', 'gosip.db.copy-1': 'nightly' });
  expect(filesIn(restorePath(folder, 'undone'))).toEqual(newFiles);
});
