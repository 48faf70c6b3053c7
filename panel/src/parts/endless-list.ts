// Owns the window of rows that is on the screen of a list of any length.
// Called by pages with long lists; where the rows come from is row-source.ts, which of them are known is known-rows.ts.
// Must stay true: what somebody looks at stays where it is when rows come on top or turn out higher; the row with the focus stays in the page.
import { html, nothing, render } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { FactName } from '#contract/facts.ts';
import { clock } from '../clock.ts';
import { KnownRows } from '../known-rows.ts';
import { listen } from '../live.ts';
import { toProblem } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { problemText } from '../problem-words.ts';
import { RowHeights } from '../row-heights.ts';
import type { RowSource } from '../row-source.ts';
import { t } from '../words.ts';
import { GosipElement } from './element.ts';
import { endlessStyles } from './endless-styles.ts';
import './loading.ts';
import { look } from './look.ts';

const usualPx = 64;
/** Rows above and below the screen that are there already. */
const aheadPx = 500;
/** What the heading of a page covers. */
const headPx = 72;
const pauseMs = 200;
const retryMs = 3_000;

type Anchor = { readonly key: string | undefined; readonly index: number; readonly top: number };

/**
 * Rows of any number in the page’s own scrolling, of which only those on the screen are there. Arrow keys, Home and End go from row to row.
 *
 * - `source`: another object is another list, which begins anew at its top: keep it for as long as the filters are the same.
 * - `row`: what is in a row, for the styles of the page around it (`look`, `rows`); `nothing` hides one, and the keys go past it. Give it as a new function on each
 *   `render()` of the page, so that rows change with what the page knows.
 * - `key`: the same for the same row, such as its id.
 * - `facts`: after these the newest and what is on the screen are read again.
 * - `table`: a row is a row of a table, and is made of elements with `role="cell"`; slot `head`: the row of headings, a `role="row"` with each
 *   a `role="columnheader"`.
 * - `label`: the name of the list for those who only hear it.
 * - `explain`: why rows cannot be read, in words, where the usual ones do not fit.
 * - slot `empty`: what is shown where there is no row at all.
 * - `changed` is told whenever rows were read; `total` is then how many there are in all, where that is known.
 */
@customElement('gosip-endless-list')
export class GosipEndlessList<Item = unknown> extends GosipElement {
  @property({ attribute: false }) source: RowSource<Item> | undefined;
  @property({ attribute: false }) row: (item: Item) => TemplateResult | typeof nothing = () => nothing;
  @property({ attribute: false }) key: (item: Item) => string = String;
  @property({ attribute: false }) facts: readonly FactName[] = [];
  @property({ attribute: false }) explain: (problem: Problem) => string = problemText;
  @property({ type: Boolean }) table = false;
  @property() label = '';
  @state() private problem: Problem | undefined;
  #rows: KnownRows<Item> | undefined;
  #heights = new RowHeights(usualPx);
  #shown = { start: 0, end: 0 };
  #width = 0;
  #isLoading = false;
  #isStale = false;
  #cancelWait: (() => void) | undefined;
  #frame = 0;
  /** The row that the focus goes to as soon as it is read. */
  #wanted: number | undefined;
  /** Which one it goes to where that one is hidden: the one after it, or the one before. */
  #step = 1;
  readonly #sizes = new ResizeObserver(() => this.#soonMeasured());
  readonly #measured = new Set<Element>();

