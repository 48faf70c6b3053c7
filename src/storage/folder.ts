import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder with those above it. Throws what the system says. Not with `recursive`: where a file system refuses new folders by
 * saying that the one above is missing, as /proc does, Node.js tries for ever. No other user may read what GoSIP keeps.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
