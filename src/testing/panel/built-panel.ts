import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the panel where what is there is not what the source says. */
export function buildPanel(): void {
  execFileSync(join(import.meta.dirname, '../../../script/build-panel'), ['--if-stale'], { stdio: ['ignore', 'ignore', 'pipe'] });
}
