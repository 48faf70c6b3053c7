import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { clock } from '../clock.ts';
import { Signal } from '../signal.ts';
import { t, tn } from '../words.ts';
import { GosipElement } from './element.ts';
import { look } from './look.ts';

type Said = { readonly text: string; readonly undo?: () => void };
/** `waits`: its undo is all that keeps it from being done. */
type Shown = Said & { readonly waits?: true };

const shownMs = 4_000;
const undoMs = 7_000;

/** Above these, what waits is one line. */
const mostLines = 3;

/** The newest last. */
const shown = new Signal<readonly Shown[]>([]);

/** A short word at the foot of the page; with `undo` there is a button for it. Returns what closes it. */
export function say(what: Said, ms = what.undo === undefined ? shownMs : undoMs): () => void {
  return show(what, ms);
}

/** The last word makes room for the next; what waits stays until it is decided. */
function show(what: Shown, ms: number): () => void {
  const take = () => (shown.value = shown.value.filter((one) => one !== what));
  shown.value = [...shown.value.filter(({ waits }) => waits === true), what];
  const cancel = clock.after(ms, take);
  return () => {
    cancel();
    take();
  };
}

/** What waits for the time to undo it to be over. */
const waiting = new Set<() => unknown>();

/** Does now what waits, before whoever wanted it is gone. Resolves when it is done, whether with success or not. */
export async function doWaiting(): Promise<void> {
  await Promise.all([...waiting].map((now) => now()));
}

/** Does what cannot be taken back only when the time to undo it is over, or the page is left. */
export function doLater(text: string, act: () => unknown, undone: () => void): void {
  let isDecided = false;
  const decide = (run: () => unknown) => () => {
    if (isDecided) return undefined;
    isDecided = true;
    cancel();
    close();
    window.removeEventListener('pagehide', now);
    waiting.delete(now);
    return run();
  };
  const now = decide(act);
  const cancel = clock.after(undoMs, now);
  const close = show({ text, undo: decide(undone), waits: true }, undoMs);
  window.addEventListener('pagehide', now);
  waiting.add(now);
}

/** On the screen: of the page, and of each dialog above it, for nothing outside of an open dialog can be pressed. */
const layers = new Signal<readonly GosipSnackbar[]>([]);

/** Where the short words are shown: in the topmost of these that there are. */
@customElement('gosip-snackbar')
export class GosipSnackbar extends GosipElement {
  static override styles = [
    look,
    css`
      :host {
        position: fixed;
        inset: auto 0 calc(var(--bottom-bar, 0px) + 16px);
        z-index: 10;
        pointer-events: none;
      }
      div.bars {
        display: grid;
        justify-items: center;
        gap: 8px;
      }
      div.bar {
        display: flex;
        align-items: center;
        gap: 12px;
        max-width: calc(100vw - 32px);
        min-height: 48px;
        padding: 6px 8px 6px 16px;
        border-radius: 12px;
        background: var(--inverse);
        color: var(--on-inverse);
        box-shadow: 0 4px 16px #0005;
        pointer-events: auto;
        animation: rise 180ms cubic-bezier(0.2, 0, 0, 1);
      }
      span {
        padding-inline-end: 8px;
        overflow-wrap: anywhere;
      }
      button {
        min-height: 36px;
        padding: 0 12px;
        border: 0;
        border-radius: 8px;
        background: none;
        color: var(--inverse-accent);
        font-weight: 500;
        cursor: pointer;
      }
      button:hover {
        background: color-mix(in srgb, currentColor 12%, transparent);
      }
      button:focus-visible {
        outline-color: currentColor;
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(16px);
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    layers.value = [...layers.value, this];
    this.whileShown(() => (layers.value = layers.value.filter((one) => one !== this)));
    this.whileShown(shown.follow(() => this.requestUpdate()));
    this.whileShown(layers.follow(() => this.requestUpdate()));
  }

  override render() {
    const isTop = layers.value.at(-1) === this;
    return html`<div class="bars" role="status" aria-atomic="false">${isTop ? this.renderBars(shown.value) : nothing}</div>`;
  }

  private renderBars(all: readonly Shown[]) {
    const older = all.slice(0, -mostLines);
    const lines = all.slice(-mostLines);
    return html`${older.length === 0 ? nothing : renderBar(tn('said.more', older.length), older)}
    ${repeat(
      lines,
      (one) => one,
      (one) => renderBar(one.text, [one]),
    )}`;
  }
}

/** `of`: what its button undoes, the newest first. Of several, each button says what. */
function renderBar(text: string, of: readonly Shown[]): TemplateResult {
  const takeBack = () => {
    shown.value = shown.value.filter((one) => !of.includes(one));
    for (const { undo } of of.toReversed()) undo?.();
  };
  const label = shown.value.length > 1 ? t('said.undo', { text }) : t('action.undo');
  const canUndo = of.some(({ undo }) => undo !== undefined);
  return html`<div class="bar">
    <span>${text}</span>${canUndo ? html`<button aria-label=${label} @click=${takeBack}>${t('action.undo')}</button>` : nothing}
  </div>`;
}
