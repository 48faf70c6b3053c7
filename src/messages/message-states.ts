/**
 * `waiting`: in our outbox. `unknown`: it may have been sent; this cannot be determined. `accepted` to `sent`: on its way at Twilio.
 * `received`: came in. The rest is final, but for `read`, which may follow `delivered`.
 */
export type MessageState = keyof typeof stateRanks;

const stateRanks = {
  waiting: 0,
  // Lack of knowledge rather than a state of the message, so any status of Twilio's replaces it.
  unknown: 1,
  accepted: 2,
  scheduled: 3,
  queued: 4,
  sending: 5,
  sent: 6,
  delivered: 7,
  undelivered: 7,
  failed: 7,
  canceled: 7,
  read: 8,
  received: 9,
} as const;

/** Twilio's status as a state of ours; undefined for one that does not apply to a sent message. */
export function stateFromTwilio(status: string): MessageState | undefined {
  if (status === 'partially_delivered') return 'delivered';
  if (status === 'waiting' || status === 'unknown' || status === 'received') return undefined;
  return Object.hasOwn(stateRanks, status) ? (status as MessageState) : undefined;
}

export function isFinal(state: MessageState): boolean {
  return stateRanks[state] >= stateRanks.delivered;
}

/** Whether a status callback `next` changes a message in state `now`: callbacks come late, twice and in any order. */
export function canTransition(now: MessageState, next: MessageState): boolean {
  if (now === 'received') return false;
  if (next === 'read') return now !== 'undelivered' && now !== 'failed' && now !== 'canceled' && now !== 'read';
  return stateRanks[next] > stateRanks[now];
}
