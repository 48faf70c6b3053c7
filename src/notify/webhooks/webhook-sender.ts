// Owns one try to tell a destination something: what is sent, signed for this moment, and what is kept of it.
// Called by the handler of the outbox, and by a test.
// Must stay true: what is kept holds no signature; the body is sent as it is stored, byte for byte.
import type { Clock } from '#base/clock.ts';
import type { Fence } from '../fence/fence.ts';
import { fencedFetch } from '../fence/fenced-fetch.ts';
import type { FencedResult } from '../fence/fenced-request.ts';
import { exchangeOf } from '../fence/status-outcome.ts';
import type { Attempt, Outcome } from '../kinds/channel.ts';
import type { Destination, DestinationId } from './destination.ts';
import { signedHeaders } from './signature.ts';
import type { Tried, WebhookDelivery } from './webhook-delivery.ts';
import { webhookOutcome } from './webhook-outcome.ts';

export type WebhookSenderDeps = {
  readonly fence: Fence;
  readonly clock: Clock;
  /** Of the house's software, such as `0.1.0`. */
  readonly version: string;
  /** What signs for a destination at the moment, the newest first; none where the key does not open it. */
  readonly secretsOf: (id: DestinationId) => readonly string[];
};

export type SentWebhook = { readonly outcome: Outcome; readonly tried: Tried };

const maxHeaders = 40;
const maxHeaderLength = 300;

/** Never rejects. */
export async function sendWebhook(
  { id, body }: Pick<WebhookDelivery, 'id' | 'body'>,
  destination: Destination,
  { signal, commit, ...deps }: WebhookSenderDeps & Attempt,
): Promise<SentWebhook> {
  const { fence, clock, version } = deps;
  const { url, allowsPrivate } = destination;
  const secrets = deps.secretsOf(destination.id);
  const headers = { 'content-type': 'application/json', 'user-agent': `GoSIP/${version}` };
  const tried = { milliseconds: 0, status: undefined, url, requestHeaders: headers, replyHeaders: {}, replyBody: '' };
  if (secrets.length === 0) {
    const locked = { reason: 'secret-locked', detail: 'The key of the house does not open the secret that signs it' } as const;
    return { outcome: { kind: 'temporary', ...locked }, tried: { ...tried, ...locked } };
  }
  const signed = signedHeaders({ id, at: clock.now(), body }, secrets);
  const from = clock.monotonic();
  const request = { url, method: 'POST', headers: { ...headers, ...signed }, body, allowsOwnNetwork: allowsPrivate } as const;
  const result = await fencedFetch(request, { ...fence, signal, commit });
  const outcome = webhookOutcome(result, clock.now());
  const { 'webhook-signature': _signature, ...shown } = signed;
  return {
    outcome,
    tried: {
      ...tried,
      ...replyOf(result),
      reason: outcome.kind === 'delivered' ? undefined : outcome.reason,
      detail: outcome.kind === 'delivered' ? undefined : outcome.detail,
      milliseconds: clock.monotonic() - from,
      requestHeaders: { ...headers, ...shown },
    },
  };
}

function replyOf(result: FencedResult): Pick<Tried, 'status' | 'replyHeaders' | 'replyBody'> {
  const { status, reply } = exchangeOf(result, '');
  const headers = result.kind === 'replied' ? Object.entries(result.headers) : [];
  const shown = headers.filter(([name]) => name !== 'set-cookie').slice(0, maxHeaders);
  return {
    status,
    replyHeaders: Object.fromEntries(shown.map(([name, value]) => [name, value.slice(0, maxHeaderLength)])),
    replyBody: reply,
  };
}
