import type { SipMessage } from '../message/message.ts';
import { readNumber } from '../message/scan.ts';

const defaultSeconds = 3_600;
/** How long the last NOTIFY and its response may still come after its end. */
const graceSeconds = 64;

/** How long a subscription is kept, from the 2xx to its SUBSCRIBE. */
export function subscriptionSeconds(request: SipMessage, response: SipMessage): number {
  return (expiresOf(response) ?? expiresOf(request) ?? defaultSeconds) + graceSeconds;
}

/** Whether a NOTIFY ends its subscription (RFC 6665 section 4.1.3). */
export function endsSubscription(notify: SipMessage): boolean {
  return notify.method === 'NOTIFY' && (notify.get('subscription-state') ?? '').trim().toLowerCase().startsWith('terminated');
}

function expiresOf(message: SipMessage): number | undefined {
  return readNumber(message.get('expires')?.trim() ?? '', 0x7fff_ffff);
}
