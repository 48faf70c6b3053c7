// Owns which part of a conversation is on the screen: one stretch of it without a gap, however long it is.
// Called by the thread of the page of messages.
import type { Message } from './data.ts';

export type ThreadWindow = {
  /** The oldest first. */
  readonly items: readonly Message[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
};

export const emptyWindow: ThreadWindow = { items: [], hasOlder: true, hasNewer: false };

/** More of them make the page slow, and nobody sees so many at once. */
const maxShown = 300;

type Page = readonly Message[];

/** The newest messages were read again, the newest first. `isAll`: there are no others. */
export function withNewest(before: ThreadWindow, page: Page, isAll: boolean): ThreadWindow {
  const newest = page.toReversed();
  const ids = new Set(newest.map(({ id }) => id));
  const first = newest[0];
  if (before.hasNewer) return { ...before, items: renewed(before.items, newest) };
  const isJoined = before.items.length > 0 && before.items.some(({ id }) => ids.has(id));
  if (!isJoined || first === undefined) return { items: newest, hasOlder: !isAll, hasNewer: false };
  const older = before.items.filter(({ id, createdAt }) => !ids.has(id) && createdAt <= first.createdAt);
  return { ...before, items: [...older, ...newest], hasOlder: before.hasOlder && !isAll };
}

/** Messages before the first one, the newest first. `isEnd`: there are no more. */
export function withOlder(before: ThreadWindow, page: Page, isEnd: boolean): ThreadWindow {
  const items = [...unseen(before, page).toReversed(), ...before.items];
  const isTooLong = items.length > maxShown;
  return { items: items.slice(0, maxShown), hasOlder: !isEnd, hasNewer: before.hasNewer || isTooLong };
}

/** Messages after the last one, the oldest first. `isEnd`: there are no more. */
export function withNewer(before: ThreadWindow, page: Page, isEnd: boolean): ThreadWindow {
  const items = [...before.items, ...unseen(before, page)];
  const isTooLong = items.length > maxShown;
  return { items: items.slice(-maxShown), hasOlder: before.hasOlder || isTooLong, hasNewer: !isEnd };
}

/** One that was sent just now. */
export function withSent(before: ThreadWindow, message: Message): ThreadWindow {
  const isKnown = before.hasNewer || before.items.some(({ id }) => id === message.id);
  return isKnown ? before : { ...before, items: [...before.items, message] };
}

/** What of a page is not there yet: two of the same moment may be on either side of its edge. */
export function unseen({ items }: ThreadWindow, page: Page): Page {
  const ids = new Set(items.map(({ id }) => id));
  return page.filter(({ id }) => !ids.has(id));
}

function renewed(items: Page, newest: Page): Page {
  const byId = new Map(newest.map((one) => [one.id, one]));
  return items.map((one) => byId.get(one.id) ?? one);
}
