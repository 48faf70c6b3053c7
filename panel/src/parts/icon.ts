import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';

/** An icon beside words that say the same: nobody is read it aloud. */
@customElement('gosip-icon')
export class GosipIcon extends LitElement {
  /** Of @mdi/js. */
  @property() path = '';

  static override styles = css`
    :host {
      display: inline-flex;
      width: 24px;
      height: 24px;
      flex: none;
    }
    svg {
      width: 100%;
      height: 100%;
      fill: currentColor;
    }
  `;

  override render() {
    return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${this.path}></path></svg>`;
  }
}
