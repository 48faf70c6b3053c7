/** A value that others follow. */
export class Signal<Value> {
  #value: Value;
  readonly #followers = new Set<(value: Value) => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set value(next: Value) {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const tell of this.#followers) tell(next);
  }

  /** Returns the end of it. */
  follow(tell: (value: Value) => void): () => void {
    this.#followers.add(tell);
    return () => this.#followers.delete(tell);
  }

  /** Resolves as soon as the value is so. */
  until(isSo: (value: Value) => boolean): Promise<void> {
    if (isSo(this.#value)) return Promise.resolve();
    return new Promise((resolve) => {
      const end = this.follow((value) => {
        if (!isSo(value)) return;
        end();
        resolve();
      });
    });
  }
}
