// Ties the write-ahead log to its database, so that the log of another one (a backup was put back, its predecessor's log lies beside it)
// is never played into it.
// Called by database.ts: before SQLite opens the file, and once it is open.
// Must stay true: each log begins with a first page that bears the number after that of the database it was begun for. Both are content:
// a folder that is copied or moved with its log keeps the tie.
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

const walHeaderBytes = 32;
const frameHeaderBytes = 24;
const databaseHeaderBytes = 100;
/** Where the file format keeps the application id (section 1.3.15). */
const idOffset = 68;
const magic = Buffer.from('SQLite format 3\0', 'latin1');
const maxId = 0x7fff_ffff;

/** Numbers the database anew, and begins a log that can only be its own. */
export function tieWal(db: Database, random: number): void {
  const before = Number(db.pragma('application_id', { simple: true }));
  const first = before > 0 ? after(before) : 1 + Math.floor(random * (maxId - 1));
  db.pragma(`application_id = ${first}`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.pragma(`application_id = ${after(first)}`);
}

/** After a checkpoint of the whole log: the next one begins with the next number. */
export function tieNextWal(db: Database): void {
  db.pragma(`application_id = ${after(Number(db.pragma('application_id', { simple: true })))}`);
}

/** Puts a log aside that belongs to another database than the one beside it. Returns its new name; undefined where all is well. Throws what the disk says. */
export function setForeignWalAside(path: string, time: string): string | undefined {
  const log = `${path}-wal`;
  if (!existsSync(path) || !existsSync(log)) return undefined;
  if (!isForeignWal(databaseId(path), walIds(log))) return undefined;
  const aside = `${log}.foreign-${time.replaceAll(':', '-').replace(/\.\d+/, '')}`;
  renameSync(log, aside);
  rmSync(`${path}-shm`, { force: true });
  return aside;
}

/** `logged`: the numbers in the log's first pages, oldest first; what has been moved into the database already may be any of them. */
export function isForeignWal(id: number | undefined, idsInWal: readonly number[]): boolean {
  const [first] = idsInWal;
  if (id === undefined || first === undefined) return false;
  return after(id) !== first && !idsInWal.includes(id);
}

function after(id: number): number {
  return id >= maxId ? 1 : id + 1;
}

function databaseId(path: string): number | undefined {
  return withFile(path, (file) => idOf(readAt(file, 0, databaseHeaderBytes)));
}

/** Of every first page that is committed in the log. */
function walIds(path: string): readonly number[] {
  return withFile(path, (file) => {
    const header = readAt(file, 0, walHeaderBytes);
    if (header.length < walHeaderBytes || (header.readUInt32BE(0) & ~1) !== 0x377f_0682) return [];
    const pageBytes = header.readUInt32BE(8);
    const salts = header.subarray(16, 24);
    const committed: number[] = [];
    let open: number[] = [];
    for (let at = walHeaderBytes; ; at += frameHeaderBytes + pageBytes) {
      const frame = readAt(file, at, frameHeaderBytes);
      if (frame.length < frameHeaderBytes || !frame.subarray(8, 16).equals(salts)) return committed;
      const id = frame.readUInt32BE(0) === 1 ? idOf(readAt(file, at + frameHeaderBytes, databaseHeaderBytes)) : undefined;
      if (id !== undefined) open.push(id);
      if (frame.readUInt32BE(4) === 0) continue;
      committed.push(...open);
      open = [];
    }
  });
}

function idOf(page: Buffer): number | undefined {
  const isWhole = page.length === databaseHeaderBytes && page.subarray(0, magic.length).equals(magic);
  return isWhole ? page.readUInt32BE(idOffset) : undefined;
}

function withFile<Result>(path: string, read: (file: number) => Result): Result {
  const file = openSync(path, 'r');
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}
