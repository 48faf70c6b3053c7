// Owns what is sent to a push service for one browser: the encrypted words (RFC 8291), who sends them (RFC 8292), and how they are to be treated (RFC 8030).
// Called by web-push.ts; the only place that knows the package, of which the cryptography alone is used.
// Must stay true: the push service reads nothing of it; time comes from the caller.
import { createHash } from 'node:crypto';
import webPush from 'web-push';
import { isRecord, parseJson } from '#base/json.ts';

/** As the browser gave it; whoever has it can reach the browser. */
export type Subscription = { readonly endpoint: string; readonly p256dh: string; readonly auth: string };

/** A pair of P-256 in base64url (RFC 8292); browsers subscribe by the public one. */
export type PushKeys = { readonly publicKey: string; readonly privateKey: string };

export type PushMessage = {
  readonly payload: string;
  /** How long the push service keeps it for a browser that is away. */
  readonly ttlSeconds: number;
  readonly urgency: 'low' | 'normal' | 'high';
  /** One that waits there is replaced by the next one with the same tag. */
  readonly tag: string;
};

export type PushRequest = { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

const tokenSeconds = 12 * 3600;

export function newPushKeys(): PushKeys {
  return webPush.generateVAPIDKeys();
}

/** Of what is kept sealed; undefined where it is none. */
export function subscriptionOf(secret: string): Subscription | undefined {
  const parsed = parseJson(secret);
  if (!isRecord(parsed) || !isRecord(parsed['keys'])) return undefined;
  const { endpoint } = parsed;
  const { p256dh, auth } = parsed['keys'];
  if (typeof endpoint !== 'string' || typeof p256dh !== 'string' || typeof auth !== 'string') return undefined;
  return { endpoint, p256dh: unpadded(p256dh), auth: unpadded(auth) };
}

/** Whether words can be encrypted for it: its key is a point of the curve. */
export function isUsable({ p256dh, auth }: Pick<Subscription, 'p256dh' | 'auth'>): boolean {
  try {
    webPush.encrypt(unpadded(p256dh), unpadded(auth), '', 'aes128gcm');
    return true;
  } catch {
    return false;
  }
}

/** `subject`: by which the push service reaches who runs this house, a `mailto:` or `https:` address. `now` in milliseconds. */
export function pushRequest(
  { endpoint, p256dh, auth }: Subscription,
  { payload, ttlSeconds, urgency, tag }: PushMessage,
  from: PushKeys & { readonly subject: string; readonly now: number },
): PushRequest {
  const { publicKey, privateKey, subject, now } = from;
  const { origin } = new URL(endpoint);
  const expires = Math.floor(now / 1000) + tokenSeconds;
  const vapid = webPush.getVapidHeaders(origin, subject, publicKey, privateKey, 'aes128gcm', expires);
  return {
    url: endpoint,
    headers: {
      authorization: vapid.Authorization,
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: String(ttlSeconds),
      urgency,
      topic: topicOf(tag),
    },
    body: webPush.encrypt(p256dh, auth, payload, 'aes128gcm').cipherText,
  };
}

/** At most 32 characters of base64url (RFC 8030 section 5.4), and nothing of what it is about. */
function topicOf(tag: string): string {
  return createHash('sha256').update(tag).digest('base64url').slice(0, 32);
}

function unpadded(text: string): string {
  return text.replace(/=+$/, '');
}
