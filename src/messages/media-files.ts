// Owns the folder of the media of messages: each file is complete, or not there.
// Called by message-media.ts and media-fetcher.ts of this room.
// Must stay true: untrusted media are limited in size, and their type is detected, not believed.
import { open } from 'node:fs/promises';
import type { Log } from '#base/log.ts';
import { SourceStreamError, FileStore, discardStream, withSourceErrors } from '#storage/file-store.ts';
import type { StoredFile } from '#storage/file-store.ts';
import { sniff, sniffedBytes } from './media-type.ts';

export type IncomingMedia = {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** As announced; undefined where unknown. */
  readonly bytes: number | undefined;
  readonly maxBytes: number;
};

export type MediaStoreResult =
  | { readonly kind: 'stored'; readonly bytes: number; readonly contentType: string }
  | { readonly kind: 'too-large' }
  /** Truncated; may succeed the next time. */
  | { readonly kind: 'incomplete'; readonly message: string }
  /** It cannot be written to disk. */
  | { readonly kind: 'unwritable'; readonly message: string };

export type MediaFilesOptions = {
  readonly folder: string;
  readonly log: Log;
  /** Free space of the disk; default: of the system. */
  readonly freeBytes?: () => Promise<number>;
};

/** Media from untrusted senders must not fill the disk of call records and voicemails. */
const minFreeBytes = 100_000_000;

export class MediaFiles {
  readonly #folder: FileStore;
  readonly #log: Log;
  readonly #freeBytes: () => Promise<number>;

  constructor({ folder, log, freeBytes }: MediaFilesOptions) {
    this.#folder = new FileStore(folder, log);
    this.#log = log;
    this.#freeBytes = freeBytes ?? (() => this.#folder.freeBytes());
  }

  /** Completely or not at all; never throws. */
  async store(incoming: IncomingMedia): Promise<MediaStoreResult> {
    try {
      if ((await this.#freeBytes()) < minFreeBytes) {
        await discardStream(incoming.chunks);
        return { kind: 'unwritable', message: 'The disk is almost full' };
      }
      return await this.#folder.save(incoming.name, (path) => write(path, incoming));
    } catch (error) {
      if (error instanceof SourceStreamError) return { kind: 'incomplete', message: error.message };
      this.#log.warn({ err: error }, 'Media of a message not written');
      return { kind: 'unwritable', message: 'It could not be written to disk' };
    }
  }

  read(name: string): Promise<StoredFile | undefined> {
    return this.#folder.read(name);
  }

  readWhole(name: string): Promise<Uint8Array | undefined> {
    return this.#folder.readWhole(name);
  }

  delete(name: string): Promise<void> {
    return this.#folder.delete(name);
  }

  async sweep(isKnown: (name: string) => boolean): Promise<void> {
    await this.#folder.sweep(isKnown);
  }
}

async function write(path: string, { chunks, bytes: expected, maxBytes }: IncomingMedia): Promise<MediaStoreResult> {
  if (expected !== undefined && expected > maxBytes) return await tooLarge(path, chunks);
  const file = await open(path, 'w', 0o600);
  let bytes = 0;
  let head: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of withSourceErrors(chunks)) {
      bytes += chunk.length;
      if (bytes > maxBytes) return { kind: 'too-large' };
      if (head.length < sniffedBytes) head = Buffer.concat([head, chunk.subarray(0, sniffedBytes)]);
      await file.writeFile(chunk);
    }
    if (bytes === 0 || (expected !== undefined && bytes !== expected)) {
      return { kind: 'incomplete', message: 'It was truncated on the way' };
    }
    await file.sync();
    return { kind: 'stored', bytes, contentType: sniff(head) };
  } finally {
    await file.close();
  }
}

async function tooLarge(path: string, chunks: IncomingMedia['chunks']): Promise<MediaStoreResult> {
  await (await open(path, 'w', 0o600)).close();
  await discardStream(chunks);
  return { kind: 'too-large' };
}
