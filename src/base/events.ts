import type { Log } from './log.ts';

/**
 * Carries facts outward, from the rooms to the edges. Names are in the past tense, payloads are flat.
 * A listener that fails is logged and never disturbs the room that emitted the fact.
 */
export class Events<Facts extends Record<string, object>> {
  readonly #listeners = new Map<keyof Facts, Set<(fact: never) => void>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Returns the function that ends the subscription. */
  on<Name extends keyof Facts>(name: Name, listener: (fact: Facts[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof Facts>(name: Name, fact: Facts[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as (fact: Facts[Name]) => void)(fact);
      } catch (error) {
        this.#log.error({ event: String(name), err: error }, 'A listener failed');
      }
    }
  }
}