  static override styles = [look, endlessStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    const scrolled = () => this.#look();
    window.addEventListener('scroll', scrolled, { capture: true, passive: true });
    window.addEventListener('resize', scrolled);
    this.addEventListener('keydown', this.#pressed);
    this.#sizes.observe(this);
    this.whileShown(() => {
      window.removeEventListener('scroll', scrolled, { capture: true });
      window.removeEventListener('resize', scrolled);
      this.removeEventListener('keydown', this.#pressed);
      this.#sizes.disconnect();
      this.#measured.clear();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      this.#cancelWait?.();
      this.#cancelWait = undefined;
    });
    this.whileShown(listen(this.facts, () => this.#soon(pauseMs)));
    if (this.hasUpdated) void this.reload();
  }

  /** How many rows there are in all; undefined where that is not known. */
  get total(): number | undefined {
    return this.#rows?.isRead === true ? this.#rows.total : undefined;
  }

  /** Reads the newest again, and what is on the screen. Somebody who looks at older rows keeps them in view. */
  async reload(): Promise<void> {
    if (this.#isLoading) {
      this.#isStale = true;
      return;
    }
    await this.#read(async (source, rows) => {
      const newest = await source.load(undefined);
      const { start, end } = this.#shown;
      this.#change(rows, () => {
        const moved = rows.renew(newest);
        if (moved === undefined) this.#heights.forget();
        else if (moved !== 0) this.#heights.move(moved);
        return moved;
      });
      for (const place of rows.pagesOf(start, end)) {
        const page = await source.load(place.cursor);
        this.#change(rows, () => (rows.add(place, page), 0));
      }
    });
  }

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('source') || this.source === undefined) return;
    this.#rows = new KnownRows(this.source, (item) => this.key(item));
    this.#heights = new RowHeights(this.#heights.usual);
    this.#shown = { start: 0, end: 0 };
    this.#wanted = undefined;
    this.problem = undefined;
    void this.reload();
  }

  override render() {
    const { total, table } = this;
    const isRead = this.#rows?.isRead === true;
    const isEmpty = isRead && this.#rows?.length === 0;
    return html`${isEmpty ? html`<slot name="empty"></slot>` : nothing}
      <div
        class="all"
        role=${table ? 'table' : 'list'}
        aria-label=${this.label}
        aria-rowcount=${table ? (total === undefined ? -1 : total + 1) : nothing}
        ?hidden=${isEmpty || !isRead}
      >
        <slot name="head"></slot>
        <div class="frame" role=${table ? 'rowgroup' : 'presentation'}><slot></slot></div>
      </div>
      ${this.renderEnd(isRead)}`;
  }

  private renderEnd(isRead: boolean) {
    if (this.problem === undefined) return isRead ? nothing : html`<gosip-loading lines="6"></gosip-loading>`;
    return html`<div class="failed" role="alert">
      <p>${this.explain(this.problem)}</p>
      <button @click=${() => void this.#again()}>${t('action.again')}</button>
    </div>`;
  }

  override updated(): void {
    this.#place(this.#anchor());
  }

  async #again(): Promise<void> {
    this.problem = undefined;
    if (this.#rows?.isRead === true) await this.#fill();
    else await this.reload();
  }

  /** One thing is read at a time; what was asked for meanwhile comes afterwards. */
  async #read(act: (source: RowSource<Item>, rows: KnownRows<Item>) => Promise<void>): Promise<void> {
    const { source } = this;
    const rows = this.#rows;
    if (source === undefined || rows === undefined || !this.isConnected) return;
    this.#isLoading = true;
    try {
      await act(source, rows);
      if (rows === this.#rows) this.problem = undefined;
    } catch (error) {
      if (rows === this.#rows) {
        this.problem = toProblem(error);
        if (this.problem.code === 'AWAY') this.#soon(retryMs);
      }
    }
    this.#isLoading = false;
    const isOld = rows !== this.#rows;
    if (this.#isStale || isOld) {
      this.#isStale = false;
      await this.reload();
    } else if (this.problem === undefined) await this.#fill();
  }

  /** Reads what is on the screen and is not known yet. */
  async #fill(): Promise<void> {
    const missing = this.#isLoading ? undefined : this.#rows?.missing(this.#shown.start, this.#shown.end);
    if (missing === undefined || this.#rows?.isRead !== true) return;
    await this.#read(async (source, rows) => {
      const page = await source.load(missing.cursor);
      this.#change(rows, () => (rows.add(missing, page), 0));
    });
  }

  /** `change` returns by how much rows moved down. */
  #change(rows: KnownRows<Item>, change: () => number | undefined): void {
    if (rows !== this.#rows) return;
    const anchor = this.#anchor();
    const moved = change();
    this.requestUpdate();
    this.dispatchEvent(new Event('changed'));
    this.#place(anchor === undefined || moved === undefined ? undefined : this.#moved(rows, anchor, moved));
  }

  #moved(rows: KnownRows<Item>, { key, index, top }: Anchor, by: number): Anchor {
    return { key, top, index: (key === undefined ? undefined : rows.indexOf(key, index + by)) ?? index + by };
  }

  get #frameElement(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.frame');
  }

  /** The first row that can be seen, and where; undefined where the beginning of the list can be seen. */
  #anchor(): Anchor | undefined {
    const begin = this.#frameElement?.getBoundingClientRect().top ?? 0;
    if (begin >= 0 || this.#rows === undefined) return undefined;
    const index = this.#heights.at(headPx - begin, this.#rows.length);
    return { index, key: this.#rows.keyAt(index), top: begin + this.#heights.top(index) };
  }

  /** After somebody scrolled. */
  #look(): void {
    const { start, end } = this.#window();
    if (start !== this.#shown.start || end !== this.#shown.end) this.#place(this.#anchor());
  }

  #window(): { readonly start: number; readonly end: number } {
    const length = this.#rows?.length ?? 0;
    const begin = this.#frameElement?.getBoundingClientRect().top ?? 0;
    if (length === 0) return { start: 0, end: 0 };
    const start = this.#heights.at(-begin - aheadPx, length);
    return { start, end: Math.min(length, this.#heights.at(window.innerHeight - begin + aheadPx, length) + 1) };
  }

  /** Puts the rows of the window where they belong, and measures them; `anchor` stays where it is on the screen. */
  #place(anchor: Anchor | undefined): void {
    const frame = this.#frameElement;
    if (frame === null || frame.getClientRects().length === 0 || this.#rows?.isRead !== true) return;
    for (let round = 0; round < 3; round += 1) {
      frame.style.setProperty('height', `${this.#heights.top(this.#rows.length)}px`);
      if (anchor !== undefined) {
        const drift = frame.getBoundingClientRect().top + this.#heights.top(anchor.index) - anchor.top;
        if (Math.abs(drift) >= 1) window.scrollBy({ top: drift, behavior: 'instant' });
      }
      this.#shown = this.#window();
      this.#renderRows(this.#rows);
      if (!this.#heights.measure(this.#measure())) break;
    }
    this.#focusWanted();
    void this.#fill();
  }

  #renderRows(rows: KnownRows<Item>): void {
    const focused = this.#focusedIndex();
    const indices = new Set<number>();
    for (let index = this.#shown.start; index < this.#shown.end; index += 1) indices.add(index);
    // Tab goes on from the row with the focus, wherever somebody scrolled to.
    if (focused !== undefined)
      for (const near of [focused - 1, focused, focused + 1]) if (near >= 0 && near < rows.length) indices.add(near);
    const sorted = [...indices].toSorted((a, b) => a - b);
    const host = (this.getRootNode() as ShadowRoot).host ?? this;
    render(
      repeat(
        sorted,
        (index) => rows.keyAt(index) ?? index,
        // While somebody scrolls, most of what was there stays: only what comes is made.
        (index) => guard([index, rows.at(index), rows.total, this.row, this.table], () => this.#renderRow(rows, index)),
      ),
      this,
      { host },
    );
    for (const one of this.#rowElements()) {
      const place = `translateY(${this.#heights.top(indexOf(one))}px)`;
      if (one.style.transform !== place) one.style.setProperty('transform', place);
    }
    this.#observe();
  }

  #renderRow(rows: KnownRows<Item>, index: number) {
    const item = rows.at(index);
    const isTable = this.table;
    const line = html`<gosip-loading lines="1" role=${isTable ? 'cell' : nothing}></gosip-loading>`;
    const shown = item === undefined ? line : this.row(item);
    return html`<div
      data-endless=${index}
      ?hidden=${shown === nothing}
      role=${isTable ? 'row' : 'listitem'}
      aria-rowindex=${isTable ? index + 2 : nothing}
      aria-posinset=${isTable ? nothing : index + 1}
      aria-setsize=${isTable ? nothing : (rows.total ?? -1)}
    >
      ${shown}
    </div>`;
  }

  #rowElements(): readonly HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(':scope > [data-endless]')];
  }

  #measure(): readonly (readonly [number, number])[] {
    return this.#rowElements()
      .filter((one) => this.#rows?.at(indexOf(one)) !== undefined)
      .map((one) => [indexOf(one), one.getBoundingClientRect().height] as const);
  }

  #observe(): void {
    const now = new Set<Element>(this.#rowElements());
    for (const one of this.#measured) if (!now.has(one)) this.#sizes.unobserve(one);
    for (const one of now) if (!this.#measured.has(one)) this.#sizes.observe(one);
    this.#measured.clear();
    for (const one of now) this.#measured.add(one);
  }

  /** A row opened, or the list became narrower. */
  #soonMeasured(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      // What is not shown has no height: what was measured holds when it is shown again.
      if (this.getClientRects().length === 0) return;
      const anchor = this.#anchor();
      const width = this.getBoundingClientRect().width;
      const isOther = Math.abs(width - this.#width) >= 1;
      this.#width = width;
      if (isOther) this.#heights.forget();
      if (this.#heights.measure(this.#measure()) || isOther) this.#place(anchor);
    });
  }

  #focusedIndex(): number | undefined {
    const focused = (this.getRootNode() as ShadowRoot | Document).activeElement;
    const row = focused?.closest<HTMLElement>('[data-endless]');
    return row?.parentElement === this ? indexOf(row) : undefined;
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    const index = this.#focusedIndex();
    const length = this.#rows?.length ?? 0;
    if (index === undefined || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    // Where keys mean something else.
    const isElsewhere = event
      .composedPath()
      .some((one) => one instanceof HTMLElement && one.matches('input, textarea, select, [role="slider"], [contenteditable]'));
    if (isElsewhere) return;
    const goal = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: length - 1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    this.#step = event.key === 'ArrowUp' || event.key === 'End' ? -1 : 1;
    this.#wanted = Math.max(0, Math.min(length - 1, goal));
    this.#scrollTo(this.#wanted);
    this.#place(undefined);
  };

  #scrollTo(index: number): void {
    const begin = this.#frameElement?.getBoundingClientRect().top ?? 0;
    const top = begin + this.#heights.top(index);
    const room = window.innerHeight - headPx - 32;
    const by = top < headPx + 8 ? top - headPx - 8 : Math.max(0, top + this.#heights.of(index) - room);
    if (by !== 0) window.scrollBy({ top: by, behavior: 'instant' });
  }

  #focusWanted(): void {
    const index = this.#wanted;
    if (index === undefined || this.#rows?.at(index) === undefined) return;
    const row = this.#rowElements().find((one) => indexOf(one) === index);
    if (row?.hidden === true) {
      const next = index + this.#step;
      this.#wanted = next < 0 || next >= (this.#rows?.length ?? 0) ? undefined : next;
      return this.#focusWanted();
    }
    const goal = row?.querySelector<HTMLElement>('a[href], button, gosip-icon-button, [tabindex]');
    this.#wanted = undefined;
    goal?.focus({ preventScroll: true });
  }

  #soon(ms: number): void {
    if (this.#cancelWait !== undefined || !this.isConnected) return;
    this.#cancelWait = clock.after(ms, () => {
      this.#cancelWait = undefined;
      void this.reload();
    });
  }
}

function indexOf(row: HTMLElement): number {
  return Number(row.dataset['endless']);
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-endless-list': GosipEndlessList;
  }
}
