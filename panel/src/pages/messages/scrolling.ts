// Owns where a thread is scrolled to: at its foot, or with the same message at the same place, whatever comes in above and below it.
// Called by the thread, before and after it is shown anew.
// Must stay true: rows get their height after they are there: the place is held whenever the height changes.

type Anchor = { readonly key: string; readonly top: number };

/** Nearer to the foot than this somebody looks at the newest. */
const atEndPx = 40;

export class Scrolling {
  #isAtEnd = true;
  #anchor: Anchor | undefined;
  #watched: HTMLElement | undefined;
  /** Where it was scrolled to from here, not by a person. */
  #ownTop: number | undefined;
  readonly #sizes = new ResizeObserver(() => this.#watched !== undefined && this.hold(this.#watched));

  /** Remembers where it is, before what is in it changes. */
  keep(scroller: HTMLElement | null): void {
    if (scroller === null) return;
    const { top } = scroller.getBoundingClientRect();
    const first = rowsOf(scroller).find((one) => one.getBoundingClientRect().bottom > top);
    this.#anchor =
      first === undefined ? undefined : { key: first.dataset['key'] ?? '', top: first.getBoundingClientRect().top - top };
  }

  /** Afterwards: the foot where it was there, else what was at the head. */
  hold(scroller: HTMLElement): void {
    if (this.#isAtEnd) {
      this.toEnd(scroller);
      return;
    }
    const row = rowsOf(scroller).find((one) => one.dataset['key'] === this.#anchor?.key);
    if (row === undefined || this.#anchor === undefined) return;
    const moved = row.getBoundingClientRect().top - scroller.getBoundingClientRect().top - this.#anchor.top;
    if (Math.abs(moved) >= 1) this.#scrollTo(scroller, scroller.scrollTop + moved);
  }

  watch(scroller: HTMLElement): void {
    if (this.#watched === scroller) return;
    this.stop();
    this.#watched = scroller;
    this.#sizes.observe(scroller);
    if (scroller.firstElementChild !== null) this.#sizes.observe(scroller.firstElementChild);
    scroller.addEventListener('scroll', this.#scrolled, { passive: true });
  }

  stop(): void {
    this.#sizes.disconnect();
    this.#watched?.removeEventListener('scroll', this.#scrolled);
    this.#watched = undefined;
  }

  toEnd(scroller: HTMLElement): void {
    this.#isAtEnd = true;
    this.#scrollTo(scroller, scroller.scrollHeight);
  }

  /** Puts one message where it is seen. */
  show(scroller: HTMLElement, key: string): void {
    this.#isAtEnd = false;
    this.#anchor = { key, top: scroller.clientHeight / 3 };
    this.hold(scroller);
  }

  #scrollTo(scroller: HTMLElement, top: number): void {
    scroller.scrollTop = top;
    this.#ownTop = scroller.scrollTop;
  }

  readonly #scrolled = (): void => {
    const scroller = this.#watched;
    if (scroller === undefined || scroller.scrollTop === this.#ownTop) return;
    this.#ownTop = undefined;
    this.#isAtEnd = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop < atEndPx;
    this.keep(scroller);
  };
}

function rowsOf(scroller: HTMLElement): readonly HTMLElement[] {
  return [...scroller.querySelectorAll<HTMLElement>('[data-key]')];
}
