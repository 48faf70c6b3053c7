// Owns the folder of pictures and the like that came with messages or leave with them: each is whole in it, or not there.
// Called by media.ts and media-fetcher.ts of this room.
// Must stay true: temporary name, sync, rename, sync of the folder; what a kill leaves behind is swept away at the next start.
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rename, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '#base/log.ts';
import type { ByteRange } from '#contract/file.ts';
import { makeFolder } from '#storage/folder.ts';
import { sniff, sniffedBytes } from './media-type.ts';

export type Incoming = {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** As announced; undefined where nobody said. */
  readonly bytes: number | undefined;
  readonly mostBytes: number;
};

export type StoreResult =
  | { readonly kind: 'stored'; readonly bytes: number; readonly contentType: string }
  | { readonly kind: 'too-large' }
  /** Cut off on its way; may be better the next time. */
  | { readonly kind: 'incomplete'; readonly message: string }
  /** The disk does not take it. */
  | { readonly kind: 'unwritable'; readonly message: string };

export type StoredFile = { readonly bytes: number; readonly read: (range: ByteRange) => AsyncIterable<Uint8Array> };

export type MediaFilesParts = {
  readonly folder: string;
  readonly log: Log;
  /** Of the disk; asks the system unless told. */
  readonly freeBytes?: () => Promise<number>;
};

const unfinished = '.unfinished';
/** What strangers send must not fill the disk that call records and voicemails are kept on. */
const leastFreeBytes = 100_000_000;

export class MediaFiles {
  readonly #folder: string;
  readonly #log: Log;
  readonly #freeBytes: () => Promise<number>;

  constructor({ folder, log, freeBytes = () => freeBytesAt(folder) }: MediaFilesParts) {
    this.#folder = folder;
    this.#log = log;
    this.#freeBytes = freeBytes;
  }

  /** Whole or not at all; never throws. */
  async store(incoming: Incoming): Promise<StoreResult> {
    const temporary = join(this.#folder, incoming.name + unfinished);
    try {
      makeFolder(this.#folder);
      if ((await this.#freeBytes()) < leastFreeBytes) {
        await letGo(incoming.chunks);
        return { kind: 'unwritable', message: 'The disk is almost full' };
      }
      const result = await write(temporary, incoming);
      if (result.kind === 'stored') {
        await rename(temporary, join(this.#folder, incoming.name));
        await syncFolder(this.#folder);
      } else await unlink(temporary);
      return result;
    } catch (error) {
      await unlink(temporary).catch(() => {});
      if (error instanceof BrokenSource) return { kind: 'incomplete', message: error.message };
      this.#log.warn({ err: error }, 'Media of a message could not be written');
      return { kind: 'unwritable', message: 'The disk did not take it' };
    }
  }

  /** Undefined where there is no such file. */
  async read(name: string): Promise<StoredFile | undefined> {
    const path = join(this.#folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || !found.isFile()) return undefined;
    const read = ({ first, last }: ByteRange) => createReadStream(path, { start: first, end: Math.max(first, last) });
    return { bytes: found.size, read };
  }

  /** Undefined where there is no such file. */
  async readWhole(name: string): Promise<Uint8Array | undefined> {
    return await readFile(join(this.#folder, name)).catch(() => undefined);
  }

  async delete(name: string): Promise<void> {
    await unlink(join(this.#folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') this.#log.warn({ err: error, name }, 'Media of a message could not be deleted');
    });
  }

  /** Deletes what a kill left behind: unfinished files, and those nobody knows. */
  async sweep(isKnown: (name: string) => boolean): Promise<void> {
    const names = await readdir(this.#folder).catch(() => [] as string[]);
    for (const name of names) if (name.endsWith(unfinished) || !isKnown(name)) await this.delete(name);
  }
}

class BrokenSource extends Error {}

async function write(path: string, { chunks, bytes: expected, mostBytes }: Incoming): Promise<StoreResult> {
  if (expected !== undefined && expected > mostBytes) return await tooLarge(path, chunks);
  const file = await open(path, 'w', 0o600);
  let bytes = 0;
  let head: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of readable(chunks)) {
      bytes += chunk.length;
      if (bytes > mostBytes) return { kind: 'too-large' };
      if (head.length < sniffedBytes) head = Buffer.concat([head, chunk.subarray(0, sniffedBytes)]);
      await file.writeFile(chunk);
    }
    if (bytes === 0 || (expected !== undefined && bytes !== expected)) {
      return { kind: 'incomplete', message: 'It was cut off on its way' };
    }
    await file.sync();
    return { kind: 'stored', bytes, contentType: sniff(head) };
  } finally {
    await file.close();
  }
}

async function tooLarge(path: string, chunks: Incoming['chunks']): Promise<StoreResult> {
  await (await open(path, 'w', 0o600)).close();
  await letGo(chunks);
  return { kind: 'too-large' };
}

/** Lets go of a connection whose bytes nobody wants: a generator that was never begun would not run its own end. */
async function letGo(chunks: Incoming['chunks']): Promise<void> {
  for await (const _ of readable(chunks)) break;
}

async function freeBytesAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Tells a connection that broke from a disk that fails. */
async function* readable(chunks: Incoming['chunks']): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new BrokenSource('The connection broke on the way', { cause: error });
  }
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
