import { clock } from './clock.ts';

const retryMs = 3_000;

/**
 * Loads what the first view can do without once the browser has made it, and goes on trying while the house does not answer. Elements of it stay
 * empty until then.
 */
export function loadLater(load: () => Promise<unknown>): void {
  clock.whenIdle(() => tryToLoad(load));
}

function tryToLoad(load: () => Promise<unknown>): void {
  load().catch(() => clock.after(retryMs, () => tryToLoad(load)));
}
