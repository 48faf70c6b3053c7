import type { Recording } from './recording.ts';

/** Whether a caller left a message. */
export type MessageVerdict = { readonly kind: 'message' | 'none' };

/** What the recordings of one call say about it; undefined while they do not decide it. */
export function messageVerdict(recordings: readonly Pick<Recording, 'kind' | 'state' | 'seconds'>[]): MessageVerdict | undefined {
  const messages = recordings.filter(({ kind }) => kind === 'voicemail');
  if (messages.some(isMessage)) return { kind: 'message' };
  const isNone = messages.length > 0 && messages.every(({ state }) => state === 'discarded');
  return isNone ? { kind: 'none' } : undefined;
}

/** Before its recording is known: as long as the caller was recorded. */
export function expectedVerdict(seconds: number | undefined, discardBelowSeconds: number): MessageVerdict | undefined {
  if (seconds === undefined) return undefined;
  return { kind: seconds < discardBelowSeconds ? 'none' : 'message' };
}

/** One whose length is unknown may still be too short. One whose audio is lost is in the mailbox all the same. */
function isMessage({ state, seconds }: Pick<Recording, 'state' | 'seconds'>): boolean {
  if (state === 'fetching') return seconds !== undefined;
  return state === 'stored' || state === 'lost' || state === 'removed';
}
