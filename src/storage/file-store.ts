// Owns one folder of files that are not in the database: each is whole on the disk before it has its name, or is not there.
// Called by the rooms that keep media and audio (messages, voicemail).
// Must stay true: temporary name, sync, rename, sync of the folder; what a kill leaves behind is swept at the next start.
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rename, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '#base/log.ts';
import { makeFolder } from './folder.ts';

/** `first` and `last` count bytes from 0, both included. */
export type StoredFile = {
  readonly bytes: number;
  readonly read: (range: { readonly first: number; readonly last: number }) => AsyncIterable<Uint8Array>;
};

const unfinishedSuffix = '.unfinished';

export class FileStore {
  readonly #path: string;
  readonly #log: Log;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** `write` fills and syncs the file at the path it is given; only what it calls stored gets its name. Throws what it and the disk throw. */
  async save<Result extends { readonly kind: string }>(name: string, write: (path: string) => Promise<Result>): Promise<Result> {
    const temporary = join(this.#path, name + unfinishedSuffix);
    try {
      makeFolder(this.#path);
      const result = await write(temporary);
      if (result.kind === 'stored') {
        await rename(temporary, join(this.#path, name));
        await syncFolder(this.#path);
      } else await unlink(temporary);
      return result;
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
  }

  /** Undefined where there is no such file. */
  async read(name: string): Promise<StoredFile | undefined> {
    const path = join(this.#path, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || !found.isFile()) return undefined;
    return { bytes: found.size, read: ({ first, last }) => createReadStream(path, { start: first, end: Math.max(first, last) }) };
  }

  /** Undefined where there is no such file. */
  async readWhole(name: string): Promise<Uint8Array | undefined> {
    return await readFile(join(this.#path, name)).catch(() => undefined);
  }

  async delete(name: string): Promise<void> {
    await unlink(join(this.#path, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') this.#log.warn({ err: error, name }, 'File not deleted');
    });
  }

  /** Deletes what a kill left behind: unfinished files and unknown ones. Returns how many. */
  async sweep(isKnown: (name: string) => boolean): Promise<number> {
    const names = await readdir(this.#path).catch(() => [] as string[]);
    const stray = names.filter((name) => name.endsWith(unfinishedSuffix) || !isKnown(name));
    for (const name of stray) await this.delete(name);
    return stray.length;
  }

  /** Free bytes of its disk. Throws the error of the file system. */
  async freeBytes(): Promise<number> {
    makeFolder(this.#path);
    const { bavail, bsize } = await statfs(this.#path);
    return bavail * bsize;
  }
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export class SourceStreamError extends Error {}

/** Throws SourceStreamError where the source breaks off, as opposed to the disk. */
export async function* withSourceErrors(chunks: Chunks): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new SourceStreamError('The connection broke on the way', { cause: error });
  }
}

/** Releases a source that is not read: a generator that was never started would not run its own cleanup. */
export async function discardStream(chunks: Chunks): Promise<void> {
  for await (const _ of withSourceErrors(chunks)) break;
}

/** Without it a loss of power may forget the new name although the file itself is on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
