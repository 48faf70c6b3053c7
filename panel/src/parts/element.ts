import { LitElement } from 'lit';
import { locale } from '../words.ts';

/** Every element with words: shown again when another language is spoken. */
export class GosipElement extends LitElement {
  #ends: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(locale.follow(() => this.requestUpdate()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.#ends.splice(0)) end();
  }

  /** Ended when the element leaves the page. */
  protected whileShown(end: () => void): void {
    this.#ends.push(end);
  }
}
