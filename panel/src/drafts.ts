// Owns what somebody has written and not saved: kept in their browser, over pages, reloads and sessions.
// Must stay true: whoever signs in after them does not see it; of two tabs that write at once neither overwrites what the other wrote.
import { me } from './session.ts';
import { Signal } from './signal.ts';

/** Goes up with every change, so that a list can show what is not saved. */
export const draftsChanged = new Signal(0);

/** `base`: what was there when the writing began. */
export type Kept<Draft> = {
  readonly base: Draft | undefined;
  readonly draft: Draft;
  /** What the request is called that was sent with it, and may have arrived. */
  readonly requestId?: string;
};

const tabKey = 'gosip-tab';
let ownTab = '';

/** The same one after a reload. */
function tab(): string {
  if (ownTab !== '') return ownTab;
  ownTab = `${performance.timeOrigin}${performance.now()}`;
  try {
    ownTab = window.sessionStorage.getItem(tabKey) ?? ownTab;
    window.sessionStorage.setItem(tabKey, ownTab);
  } catch {
    // A browser that keeps nothing.
  }
  return ownTab;
}

function prefixOf(key: string): string {
  return `gosip-draft ${me()?.id ?? ''} ${key} `;
}

function storedKeys(key: string): readonly string[] {
  try {
    return Object.keys(window.localStorage).filter((name) => name.startsWith(prefixOf(key)));
  } catch {
    return [];
  }
}

/** Whether somebody wrote it in any tab. `key`: such as `rule route_1`. */
export function hasDraft(key: string): boolean {
  return storedKeys(key).length > 0;
}

/** What was written in this tab; else in another, from which it is taken over. */
export function takeDraft<Draft>(key: string): Kept<Draft> | undefined {
  const own = prefixOf(key) + tab();
  const found = storedKeys(key);
  const name = found.includes(own) ? own : found[0];
  const text = name === undefined ? null : window.localStorage.getItem(name);
  if (name === undefined || text === null) return undefined;
  try {
    const kept = JSON.parse(text) as Kept<Draft>;
    if (name !== own) {
      window.localStorage.removeItem(name);
      keepDraft(key, kept);
    }
    return kept;
  } catch {
    window.localStorage.removeItem(name);
    return undefined;
  }
}

/** Where a browser keeps nothing, the draft lasts as long as its dialog. */
export function keepDraft<Draft>(key: string, kept: Kept<Draft>): void {
  try {
    window.localStorage.setItem(prefixOf(key) + tab(), JSON.stringify(kept));
  } catch {
    // Private windows and full disks.
  }
  draftsChanged.value += 1;
}

/** It was saved, or is not wanted any more. */
export function dropDraft(key: string): void {
  try {
    window.localStorage.removeItem(prefixOf(key) + tab());
  } catch {
    // Nothing was kept.
  }
  draftsChanged.value += 1;
}

/** Puts back what another tab took over while it is still written here. Returns the end of it. */
export function guardDraft(key: string, kept: () => Kept<unknown> | undefined): () => void {
  const own = prefixOf(key) + tab();
  const follow = (event: StorageEvent) => {
    if (event.key !== own || event.newValue !== null) return;
    const now = kept();
    if (now !== undefined) keepDraft(key, now);
  };
  window.addEventListener('storage', follow);
  return () => window.removeEventListener('storage', follow);
}
