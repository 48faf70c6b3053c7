// Owns the check of a backup: every member is laid out in a folder of its own and held against the manifest before anything may use it.
// Called by restore.ts.
// Must stay true: a name never leads out of the folder, and whatever is wrong is said in the user's words.
import { parseJson } from '#base/json.ts';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { mkdirSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '#base/errors.ts';
import { backupFormat, backupManifest } from '#contract/backup.ts';
import type { BackupManifest } from '#contract/backup.ts';
import { validate } from '#contract/validation.ts';
import { dataFiles, mediaFolders, syncPath } from '#storage/data-swap.ts';
import { databaseProblem, inspectDatabase } from '#storage/inspect-database.ts';
import type { Migration } from '#storage/migrate.ts';
import { UnsealError } from '#storage/sealed-stream.ts';
import { readTar, TarError } from '#storage/tar.ts';
import type { TarMember } from '#storage/tar.ts';
import { manifestName } from './backup.ts';

type Unpacked = { readonly name: string; readonly bytes: number; readonly sha256: string };

export type UnpackOptions = {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** An empty folder. */
  readonly folder: string;
  /** How many bytes the disk may be given. */
  readonly freeBytes: number;
  readonly migrations: readonly Migration[];
};

const allowedName = new RegExp(
  `^(?:${[...dataFiles, manifestName].join('|').replaceAll('.', '\\.')}|(?:${mediaFolders.join('|')})/[\\w-][\\w.-]{0,79})$`,
);
const maxManifestBytes = 64_000_000;

/** Lays the backup out in `folder` and checks everything in it. Throws AppError with what is wrong: the folder is to be deleted then. */
export async function unpackBackup({ chunks, folder, freeBytes, migrations }: UnpackOptions): Promise<BackupManifest> {
  const { members, manifestText } = await layOut({ chunks, folder, freeBytes });
  const manifest = readManifest(manifestText);
  const wrong = firstDifference(members, manifest.members);
  if (wrong !== undefined) throw refused(wrong);
  if (!members.has('gosip.db')) throw refused('it holds no database');
  const inspection = await inspectDatabase(join(folder, 'gosip.db'));
  const problem = databaseProblem(inspection, migrations);
  if (problem !== undefined) throw refused(problem);
  for (const path of ['', ...mediaFolders]) syncPath(join(folder, path));
  return manifest;
}

type LaidOut = { readonly members: ReadonlyMap<string, Unpacked>; readonly manifestText: string | undefined };

async function layOut({ chunks, folder, freeBytes }: Omit<UnpackOptions, 'migrations'>): Promise<LaidOut> {
  const members = new Map<string, Unpacked>();
  let [left, manifestText] = [freeBytes, undefined as string | undefined];
  try {
    await readTar(chunks, async (member, content) => {
      const { name, bytes } = member;
      if (!allowedName.test(name)) throw new TarError(`it holds a file that is none of GoSIP's: ${JSON.stringify(name)}`);
      if (members.has(name) || manifestText !== undefined) throw new TarError('it holds a file twice, or one behind its end');
      left -= bytes;
      if (left < 0) throw new AppError('unavailable', 'There is no room on the disk for what the backup holds');
      if (name === manifestName) manifestText = await readText(member, content);
      else members.set(name, await writeMember(join(folder, name), member, content));
    });
  } catch (error) {
    if (error instanceof TarError) throw refused(error.message);
    if (error instanceof UnsealError) throw new AppError('invalid', `${error.message}. Nothing was changed.`, { cause: error });
    throw error;
  }
  return { members, manifestText };
}

async function readText({ bytes }: TarMember, content: AsyncIterable<Buffer>): Promise<string> {
  if (bytes > maxManifestBytes) throw new TarError('it is damaged');
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function writeMember(path: string, { name, bytes }: TarMember, content: AsyncIterable<Buffer>): Promise<Unpacked> {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  try {
    for await (const piece of content) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  return { name, bytes, sha256: hash.digest('hex') };
}

function readManifest(text: string | undefined): BackupManifest {
  if (text === undefined) throw refused('it holds no manifest: it is no backup of GoSIP, or was not saved to its end');
  const value = parseJson(text);
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (typeof format === 'number' && format > backupFormat)
    throw refused('it was made by a newer version of GoSIP: install that one first');
  const checked = validate(backupManifest, value);
  if (checked.kind === 'fits') return checked.value;
  throw refused('its manifest is damaged');
}

function firstDifference(found: ReadonlyMap<string, Unpacked>, listed: BackupManifest['members']): string | undefined {
  const wrong = listed.find(({ name, bytes, sha256 }) => {
    const member = found.get(name);
    return member === undefined || member.bytes !== bytes || member.sha256 !== sha256;
  });
  if (wrong !== undefined) return found.has(wrong.name) ? `${wrong.name} in it is damaged` : `${wrong.name} is missing in it`;
  return listed.length === found.size ? undefined : 'it holds files that its manifest does not name';
}

function refused(because: string): AppError {
  return new AppError('invalid', `This backup cannot be restored: ${because}. Nothing was changed.`);
}
