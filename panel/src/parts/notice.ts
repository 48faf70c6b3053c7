import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { GosipElement } from './element.ts';
import './icon.ts';
import { look } from './look.ts';

/** What is there instead of a list: nothing yet, no access, a failure; with what helps in the slot. */
@customElement('gosip-notice')
export class GosipNotice extends GosipElement {
  @property() path = '';
  @property() heading = '';
  @property() text = '';
  @property({ type: Boolean }) problem = false;

  static override styles = [
    look,
    css`
      :host {
        display: block;
        padding: 40px 24px;
        text-align: center;
      }
      gosip-icon {
        width: 48px;
        height: 48px;
        margin-bottom: 12px;
        color: var(--accent);
      }
      gosip-icon.problem {
        color: var(--error);
      }
      h2 {
        font-size: 18px;
        line-height: 28px;
      }
      p {
        max-width: 46ch;
        margin: 4px auto 0;
        color: var(--quiet);
      }
      ::slotted(*) {
        margin-top: 20px;
      }
    `,
  ];

  override render() {
    return html`${this.path === '' ? nothing : html`<gosip-icon class=${this.problem ? 'problem' : ''} .path=${this.path}></gosip-icon>`}
      <h2>${this.heading}</h2>
      ${this.text === '' ? nothing : html`<p>${this.text}</p>`}<slot></slot>`;
  }
}
