import { createHmac } from 'node:crypto';

export type Signed = {
  /** The same in every try. */
  readonly id: string;
  /** Of this try, in milliseconds since the Unix epoch: a receiver refuses what is older than minutes. */
  readonly at: number;
  /** The very bytes that are sent. */
  readonly body: string;
};

/**
 * The headers by which a receiver knows who sent it, and when (Standard Webhooks 1.0). `secrets`: `whsec_` and base64; while one takes
 * the place of another, both sign, and either is enough for the receiver.
 */
export function signedHeaders({ id, at, body }: Signed, secrets: readonly string[]): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
