import type { TwilioMessage } from './twilio-records.ts';

export type LookUp = {
  /** Of the same sender and receiver, the newest first. */
  readonly listed: readonly TwilioMessage[];
  readonly body: string;
  readonly hasMedia: boolean;
  /** When the first request may have left, by our clock. */
  readonly attemptedAt: number;
  /** Whether it is surely another message of ours. */
  readonly isKnown: (sid: string) => boolean;
};

export type Found =
  | { readonly kind: 'found'; readonly message: TwilioMessage }
  | { readonly kind: 'absent' }
  /** There is one like it that may be somebody else's, or ours by a clock that is wrong. */
  | { readonly kind: 'doubtful' };

/** What our clock may be ahead of Twilio's without anybody noticing. */
const clockTrustMs = 600_000;
const doubtMs = 24 * 3_600_000;

/**
 * Searches for a message that may have been sent. Messages of a pair are sent one after another, so one that is newer than the
 * newest we know is ours whatever the clocks say; without such a one the time must do.
 */
export function findSent({ listed, body, hasMedia, attemptedAt, isKnown }: LookUp): Found {
  const sent = listed.filter(({ direction }) => direction !== 'inbound');
  const newestKnown = sent.findIndex(({ sid }) => isKnown(sid));
  const candidates = sent
    .map((message, index) => ({ message, isAfterKnown: newestKnown !== -1 && index < newestKnown }))
    .filter(({ message }) => !isKnown(message.sid) && isSame(message, body, hasMedia));
  const sure = candidates.filter(
    ({ message, isAfterKnown }) => isAfterKnown || timeOf(message, attemptedAt) >= attemptedAt - clockTrustMs,
  );
  // Of several the oldest: what was in doubt before it has its turn first.
  const oldest = sure.at(-1);
  if (oldest !== undefined) return { kind: 'found', message: oldest.message };
  const isDoubtful = candidates.some(({ message }) => timeOf(message, attemptedAt) >= attemptedAt - doubtMs);
  return { kind: isDoubtful ? 'doubtful' : 'absent' };
}

/** Accounts on trial put words of Twilio's before ours. */
function isSame(message: TwilioMessage, body: string, hasMedia: boolean): boolean {
  const text = message.body.trim();
  const wanted = body.trim();
  if (wanted === '' && !hasMedia) return false;
  return text === wanted || (text.startsWith('Sent from your Twilio trial account - ') && text.endsWith(wanted));
}

/** One without a date is being made now. */
function timeOf({ sentAt, createdAt }: TwilioMessage, attemptedAt: number): number {
  return createdAt ?? sentAt ?? attemptedAt;
}
