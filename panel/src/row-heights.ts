/** How high the rows of an endless list are: those that were on the screen exactly, all others as those are on average. In pixels. */
export class RowHeights {
  #usual: number | undefined;
  /** By how much a row is higher than is usual. */
  #more = new Map<number, number>();

  readonly #fallback: number;

  /** `fallback`: as long as none was measured. */
  constructor(fallback: number) {
    this.#fallback = fallback;
  }

  get usual(): number {
    return this.#usual ?? this.#fallback;
  }

  of(index: number): number {
    return this.usual + (this.#more.get(index) ?? 0);
  }

  /** From the top of the first row to the top of this one. */
  top(index: number): number {
    let top = index * this.usual;
    for (const [one, more] of this.#more) if (one < index) top += more;
    return top;
  }

  /** The row at so many pixels below the top of the first one. */
  at(offset: number, length: number): number {
    let low = 0;
    let high = Math.max(0, length - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.top(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Returns whether anything is not as it was taken to be. */
  measure(measured: readonly (readonly [index: number, height: number])[]): boolean {
    const shown = measured.filter(([, height]) => height > 0);
    let isChanged = this.#usual === undefined && shown.length > 0;
    if (isChanged) {
      this.#usual = Math.round(shown.reduce((sum, [, height]) => sum + height, 0) / shown.length);
      this.#more.clear();
    }
    for (const [index, height] of measured) {
      if (Math.abs(this.of(index) - height) < 0.5) continue;
      isChanged = true;
      if (Math.abs(height - this.usual) < 0.5) this.#more.delete(index);
      else this.#more.set(index, height - this.usual);
    }
    return isChanged;
  }

  /** Every row from the first one is so many places further down. */
  move(by: number): void {
    this.#more = new Map([...this.#more].map(([index, more]) => [index + by, more] as const).filter(([index]) => index >= 0));
  }

  forget(): void {
    this.#usual = undefined;
    this.#more.clear();
  }
}
