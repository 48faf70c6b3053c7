import type { Standing } from '../transport/known-sources.ts';

// Owns the requests from the network that no application has accepted yet, in one pool for each standing of their sources.
// Called by the server transactions.
// Must stay true: untrusted sources only evict one another's requests, and the request that has waited longest goes first.

export type RequestPool = Standing | 'emergency';

type PendingRequest = { drop(): void };

const maxPerPool: Readonly<Record<RequestPool, number>> = {
  trunk: 5_000,
  known: 5_000,
  sameAddress: 1_000,
  untrusted: 1_000,
  emergency: 200,
};

export class UnacceptedRequests {
  readonly #pools: Readonly<Record<RequestPool, Set<PendingRequest>>> = {
    trunk: new Set(),
    known: new Set(),
    sameAddress: new Set(),
    untrusted: new Set(),
    emergency: new Set(),
  };

  add(request: PendingRequest, pool: RequestPool): void {
    const waiting = this.#pools[pool];
    const [oldest] = waiting.size >= maxPerPool[pool] ? waiting : [];
    waiting.add(request);
    if (oldest === undefined) return;
    waiting.delete(oldest);
    oldest.drop();
  }

  remove(request: PendingRequest, pool: RequestPool): void {
    this.#pools[pool].delete(request);
  }

  get size(): number {
    return Object.values(this.#pools).reduce((sum, { size }) => sum + size, 0);
  }
}
