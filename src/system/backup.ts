// Owns the making of a backup: the whole house in one stream, the database as it was at one moment, while calls go on.
// Called by backup-routes.ts.
// Must stay true: a stream that breaks off has no manifest, and is refused where it is restored; nothing of it stays on the disk.
import { createHash } from 'node:crypto';
import { open, readdir, rm, stat, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Log } from '#base/log.ts';
import { backupFormat, backupTypes } from '#contract/backup.ts';
import type { BackupManifest } from '#contract/backup.ts';
import type { StreamReply } from '#contract/file.ts';
import { copyDatabase, leaveFreeBytes } from '#storage/backups.ts';
import { emptyRestoreFolder, mediaFolders, restorePath } from '#storage/data-swap.ts';
import { sealStream } from '#storage/sealed-stream.ts';
import { tarEnd, tarHeader, tarPadding } from '#storage/tar.ts';

export type BackupDeps = {
  readonly dataDirectory: string;
  /** Why there is nothing to back up, in the user's words; undefined where there is. */
  readonly problem: () => string | undefined;
  readonly version: string;
  /** The number of the newest migration. */
  readonly schema: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly randomBytes: (length: number) => Buffer;
  /** Whether a backup came to its end; `problem` in the user's words. One that its reader broke off says nothing. */
  readonly onOutcome: (problem: string | undefined) => void;
};

type Source = { readonly name: string; readonly path: string };
type Member = BackupManifest['members'][number];

const copyFolder = 'copy';
export const manifestName = 'manifest.json';
const saltBytes = 16;
const pieceBytes = 64 * 1024;
/** As all of them are named; anything else in these folders is not ours. */
const mediaName = /^[\w-][\w.-]{0,79}$/;
const unfinished = /\.unfinished$/;

export class Backup {
  readonly #deps: BackupDeps;
  #isRunning = false;

  constructor(deps: BackupDeps) {
    this.#deps = deps;
  }

  /** Deletes what a kill left behind. */
  async start(): Promise<void> {
    await rm(restorePath(this.#deps.dataDirectory, copyFolder), { recursive: true, force: true });
  }

  /** Throws `conflict` while another one is made, `unavailable` where there is no room for the copy of the database. */
  async create(passphrase: string | undefined): Promise<StreamReply> {
    const { clock, problem, randomBytes, onOutcome } = this.#deps;
    const reason = problem();
    if (reason !== undefined) {
      onOutcome(reason);
      throw new AppError('unavailable', reason, because('disk-full'));
    }
    if (this.#isRunning)
      throw new AppError('conflict', 'Another backup is being made: wait until it is done', because('backup-running'));
    this.#isRunning = true;
    try {
      const at = clock.now();
      const database = await this.#copy();
      const bytes = this.#stream(database, at);
      const name = `gosip-${isoTime(at).slice(0, 16).replaceAll(':', '-')}`;
      const [tar, sealed] = backupTypes;
      const chunks = passphrase === undefined ? bytes : sealStream(bytes, { passphrase, salt: randomBytes(saltBytes) });
      const read = () => withCleanup(chunks, () => this.#end());
      return passphrase === undefined
        ? { contentType: tar, fileName: `${name}.tar`, read }
        : { contentType: sealed, fileName: `${name}.gosip`, read };
    } catch (error) {
      onOutcome(error instanceof AppError ? error.message : 'the log says why');
      await this.#end();
      throw error;
    }
  }

  async #end(): Promise<void> {
    await this.start();
    this.#isRunning = false;
  }

  async #copy(): Promise<string> {
    const { dataDirectory } = this.#deps;
    const path = join(dataDirectory, 'gosip.db');
    const [{ size }, { bavail, bsize }] = await Promise.all([stat(path), statfs(dataDirectory)]);
    if (bavail * bsize < size + leaveFreeBytes) {
      throw new AppError(
        'unavailable',
        `There is no room to copy the database (${megabytes(size)}): free some space on the disk`,
        because('disk-full'),
      );
    }
    const target = join(emptyRestoreFolder(dataDirectory, copyFolder), 'gosip.db');
    const problem = await copyDatabase(path, target);
    if (problem === undefined) return target;
    this.#deps.log.error({ problem }, 'A copy of the database was taken, and is not whole: the database may be damaged');
    throw new AppError(
      'unavailable',
      'The database could not be copied whole: it may be damaged, or the disk is full',
      because('database-damaged'),
    );
  }

  async *#stream(database: string, at: number): AsyncGenerator<Uint8Array> {
    const { log, onOutcome } = this.#deps;
    try {
      yield* this.#members(database, at);
    } catch (error) {
      log.error({ err: error }, 'A backup broke off');
      onOutcome(error instanceof AppError ? error.message : 'a file could not be read; the log says which');
      throw error;
    }
    onOutcome(undefined);
  }

  async *#members(database: string, at: number): AsyncGenerator<Uint8Array> {
    const { dataDirectory, clock, log, version, schema } = this.#deps;
    const begin = clock.monotonic();
    const members: Member[] = [];
    const sources = [
      { name: 'gosip.db', path: database },
      { name: 'gosip.key', path: join(dataDirectory, 'gosip.key') },
      ...(await listMedia(dataDirectory)),
    ];
    for (const source of sources) {
      const file = await openIfThere(source.path);
      // Deleted by its owner meanwhile; the key may never have been stored.
      if (file === undefined) continue;
      members.push(yield* this.#member(source, file, at));
    }
    const manifest: BackupManifest = { format: backupFormat, version, schema, createdAt: isoTime(at), members };
    const text = Buffer.from(JSON.stringify(manifest, undefined, 2));
    yield tarHeader({ name: manifestName, bytes: text.length }, at);
    yield Buffer.concat([text, tarPadding(text.length), tarEnd]);
    const seconds = Math.round((clock.monotonic() - begin) / 1000);
    log.info({ files: members.length, seconds }, 'Backup created');
  }

  async *#member({ name }: Source, file: FileHandle, at: number): AsyncGenerator<Uint8Array, Member> {
    try {
      const { size: bytes } = await file.stat();
      yield tarHeader({ name, bytes }, at);
      const hash = createHash('sha256');
      for (let read = 0; read < bytes;) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(pieceBytes, bytes - read)));
        if (bytesRead === 0) throw new Error(`${name} became shorter while it was read`);
        read += bytesRead;
        const piece = buffer.subarray(0, bytesRead);
        hash.update(piece);
        yield piece;
      }
      yield tarPadding(bytes);
      return { name, bytes, sha256: hash.digest('hex') };
    } finally {
      await file.close();
    }
  }
}

async function listMedia(dataDirectory: string): Promise<Source[]> {
  const sources: Source[] = [];
  for (const folder of mediaFolders) {
    const names = await readdir(join(dataDirectory, folder)).catch(() => [] as string[]);
    for (const name of names.filter((one) => mediaName.test(one) && !unfinished.test(one)).sort())
      sources.push({ name: `${folder}/${name}`, path: join(dataDirectory, folder, name) });
  }
  return sources;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A generator that nobody began to read would not run its own cleanup. */
function withCleanup(chunks: AsyncGenerator<Uint8Array>, end: () => Promise<void>): AsyncIterable<Uint8Array> {
  let isOver = false;
  const endOnce = async () => {
    if (isOver) return;
    isOver = true;
    await end();
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        try {
          const result = await chunks.next();
          if (result.done === true) await endOnce();
          return result;
        } catch (error) {
          await endOnce();
          throw error;
        }
      },
      return: async () => {
        await chunks.return(undefined);
        await endOnce();
        return { done: true, value: undefined };
      },
    }),
  };
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
