// Owns a folder of audio files: nothing in it is ever half written, and each name in it was complete on the disk before it appeared.
// Called by the recordings and greetings of this room.
// Must stay true: temporary name, sync, rename, sync of the folder; what a kill leaves behind is swept away at the next start.
import { createReadStream } from 'node:fs';
import { open, readdir, rename, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '#base/log.ts';
import type { ByteRange } from '#contract/file.ts';
import { makeFolder } from '#storage/folder.ts';
import { readWavHead, wavHeadBytes } from './wav.ts';
import type { WavFacts } from './wav.ts';

export type AudioFilesOptions = {
  readonly folder: string;
  readonly log: Log;
  /** Of the disk; asks the system unless told. */
  readonly freeBytes?: () => Promise<number>;
  readonly openToWrite?: (path: string) => Promise<WritableFile>;
};

/** What is used of a file that is being written. */
export type WritableFile = {
  write(chunk: Uint8Array): Promise<unknown>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

export type Incoming = {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** As announced; undefined where nobody said. */
  readonly bytes: number | undefined;
  readonly mostBytes: number;
  /** What must be left on the disk afterwards. */
  readonly leaveFreeBytes: number;
  /** Whether this sound is what was meant, such as long enough; whatever is not cut off unless told. */
  readonly accepts?: (wav: WavFacts) => boolean;
};

export type StoreResult =
  | { readonly kind: 'stored'; readonly bytes: number; readonly wav: WavFacts }
  /** Cut off, or no sound at all; may be better the next time. */
  | { readonly kind: 'incomplete'; readonly message: string }
  | { readonly kind: 'no-space'; readonly message: string };

const unfinished = '.unfinished';
const noSpaceCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export class AudioFiles {
  readonly #options: AudioFilesOptions;

  constructor(options: AudioFilesOptions) {
    this.#options = options;
  }

  /** Stores a WAV file, whole or not at all; a file of that name is replaced. Throws what the disk reports but for a lack of space. */
  async store(incoming: Incoming): Promise<StoreResult> {
    const { name, bytes = 0, leaveFreeBytes } = incoming;
    const free = await this.freeBytes();
    if (free < leaveFreeBytes + bytes) {
      await discard(incoming.chunks).catch(() => {});
      return { kind: 'no-space', message: 'The disk is almost full' };
    }
    const { folder } = this.#options;
    const temporary = join(folder, name + unfinished);
    try {
      makeFolder(folder);
      const result = await this.#write(temporary, incoming);
      if (result.kind === 'stored') {
        await rename(temporary, join(folder, name));
        await syncFolder(folder);
      } else await unlink(temporary);
      return result;
    } catch (error) {
      await unlink(temporary).catch(() => {});
      if (!noSpaceCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      return { kind: 'no-space', message: 'The disk is full' };
    }
  }

  /** Undefined where there is no such file. */
  async read(
    name: string,
  ): Promise<{ readonly bytes: number; readonly read: (range: ByteRange) => AsyncIterable<Uint8Array> } | undefined> {
    const path = join(this.#options.folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || !found.isFile()) return undefined;
    const read = ({ first, last }: ByteRange) => createReadStream(path, { start: first, end: Math.max(first, last) });
    return { bytes: found.size, read };
  }

  async delete(name: string): Promise<void> {
    await unlink(join(this.#options.folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') this.#options.log.warn({ err: error, name }, 'An audio file could not be deleted');
    });
  }

  /** Deletes what a kill left behind: unfinished files, and those nobody knows. Returns how many. */
  async sweep(isKnown: (name: string) => boolean): Promise<number> {
    const names = await readdir(this.#options.folder).catch(() => [] as string[]);
    const stray = names.filter((name) => name.endsWith(unfinished) || !isKnown(name));
    for (const name of stray) await this.delete(name);
    return stray.length;
  }

  /** Bytes that may still be written; 0 where nothing can be told. */
  async freeBytes(): Promise<number> {
    if (this.#options.freeBytes !== undefined) return this.#options.freeBytes();
    try {
      makeFolder(this.#options.folder);
      const { bavail, bsize } = await statfs(this.#options.folder);
      return bavail * bsize;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'The free space of the disk cannot be told');
      return 0;
    }
  }

  async #write(path: string, { chunks, bytes: expected, mostBytes, accepts = isWhole }: Incoming): Promise<StoreResult> {
    const { openToWrite = openFile } = this.#options;
    const file = await openToWrite(path);
    let bytes = 0;
    let head: Buffer = Buffer.alloc(0);
    try {
      for await (const chunk of readable(chunks)) {
        bytes += chunk.length;
        if (bytes > mostBytes) return { kind: 'incomplete', message: 'The recording is larger than any of that length can be' };
        if (head.length < wavHeadBytes) head = Buffer.concat([head, chunk]).subarray(0, wavHeadBytes);
        await file.write(chunk);
      }
      if (expected !== undefined && bytes !== expected) return cutOff;
      const wav = readWavHead(head, bytes);
      if (wav === undefined) return { kind: 'incomplete', message: 'What came is not a WAV file' };
      if (!accepts(wav)) return cutOff;
      await file.sync();
      return { kind: 'stored', bytes, wav };
    } catch (error) {
      if (error instanceof BrokenSource) return { kind: 'incomplete', message: error.message };
      throw error;
    } finally {
      await file.close();
    }
  }
}

const isWhole = (wav: WavFacts) => !wav.isTruncated;
const cutOff: StoreResult = { kind: 'incomplete', message: 'The recording was cut off on its way' };

class BrokenSource extends Error {}

/** Tells a connection that broke from a disk that fails. */
async function* readable(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new BrokenSource('The connection broke on the way', { cause: error });
  }
}

/** Lets go of a connection whose bytes nobody wants. */
async function discard(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  // A generator that was never begun would not run its own end.
  for await (const _ of readable(chunks)) break;
}

async function openFile(path: string): Promise<WritableFile> {
  const file = await open(path, 'w', 0o600);
  return { write: (chunk) => file.writeFile(chunk), sync: () => file.sync(), close: () => file.close() };
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
