const remembered = 2_000;

/** Ids kept for a while after what they stood for is gone; when there are many, the oldest are dropped. */
export class ExpiringIds {
  readonly #until = new Map<string, number>();

  get size(): number {
    return this.#until.size;
  }

  note(id: string, until: number): void {
    this.#until.delete(id);
    this.#until.set(id, until);
    if (this.#until.size <= remembered) return;
    for (const oldest of this.#until.keys()) {
      this.#until.delete(oldest);
      return;
    }
  }

  has(id: string): boolean {
    return this.#until.has(id);
  }

  dropExpired(now: number): void {
    for (const [id, until] of this.#until) {
      if (until > now) return;
      this.#until.delete(id);
    }
  }
}
