import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import type { AnyEndpoint, Identity } from '#contract/endpoint.ts';
import { idempotencyHeader, takesIdempotencyKey } from '#contract/idempotency.ts';
import { HttpError } from './errors.ts';
import type { KeyedRequest } from './kept-replies.ts';

type Asked = { readonly endpoint: AnyEndpoint; readonly identity: Identity | undefined; readonly input: object };

/** What an Idempotency-Key stands for; undefined where the request has none, or makes nothing. Throws `invalid` where it is no key. */
export function keyedRequest(context: Context, { endpoint, identity, input }: Asked): KeyedRequest | undefined {
  const given = context.get(idempotencyHeader);
  if (given === '' || identity === undefined || !takesIdempotencyKey(endpoint)) return undefined;
  // The draft has it in quotes; most clients send it bare.
  const key = /^"?([\w.:-]{8,64})"?$/.exec(given)?.[1];
  if (key === undefined) {
    throw new HttpError(400, `${idempotencyHeader} has to be 8 to 64 letters, digits, dots, colons, hyphens or underscores`);
  }
  const asked = createHash('sha256').update(JSON.stringify(input)).digest('base64url');
  const { personId } = identity;
  return { key: `${identity.id} ${endpoint.id} ${key}`, asked, isDoneOnce: endpoint.isDoneOnce === true, personId };
}
