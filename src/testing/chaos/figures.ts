/** What is counted, under a title each, in the order of the first count. */
export class Figures {
  readonly #counts = new Map<string, Map<string, number>>();

  add(title: string, what: string, count = 1): void {
    const row = this.#counts.get(title) ?? new Map<string, number>();
    row.set(what, (row.get(what) ?? 0) + count);
    this.#counts.set(title, row);
  }

  of(title: string, what: string): number {
    return this.#counts.get(title)?.get(what) ?? 0;
  }

  lines(): string[] {
    return [...this.#counts].map(([title, row]) => `${title}: ${[...row].map(([what, count]) => `${count} ${what}`).join(', ')}`);
  }
}
