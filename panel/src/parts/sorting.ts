import { mdiArrowDown, mdiArrowUp, mdiDragVertical } from '@mdi/js';
import { css, html } from 'lit';
import type { LitElement, ReactiveController, TemplateResult } from 'lit';
import { movedTo, placeAt } from '../rules/order.ts';
import { t } from '../words.ts';
import './icon-button.ts';
import './icon.ts';

/** What rows that are put in order look like while they are; their list items carry `data-sort` with the id. */
export const sorting = css`
  .handle {
    display: grid;
    flex: none;
    place-items: center;
    width: 44px;
    height: 44px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--quiet);
    cursor: grab;
    touch-action: none;
  }
  .handle:hover {
    background: var(--hover);
  }
  [data-sort] {
    position: relative;
  }
  [data-sort].dragged {
    z-index: 1;
    background: var(--card);
    box-shadow: 0 4px 16px #0004;
    transform: translateY(var(--drag, 0));
    user-select: none;
  }
  [data-sort].before::before,
  [data-sort].after::after {
    content: '';
    position: absolute;
    inset-inline: 0;
    z-index: 2;
    height: 3px;
    background: var(--accent);
  }
  [data-sort].before::before {
    top: -2px;
  }
  [data-sort].after::after {
    bottom: -2px;
  }
`;

type Options = { readonly ids: () => readonly string[]; readonly moved: (ids: readonly string[], id: string) => void };

/** Puts the rows of an element in order: by pointer and finger at the handle, by the arrow keys on it, by its buttons. */
export class Sorting implements ReactiveController {
  /** Where something went, for those who only hear it. */
  said = '';
  readonly #host: LitElement;
  readonly #options: Options;
  #end = () => {};

  constructor(host: LitElement, options: Options) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#end();
  }

  handle(id: string, name: string): TemplateResult {
    const ids = this.#options.ids();
    const label = t('routing.move', { name, place: ids.indexOf(id) + 1, all: ids.length });
    return html`<button
      type="button"
      class="handle"
      aria-label=${label}
      title=${label}
      @pointerdown=${(event: PointerEvent) => this.#start(event, id, name)}
      @keydown=${(event: KeyboardEvent) => this.#byKey(event, id, name)}
    >
      <gosip-icon .path=${mdiDragVertical}></gosip-icon>
    </button>`;
  }

  /** For those who neither drag nor know of the keys. */
  buttons(id: string, name: string): TemplateResult {
    const ids = this.#options.ids();
    const place = ids.indexOf(id);
    return html`<gosip-icon-button
        ?hidden=${place === 0}
        .path=${mdiArrowUp}
        label=${t('routing.up', { name })}
        @click=${() => this.#move(id, name, place - 1)}
      ></gosip-icon-button
      ><gosip-icon-button
        ?hidden=${place === ids.length - 1}
        .path=${mdiArrowDown}
        label=${t('routing.down', { name })}
        @click=${() => this.#move(id, name, place + 1)}
      ></gosip-icon-button>`;
  }

  /** Belongs on the page once. */
  announcement(): TemplateResult {
    return html`<p class="spoken" role="status">${this.said}</p>`;
  }

  #byKey(event: KeyboardEvent, id: string, name: string): void {
    const place = this.#options.ids().indexOf(id);
    const last = this.#options.ids().length - 1;
    const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0 || to > last) return;
    this.#move(id, name, to);
    void this.#host.updateComplete.then(() => this.#row(id)?.querySelector<HTMLElement>('.handle')?.focus());
  }

  #move(id: string, name: string, place: number): void {
    const ids = this.#options.ids();
    const next = movedTo(ids, id, place);
    if (next.join() === ids.join()) return;
    this.said = t('routing.moved', { name, place: next.indexOf(id) + 1, all: next.length });
    this.#options.moved(next, id);
    this.#host.requestUpdate();
  }

  #row(id: string): HTMLElement | undefined {
    return this.#rows().find((row) => row.dataset['sort'] === id);
  }

  #rows(): readonly HTMLElement[] {
    return [...this.#host.renderRoot.querySelectorAll<HTMLElement>('[data-sort]')];
  }

  #start(event: PointerEvent, id: string, name: string): void {
    const row = this.#row(id);
    if (event.button !== 0 || row === undefined) return;
    this.#end();
    const startY = event.clientY + window.scrollY;
    const others = this.#rows().filter((one) => one !== row);
    let place = this.#options.ids().indexOf(id);
    const follow = (moved: PointerEvent) => {
      if (moved.pointerId !== event.pointerId) return;
      row.classList.add('dragged');
      row.style.setProperty('--drag', `${moved.clientY + window.scrollY - startY}px`);
      place = placeAt(moved.clientY, others.map(middleOf));
      mark(others, place);
      scrollNear(moved.clientY);
    };
    const stop = (isDone: boolean) => (ended: PointerEvent) => {
      if (ended.pointerId !== event.pointerId) return;
      this.#end();
      if (isDone) this.#move(id, name, place);
    };
    const listeners = { pointermove: follow, pointerup: stop(true), pointercancel: stop(false) } as const;
    for (const [type, listener] of Object.entries(listeners)) window.addEventListener(type as 'pointermove', listener);
    this.#end = () => {
      for (const [type, listener] of Object.entries(listeners)) window.removeEventListener(type as 'pointermove', listener);
      row.classList.remove('dragged');
      row.style.removeProperty('--drag');
      mark(others, -1);
      this.#end = () => {};
    };
  }
}

function middleOf(row: HTMLElement): number {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}

function mark(rows: readonly HTMLElement[], place: number): void {
  for (const [index, row] of rows.entries()) {
    row.classList.toggle('before', index === place);
    row.classList.toggle('after', place === rows.length && index === rows.length - 1);
  }
}

const edge = 72;
const scrollStep = 12;

/** A list that is longer than the screen goes on under the finger. */
function scrollNear(y: number): void {
  if (y < edge) window.scrollBy(0, -scrollStep);
  else if (y > window.innerHeight - edge) window.scrollBy(0, scrollStep);
}
