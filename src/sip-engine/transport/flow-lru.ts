import type { Flow } from './transport.ts';

/**
 * The most recently used flows, by remote address and port. Two generations approximate the order of use, so that a lookup only reads: when
 * the newer one holds half of the limit, the older one is dropped. A flow in steady use is never lost.
 */
export class FlowLru<F extends Pick<Flow, 'remoteAddress' | 'remotePort'>> {
  readonly #half: number;
  #recent = new Map<string, F>();
  #older = new Map<string, F>();

  constructor(limit: number) {
    this.#half = Math.max(1, limit >> 1);
  }

  get(address: string, port: number): F | undefined {
    const key = `${address} ${port}`;
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const older = this.#older.get(key);
    if (older !== undefined) {
      this.#older.delete(key);
      this.#add(key, older);
    }
    return older;
  }

  set(flow: F): void {
    const key = `${flow.remoteAddress} ${flow.remotePort}`;
    this.#older.delete(key);
    this.#add(key, flow);
  }

  clear(): void {
    this.#recent.clear();
    this.#older.clear();
  }

  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  #add(key: string, flow: F): void {
    if (this.#recent.size >= this.#half) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, flow);
  }
}
