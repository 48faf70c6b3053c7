// Owns which of what somebody has written is a message, and to whom.
// Called by the page of messages.
import { clock } from './clock.ts';
import { dropDraft, guardDraft, hasDraft, keepDraft, takeDraft } from './drafts.ts';
import { isEmptyDraft, readDraft } from './message-draft.ts';
import type { MessageDraft } from './message-draft.ts';

/** `of`: a conversation, or empty for a new one. */
export function takeMessageDraft(of: string): MessageDraft {
  return readDraft(takeDraft<unknown>(keyOf(of))?.draft, clock.now());
}

export function keepMessageDraft(of: string, draft: MessageDraft): void {
  if (isEmptyDraft(draft)) dropDraft(keyOf(of));
  else keepDraft(keyOf(of), { base: undefined, draft });
}

/** What was begun to be written in this tab, in one line; empty where nothing was. */
export function draftLine(of: string): string {
  return hasDraft(keyOf(of)) ? takeMessageDraft(of).text.trim() : '';
}

/** Keeps what is written here although another tab takes it over. Returns the end of it. */
export function guardMessageDraft(of: string, draft: () => MessageDraft): () => void {
  return guardDraft(keyOf(of), () => (isEmptyDraft(draft()) ? undefined : { base: undefined, draft: draft() }));
}

function keyOf(of: string): string {
  return `message ${of}`;
}
