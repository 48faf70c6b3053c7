// Owns the exchange of the house's data: what lies ready takes the place of what is there, which is put aside whole.
// Called by app/storage.ts at the start, once the data folder is locked and before anything in it is open; by the restore of system, which asks for it.
// Must stay true: killed at any moment, the next start goes on where it stopped; nothing is deleted or overwritten, only renamed.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';

/** Everything of a house in its data folder, by name. */
export const dataFiles = ['gosip.db', 'gosip.key'] as const;
export const mediaFolders = ['messages', 'voicemail', 'recordings', 'greetings'] as const;
/** What SQLite keeps beside the database: it belongs to the one it lies beside, and goes with it. */
const besideDatabase = ['gosip.db-wal', 'gosip.db-shm'] as const;
const swapped: readonly string[] = [...dataFiles, ...besideDatabase, ...mediaFolders];

export type SwapRequest = {
  /** Folders inside `restore/`: where what comes lies, and where what goes is put. */
  readonly take: string;
  readonly put: string;
  /** What comes. */
  readonly names: readonly string[];
  readonly at: number;
};

const restoreFolder = 'restore';
const marker = 'swap.json';

export function restorePath(dataDirectory: string, ...inside: readonly string[]): string {
  return join(dataDirectory, restoreFolder, ...inside);
}

/** What lies in `folder` of the restore folder and can take the place of the house's data. */
export function swappableNames(dataDirectory: string, folder: string): readonly string[] {
  const there = existsSync(restorePath(dataDirectory, folder)) ? readdirSync(restorePath(dataDirectory, folder)) : [];
  return there.filter((name) => swapped.includes(name));
}

/** Asks the next start to swap. On the disk when it returns. */
export function requestSwap(dataDirectory: string, request: SwapRequest): void {
  const path = restorePath(dataDirectory, marker);
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  rmSync(restorePath(dataDirectory, request.put), { recursive: true, force: true });
  writeFileSync(unfinished, JSON.stringify(request), { flag: 'wx', mode: 0o600 });
  syncPath(unfinished);
  renameSync(unfinished, path);
  syncPath(restorePath(dataDirectory));
}

export function requestedSwap(dataDirectory: string): SwapRequest | undefined {
  try {
    return JSON.parse(readFileSync(restorePath(dataDirectory, marker), 'utf8')) as SwapRequest;
  } catch {
    return undefined;
  }
}

/** One renaming: `take` brings a name from what lies ready, `put` puts the present one aside. */
export type SwapStep = { readonly kind: 'put' | 'take'; readonly name: string };

/** What is left to do; `ready`, `present`: the names that lie there. */
export function planSwap(
  names: readonly string[],
  { ready, present }: { readonly ready: readonly string[]; readonly present: readonly string[] },
): readonly SwapStep[] {
  return swapped.flatMap((name): readonly SwapStep[] => {
    const isReady = names.includes(name) && ready.includes(name);
    // One that was to come and lies ready no more is the present one.
    const isOld = present.includes(name) && (isReady || !names.includes(name));
    return [...(isOld ? [{ kind: 'put', name } as const] : []), ...(isReady ? [{ kind: 'take', name } as const] : [])];
  });
}

/** What undoes all that was done of it. */
export function planRollback(
  names: readonly string[],
  {
    ready,
    present,
    aside,
  }: { readonly ready: readonly string[]; readonly present: readonly string[]; readonly aside: readonly string[] },
): readonly SwapStep[] {
  return swapped.flatMap((name): readonly SwapStep[] => {
    const hasCome = present.includes(name) && names.includes(name) && !ready.includes(name);
    const isAside = aside.includes(name);
    return [...(hasCome ? [{ kind: 'take', name } as const] : []), ...(isAside ? [{ kind: 'put', name } as const] : [])];
  });
}

/**
 * Carries out what was asked for, or the rest of it. Returns it; undefined where nothing was. Where the disk refuses, everything is put back as
 * it was, and that is thrown.
 */
export function applyRequestedSwap(dataDirectory: string, rename = renameSync): SwapRequest | undefined {
  const request = requestedSwap(dataDirectory);
  if (request === undefined) return undefined;
  const { take, put, names } = request;
  const aside = restorePath(dataDirectory, put);
  makeFolder(aside);
  const paths = (name: string) => ({
    here: join(dataDirectory, name),
    put: join(aside, name),
    take: restorePath(dataDirectory, take, name),
  });
  try {
    for (const { kind, name } of planSwap(names, {
      ready: swappableNames(dataDirectory, take),
      present: readdirSync(dataDirectory),
    })) {
      if (kind === 'put') rename(paths(name).here, paths(name).put);
      else rename(paths(name).take, paths(name).here);
    }
  } catch (error) {
    const there = { present: readdirSync(dataDirectory), aside: readdirSync(aside), ready: swappableNames(dataDirectory, take) };
    for (const { kind, name } of planRollback(names, there)) {
      if (kind === 'take') rename(paths(name).here, paths(name).take);
      else rename(paths(name).put, paths(name).here);
    }
    forgetRequest(dataDirectory);
    throw error;
  }
  // The folders know their names before the request is forgotten.
  for (const folder of [dataDirectory, aside]) syncPath(folder);
  forgetRequest(dataDirectory);
  rmSync(restorePath(dataDirectory, take), { recursive: true, force: true });
  return request;
}

function forgetRequest(dataDirectory: string): void {
  rmSync(restorePath(dataDirectory, marker), { force: true });
  syncPath(restorePath(dataDirectory));
}

/** Brings the bytes of a file, or the names in a folder, to the disk. */
export function syncPath(path: string): void {
  if (!existsSync(path)) return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** An empty folder of this name inside the restore folder, in place of what was there. */
export function emptyRestoreFolder(dataDirectory: string, name: string): string {
  const path = restorePath(dataDirectory, name);
  makeFolder(restorePath(dataDirectory));
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { mode: 0o700 });
  return path;
}
