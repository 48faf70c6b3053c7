/** Makes webhooks idempotent: keeps the keys of recent ones, so that a repeated callback does nothing. */
export class WebhookDeduplicator {
  readonly #maxKeys: number;
  /** Oldest first; a promise while it is in progress. */
  readonly #done = new Map<string, Promise<void> | undefined>();

  constructor(maxKeys = 10_000) {
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#done.size;
  }

  /**
   * Runs `run` unless it was done under this key; a second call while it runs waits for the first. A failed one may be tried again.
   * Rejects as `run` does.
   */
  async run(key: string, run: () => void | Promise<void>): Promise<void> {
    if (this.#done.has(key)) {
      await this.#done.get(key);
      return;
    }
    const running = attempt(run);
    this.#done.set(key, running);
    this.#forgetOldest();
    try {
      await running;
      if (this.#done.has(key)) this.#done.set(key, undefined);
    } catch (error) {
      this.#done.delete(key);
      throw error;
    }
  }

  #forgetOldest(): void {
    for (const key of this.#done.keys()) {
      if (this.#done.size <= this.#maxKeys) return;
      this.#done.delete(key);
    }
  }
}

async function attempt(run: () => void | Promise<void>): Promise<void> {
  await run();
}
