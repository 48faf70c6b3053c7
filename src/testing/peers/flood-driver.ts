import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FloodOptions } from './flood.ts';

export type FloodResult = { readonly sent: number; readonly bytesOut: number; readonly bytesIn: number };

/** A flood that runs beside the test. */
export class Flood implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #going: Promise<unknown>;
  readonly #result: Promise<FloodResult>;

  constructor(order: FloodOptions) {
    this.#worker = new Worker(new URL('./flood-thread.ts', import.meta.url), { workerData: order });
    this.#going = once(this.#worker, 'message');
    this.#result = this.#going.then(() => once(this.#worker, 'message')).then(([result]) => result as FloodResult);
    this.#result.catch(() => {});
  }

  /** Resolves when the first thousands have left. */
  async started(): Promise<this> {
    await this.#going;
    return this;
  }

  /** Ends it, and returns what it sent and what came back. */
  async end(): Promise<FloodResult> {
    this.#worker.postMessage('end');
    return this.#result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

/** `127.66.0.1`, `127.66.0.2` and so on: all of 127.0.0.0/8 is this machine. */
export function loopbackSources(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `127.66.${index >> 8}.${(index & 255) + 1}`.replace('.256', '.0'));
}
