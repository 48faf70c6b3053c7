// Owns how the parts of a conversation are read from the house: the newest, those before, those after, those around one.
// Called by the thread of the page of messages.
import { getMessage, listMessages } from '#contract/messages.ts';
import { call } from './api.ts';
import type { Message } from './data.ts';
import { unseen } from './thread-window.ts';
import type { ThreadWindow } from './thread-window.ts';

const perPage = 50;

/** `isEnd`: there are no more in that direction. */
export type ThreadPage = { readonly items: readonly Message[]; readonly isEnd: boolean };

type Of = Message['conversationId'];
type Span = { readonly from?: string; readonly to?: string; readonly order: 'asc' | 'desc' };

export async function readNewest(conversation: Of): Promise<ThreadPage> {
  const { items, total } = await call(listMessages, { query: { conversation, per_page: perPage } });
  return { items, isEnd: total <= items.length };
}

/** The newest of them first. */
export async function readOlder(conversation: Of, before: ThreadWindow): Promise<ThreadPage> {
  const first = before.items[0];
  if (first === undefined) return readNewest(conversation);
  // A time is not within its own end, and others of the same moment may come before.
  const to = new Date(Date.parse(first.createdAt) + 1).toISOString();
  return readUnseen(conversation, before, { to, order: 'desc' });
}

/** The oldest of them first. */
export async function readNewer(conversation: Of, before: ThreadWindow): Promise<ThreadPage> {
  const last = before.items.at(-1);
  if (last === undefined) return readNewest(conversation);
  return readUnseen(conversation, before, { from: last.createdAt, order: 'asc' });
}

/** A part with this message in the middle. */
export async function readAround(conversation: Of, messageId: Message['id']): Promise<ThreadWindow> {
  const middle = await call(getMessage, { params: { id: messageId } });
  const alone: ThreadWindow = { items: [middle], hasOlder: true, hasNewer: true };
  const [older, newer] = await Promise.all([readOlder(conversation, alone), readNewer(conversation, alone)]);
  const after = unseen({ ...alone, items: [middle, ...older.items] }, newer.items);
  return {
    items: [...unseen(alone, older.items).toReversed(), middle, ...after],
    hasOlder: !older.isEnd,
    hasNewer: !newer.isEnd,
  };
}

/** Goes on where a page has nothing new, since all of it is of one moment. */
async function readUnseen(conversation: Of, before: ThreadWindow, span: Span): Promise<ThreadPage> {
  for (let page = 1; ; page += 1) {
    const { items } = await call(listMessages, { query: { conversation, ...span, page, per_page: perPage } });
    const isEnd = items.length < perPage;
    if (isEnd || unseen(before, items).length > 0) return { items, isEnd };
  }
}
