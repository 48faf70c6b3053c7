import type { AnyEndpoint } from './endpoint.ts';

/** As draft-ietf-httpapi-idempotency-key-header calls it. */
export const idempotencyHeader = 'Idempotency-Key';

/** How long the reply to a request with a key is kept. */
export const idempotencyMs = 60 * 60_000;

/** Whether it makes something that would be there twice where the same request came again. */
export function takesIdempotencyKey({ access, method, status, upload }: AnyEndpoint): boolean {
  return access !== 'public' && method === 'POST' && status === 201 && upload === undefined;
}
