// Owns a folder of audio files: which incoming audio is kept, and how much of the disk is left.
// Called by the recordings and greetings of this room.
// Must stay true: only whole audio is kept; a full disk is an answer, not an exception.
import { open } from 'node:fs/promises';
import type { Log } from '#base/log.ts';
import { SourceStreamError, FileStore, discardStream, withSourceErrors } from '#storage/file-store.ts';
import type { StoredFile } from '#storage/file-store.ts';
import { SilenceDetector } from './silence-detector.ts';
import { readWavHead, wavHeadBytes } from './wav.ts';
import type { WavFacts } from './wav.ts';

export type AudioFilesOptions = {
  readonly folder: string;
  readonly log: Log;
  /** Of the disk; from the system by default. */
  readonly freeBytes?: () => Promise<number>;
  readonly openToWrite?: (path: string) => Promise<WritableFile>;
};

/** What is used of a file that is being written. */
export type WritableFile = {
  write(chunk: Uint8Array): Promise<unknown>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

export type IncomingAudio = {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** As announced; undefined where it was not. */
  readonly bytes: number | undefined;
  readonly maxBytes: number;
  /** What must be left on the disk afterwards. */
  readonly leaveFreeBytes: number;
  /** Whether this audio is what was expected, such as long enough; by default whatever is not cut off. */
  readonly accepts?: (wav: WavFacts) => boolean;
  /** Whether silence is detected; else it counts as having sound. */
  readonly detectSilence?: boolean;
};

export type AudioStoreResult =
  | { readonly kind: 'stored'; readonly bytes: number; readonly wav: WavFacts; readonly isSilent: boolean }
  /** Cut off, or no audio at all; may be better the next time. */
  | { readonly kind: 'incomplete'; readonly message: string }
  | { readonly kind: 'no-space'; readonly message: string };

const noSpaceCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export class AudioFiles {
  readonly #options: AudioFilesOptions;
  readonly #folder: FileStore;

  constructor(options: AudioFilesOptions) {
    this.#options = options;
    this.#folder = new FileStore(options.folder, options.log);
  }

  /** Stores a WAV file, whole or not at all; a file of that name is replaced. Throws what the disk reports but for a lack of space. */
  async store(incoming: IncomingAudio): Promise<AudioStoreResult> {
    const { name, bytes = 0, leaveFreeBytes } = incoming;
    const free = await this.freeBytes();
    if (free < leaveFreeBytes + bytes) {
      await discardStream(incoming.chunks).catch(() => {});
      return { kind: 'no-space', message: 'The disk is almost full' };
    }
    try {
      return await this.#folder.save(name, (path) => this.#write(path, incoming));
    } catch (error) {
      if (!noSpaceCodes.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      return { kind: 'no-space', message: 'The disk is full' };
    }
  }

  /** Undefined where there is no such file. */
  read(name: string): Promise<StoredFile | undefined> {
    return this.#folder.read(name);
  }

  delete(name: string): Promise<void> {
    return this.#folder.delete(name);
  }

  /** Deletes what a kill left behind: unfinished files, and unknown ones. Returns how many. */
  sweep(isKnown: (name: string) => boolean): Promise<number> {
    return this.#folder.sweep(isKnown);
  }

  /** Bytes that may still be written; 0 where that cannot be read. */
  async freeBytes(): Promise<number> {
    if (this.#options.freeBytes !== undefined) return this.#options.freeBytes();
    try {
      return await this.#folder.freeBytes();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Free disk space cannot be read');
      return 0;
    }
  }

  async #write(path: string, incoming: IncomingAudio): Promise<AudioStoreResult> {
    const { chunks, bytes: expected, maxBytes, accepts = isWhole, detectSilence = false } = incoming;
    const { openToWrite = openFile } = this.#options;
    const file = await openToWrite(path);
    let bytes = 0;
    let head: Buffer = Buffer.alloc(0);
    const silence = detectSilence ? new SilenceDetector() : undefined;
    try {
      for await (const chunk of withSourceErrors(chunks)) {
        bytes += chunk.length;
        if (bytes > maxBytes) return { kind: 'incomplete', message: 'The recording is larger than any of its length can be' };
        if (head.length < wavHeadBytes) head = Buffer.concat([head, chunk]).subarray(0, wavHeadBytes);
        silence?.write(chunk);
        await file.write(chunk);
      }
      if (expected !== undefined && bytes !== expected) return truncated;
      const wav = readWavHead(head, bytes);
      if (wav === undefined) return { kind: 'incomplete', message: 'It is not a WAV file' };
      if (!accepts(wav)) return truncated;
      await file.sync();
      return { kind: 'stored', bytes, wav, isSilent: silence?.isSilent ?? false };
    } catch (error) {
      if (error instanceof SourceStreamError) return { kind: 'incomplete', message: error.message };
      throw error;
    } finally {
      await file.close();
    }
  }
}

const isWhole = (wav: WavFacts) => !wav.isTruncated;
const truncated: AudioStoreResult = { kind: 'incomplete', message: 'The recording was cut off on the way' };

async function openFile(path: string): Promise<WritableFile> {
  const file = await open(path, 'w', 0o600);
  return { write: (chunk) => file.writeFile(chunk), sync: () => file.sync(), close: () => file.close() };
}
