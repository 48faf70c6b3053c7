// Owns what is asked before anybody shows it: while the first view is still being made, the house answers already.
// Called by dashboard-data.ts, which knows what is read first, and by Shown, which takes the answer in place of asking.
// Must stay true: an answer is taken once, and only while it is fresh; what failed is asked for again.
import { clock } from './clock.ts';

type Load<Value> = () => Promise<Value>;
type Asked = { readonly at: number; readonly promise: Promise<unknown>; value?: unknown; isFailed: boolean };

/** What is older may have changed before anybody listened to what happens. */
const freshMs = 2_000;

export class Ahead {
  readonly #now: () => number;
  readonly #asked = new Map<Load<unknown>, Asked>();

  /** `now`: in ms since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  ask(load: Load<unknown>): void {
    const one: Asked = { at: this.#now(), promise: load(), isFailed: false };
    this.#asked.set(load, one);
    one.promise.then(
      (value) => void (one.value = value),
      () => void (one.isFailed = true),
    );
  }

  /** `value`: what came already. `promise`: what is on its way, or is asked for now. */
  take<Value>(load: Load<Value>): { readonly value: Value | undefined; readonly promise: Promise<Value> } {
    const one = this.#asked.get(load);
    this.#asked.delete(load);
    if (one === undefined || one.isFailed || this.#now() - one.at > freshMs) return { value: undefined, promise: load() };
    return { value: one.value as Value | undefined, promise: one.promise as Promise<Value> };
  }
}

export const ahead = new Ahead(clock.now);
