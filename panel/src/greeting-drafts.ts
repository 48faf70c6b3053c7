// Owns greetings that were recorded or written and are not saved, for as long as the panel is open: a recording is too large to be kept longer.
// Called by the part that makes greetings.
// Must stay true: whoever signs in after them does not get it.
import { me } from './session.ts';
import { dropTake } from './take.ts';
import type { Take } from './take.ts';

export type GreetingDraft = {
  readonly chosen: 'standard' | 'text' | 'audio' | undefined;
  readonly text: string | undefined;
  readonly language: string | undefined;
  readonly take: Take | undefined;
};

const kept = new Map<string, GreetingDraft>();

/** `personId`: whose greeting it is; `me` is whoever is signed in. */
function keyOf(personId: string): string {
  const own = me()?.person?.id ?? '';
  return `${own} ${personId === 'me' ? own : personId}`;
}

/** Undefined where nothing is left. */
export function takeGreetingDraft(personId: string): GreetingDraft | undefined {
  const draft = kept.get(keyOf(personId));
  kept.delete(keyOf(personId));
  return draft;
}

export function keepGreetingDraft(personId: string, draft: GreetingDraft): void {
  if (draft.text === undefined && draft.language === undefined && draft.take === undefined) return;
  dropTake(kept.get(keyOf(personId))?.take);
  kept.set(keyOf(personId), draft);
}
