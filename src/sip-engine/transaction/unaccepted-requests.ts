import type { Standing } from '../transport/known-sources.ts';

// Owns the requests from the network that no application has accepted yet, apart by who asks.
// Called by the server transactions.
// Must stay true: however many strangers ask, they take places from one another alone, and who has waited longest goes first.

export type Pool = Standing | 'emergency';

type Waiting = { drop(): void };

const most: Readonly<Record<Pool, number>> = { trunk: 5_000, known: 5_000, neighbour: 1_000, stranger: 1_000, emergency: 200 };

export class UnacceptedRequests {
  readonly #pools: Readonly<Record<Pool, Set<Waiting>>> = {
    trunk: new Set(),
    known: new Set(),
    neighbour: new Set(),
    stranger: new Set(),
    emergency: new Set(),
  };

  add(request: Waiting, pool: Pool): void {
    const waiting = this.#pools[pool];
    const [oldest] = waiting.size >= most[pool] ? waiting : [];
    waiting.add(request);
    if (oldest === undefined) return;
    waiting.delete(oldest);
    oldest.drop();
  }

  remove(request: Waiting, pool: Pool): void {
    this.#pools[pool].delete(request);
  }

  get size(): number {
    return Object.values(this.#pools).reduce((sum, { size }) => sum + size, 0);
  }
}
