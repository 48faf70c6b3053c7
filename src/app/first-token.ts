// Gives the tokens of a new house to the person at the terminal; where there is none, to files, because what is printed stays in system logs.
// Called by main.ts.
// Must stay true: the tokens are readable for the user GoSIP runs as alone, and are in no log.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type TokenFileOptions = {
  readonly token: string | undefined;
  /** The file, inside the data folder. */
  readonly name: 'first-admin-token' | 'setup-token';
  readonly dataDirectory: string;
  /** Whether a person sees what is printed. */
  readonly isTerminal: boolean;
};

/** Where the token is now; undefined where it is to be printed: on a terminal, and where no file can be written. */
export function writeTokenFile({ token, name, dataDirectory, isTerminal }: TokenFileOptions): string | undefined {
  if (token === undefined || isTerminal) return undefined;
  const path = join(dataDirectory, name);
  try {
    // A file that is there keeps its mode.
    rmSync(path, { force: true });
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return path;
  } catch {
    return undefined;
  }
}
