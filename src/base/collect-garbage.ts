import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from './clock.ts';

/** By then the phones of the house have registered again, and nobody waits for what a start has to do. */
const settledMs = 30_000;

/** Starting leaves 20 MB of garbage, which V8 would keep for days in a quiet house. Call when this thread has started. */
export function collectStartGarbage(): void {
  systemClock.after(settledMs, collectGarbage);
}

/** Costs one short pause. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  // Code that is loaded later was compiled without it, and V8 compiles anew what was compiled under other flags.
  setFlagsFromString('--no-expose-gc');
  // Any other flavour keeps the emptied pages for the next burst.
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
