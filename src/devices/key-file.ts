import { hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '#base/log.ts';
import { makeFolder } from '#storage/folder.ts';

/** Keys with one purpose each, derived from the one in the file. */
export type Keys = {
  readonly seal: Buffer;
  readonly nonce: Buffer;
  /** Of the buttons of notifications. */
  readonly action: Buffer;
  /** How the file was found; `found` is the usual. */
  readonly origin: 'found' | 'missing' | 'damaged';
  /** The same for the same key, and discloses nothing of it. */
  readonly fingerprint: string;
  /** For the user, where the key could not be stored or read. */
  readonly problem: string | undefined;
};

const keyBytes = 32;

/**
 * Reads the house's key, or makes it on the first start (mode 0600). A key that cannot be read is renamed, never overwritten: phones work
 * without it, but their sealed passwords cannot be opened.
 */
export function loadKeys(path: string, log: Log): Keys {
  const found = read(path);
  if (found.kind === 'key') return derive(found.key, 'found');
  const { kind: origin } = found;
  const key = randomBytes(keyBytes);
  try {
    if (found.kind === 'damaged') renameSync(path, `${path}.damaged`);
    write(path, key);
  } catch (error) {
    log.error({ err: error, path }, 'The key file cannot be written');
    const problem = `The key file ${path} cannot be written: passwords made now cannot be used for provisioning later.`;
    return derive(key, origin, problem);
  }
  if (origin === 'missing') return derive(key, origin);
  log.error({ path }, 'The key file is damaged');
  const problem = `The key file ${path} is damaged. Phones work as always; a new password is needed before one is provisioned.`;
  return derive(key, origin, problem);
}

function read(path: string): { kind: 'key'; key: Buffer } | { kind: 'missing' | 'damaged' } {
  try {
    const key = Buffer.from(readFileSync(path, 'latin1').trim(), 'base64');
    return key.length === keyBytes ? { kind: 'key', key } : { kind: 'damaged' };
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? { kind: 'missing' } : { kind: 'damaged' };
  }
}

/** Under another name until it is on the disk, so that a crash leaves no half a key. */
function write(path: string, key: Buffer): void {
  makeFolder(dirname(path));
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, 'wx', 0o600);
  try {
    writeSync(file, `${key.toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

function derive(key: Buffer, origin: Keys['origin'], problem?: string): Keys {
  const purpose = (name: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', `gosip ${name}`, keyBytes));
  const fingerprint = purpose('fingerprint').subarray(0, 4).toString('hex');
  return { seal: purpose('seal'), nonce: purpose('nonce'), action: purpose('action'), origin, fingerprint, problem };
}
