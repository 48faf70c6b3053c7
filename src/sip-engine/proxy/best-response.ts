import type { SipMessage } from '../message/message.ts';

/** What a final response of one target means for the search. */
export type ResponseAction =
  /** Is forwarded upstream at once and ends the search: a success, or a challenge that only the caller can answer. */
  | 'forward'
  /** A redirect to follow: its Contacts are the next targets. */
  | 'follow'
  /** A global failure: no other target is tried (RFC 3261 section 16.7 step 5). */
  | 'give-up'
  /** A failure, kept in case there is nothing better. */
  | 'hold';

/** RFC 3261 section 16.7 steps 4 and 5. */
export function responseActionOf(response: SipMessage, followRedirects: boolean): ResponseAction {
  const { status } = response;
  if (status < 300) return 'forward';
  if (status === 401 && response.has('www-authenticate')) return 'forward';
  if (status === 407 && response.has('proxy-authenticate')) return 'forward';
  if (status < 400) return followRedirects && response.has('contact') ? 'follow' : 'hold';
  return status >= 600 ? 'give-up' : 'hold';
}

const preferredStatuses = new Set([401, 407, 415, 420, 484]);

/** Lower is better (RFC 3261 section 16.7 step 6). */
export function rankOf(status: number): number {
  if (status >= 600) return 0;
  if (preferredStatuses.has(status)) return 1;
  if (status >= 400) return status < 500 ? 2 : 3;
  return 4;
}

export type HeldResponse = {
  readonly message: SipMessage;
  /** Synthesised by the engine: timeout, no connection. */ readonly isOwn: boolean;
};

/** The best of all failures (RFC 3261 section 16.7 step 6); undefined without any. In one class, a peer's response precedes one of ours. */
export function bestOf(held: readonly HeldResponse[]): SipMessage | undefined {
  let best: HeldResponse | undefined;
  for (const one of held) {
    if (best === undefined || isBetter(one, best)) best = one;
  }
  return best?.message;
}

function isBetter(one: HeldResponse, other: HeldResponse): boolean {
  const difference = rankOf(one.message.status) - rankOf(other.message.status);
  return difference < 0 || (difference === 0 && other.isOwn && !one.isOwn);
}
