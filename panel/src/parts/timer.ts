import { html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { clock } from '../clock.ts';
import { formatDuration } from '../format.ts';

const secondMs = 1_000;

/** A clock that runs while it is on the screen. */
@customElement('gosip-timer')
export class GosipTimer extends LitElement {
  /** Milliseconds since 1970. */
  @property({ type: Number }) since = 0;
  #end: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#end = clock.every(secondMs, () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.();
  }

  override render() {
    return html`${formatDuration((clock.now() - this.since) / secondMs)}`;
  }
}
