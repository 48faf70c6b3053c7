import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base/log.ts';
import { loadKeys } from './key-file.ts';
import { seal, unseal } from '#base/sealing.ts';

const log = createLog({ level: 'silent' });
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-key-'));
  path = join(folder, 'data', 'gosip.key');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('made once, for us alone, and found again', () => {
  const made = loadKeys(path, log);
  expect(made.problem).toBeUndefined();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(made.origin).toBe('missing');
  expect(loadKeys(path, log)).toEqual({ ...made, origin: 'found' });
  expect(made.seal.equals(made.nonce)).toBe(false);
  expect(readFileSync(path, 'latin1')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
});

test('each house has its own', () => {
  expect(loadKeys(path, log).seal.equals(loadKeys(join(folder, 'other.key'), log).seal)).toBe(false);
});

test('a damaged file is put aside and said so', () => {
  loadKeys(path, log);
  writeFileSync(path, 'half a k');
  const keys = loadKeys(path, log);
  expect(keys.problem).toContain('is damaged');
  expect(readFileSync(`${path}.damaged`, 'latin1')).toBe('half a k');
  expect(keys.origin).toBe('damaged');
  expect(loadKeys(path, log)).toEqual({ ...keys, origin: 'found', problem: undefined });
});

test('where nothing can be written the house still starts', () => {
  writeFileSync(join(folder, 'file'), '');
  const keys = loadKeys(join(folder, 'file', 'gosip.key'), log);
  expect(keys.problem).toContain('cannot be written');
  expect(keys.seal).toHaveLength(32);
});

test('nothing unfinished stays behind', () => {
  loadKeys(path, log);
  expect(existsSync(`${path}.unfinished`)).toBe(false);
});

test('what is sealed opens with this key, for this device, unchanged', () => {
  const { seal: key, nonce: otherKey } = loadKeys(path, log);
  const sealed = seal('sésame', key, 'dev_1');
  expect(unseal(sealed, key, 'dev_1')).toBe('sésame');
  expect(unseal(sealed, otherKey, 'dev_1')).toBeUndefined();
  expect(unseal(sealed, key, 'dev_2')).toBeUndefined();
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(unseal(changed, key, 'dev_1')).toBeUndefined();
  }
  expect(unseal(sealed.subarray(0, 20), key, 'dev_1')).toBeUndefined();
  expect(unseal(Buffer.alloc(0), key, 'dev_1')).toBeUndefined();
  expect(seal('x', key, 'a').equals(seal('x', key, 'a'))).toBe(false);
});
