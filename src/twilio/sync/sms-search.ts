import type { TwilioMessage } from '#twilio/api/records.ts';

export type SmsSearch = {
  /** Of the same sender and receiver, the newest first. */
  readonly listed: readonly TwilioMessage[];
  readonly body: string;
  readonly hasMedia: boolean;
  /** When the first request may have left, by our clock. */
  readonly attemptedAt: number;
  /** Whether it is known to be another message of ours. */
  readonly isKnown: (sid: string) => boolean;
};

export type SmsSearchResult =
  | { readonly kind: 'found'; readonly message: TwilioMessage }
  | { readonly kind: 'absent' }
  /** There is one like it, which may be another, or ours if a clock is wrong. */
  | { readonly kind: 'doubtful' };

/** How far our clock may be ahead of Twilio's. */
const clockSkewMs = 600_000;
const doubtMs = 24 * 3_600_000;

/**
 * Searches for a message that may have been sent. Messages of a pair are sent one after another, so it must be newer than the newest
 * one we know, whatever the clocks say; if none is known, the time decides.
 */
export function findSent({ listed, body, hasMedia, attemptedAt, isKnown }: SmsSearch): SmsSearchResult {
  const sent = listed.filter(({ direction }) => direction === 'outbound-api');
  const newestKnown = sent.findIndex(({ sid }) => isKnown(sid));
  const candidates = sent.filter((message) => !isKnown(message.sid) && isSame(message, body, hasMedia));
  if (newestKnown !== -1) {
    const since = timeOf(sent[newestKnown]);
    // Dates have whole seconds, so two of one second may be listed in either order.
    return oldestOf(candidates.filter((message) => sent.indexOf(message) < newestKnown || timeOf(message) === since));
  }
  const found = oldestOf(candidates.filter((message) => (timeOf(message) ?? attemptedAt) >= attemptedAt - clockSkewMs));
  if (found.kind === 'found') return found;
  return candidates.some((message) => (timeOf(message) ?? 0) >= attemptedAt - doubtMs) ? { kind: 'doubtful' } : found;
}

/** The oldest, because messages in doubt are resolved in their order. */
function oldestOf(messages: readonly TwilioMessage[]): SmsSearchResult {
  const message = messages.at(-1);
  return message === undefined ? { kind: 'absent' } : { kind: 'found', message };
}

/** Trial accounts prefix the text. */
function isSame(message: TwilioMessage, body: string, hasMedia: boolean): boolean {
  const text = normal(message.body);
  const wanted = normal(body);
  if (wanted === '' && !hasMedia) return false;
  return text === wanted || (text.startsWith('Sent from your Twilio trial account - ') && text.endsWith(wanted));
}

/** White space is not preserved on the way. */
function normal(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function timeOf(message: TwilioMessage | undefined): number | undefined {
  return message?.createdAt ?? message?.sentAt;
}
