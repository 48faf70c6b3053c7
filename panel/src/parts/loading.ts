import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { t } from '../words.ts';
import { look } from './look.ts';

/** Rows to come. Not at once: what comes quickly needs none. */
@customElement('gosip-loading')
export class GosipLoading extends LitElement {
  @property({ type: Number }) lines = 3;

  static override styles = [
    look,
    css`
      :host {
        display: block;
        padding: 8px 16px 16px;
        animation: appear 200ms 250ms both;
      }
      i {
        display: block;
        height: 20px;
        margin: 16px 0;
        border-radius: 6px;
        background: var(--hover);
        animation: breathe 1.4s ease-in-out infinite alternate;
      }
      i:nth-of-type(even) {
        width: 70%;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      @keyframes breathe {
        to {
          opacity: 0.4;
        }
      }
    `,
  ];

  override render() {
    return html`<span class="spoken">${t('state.loading')}</span>${Array.from({ length: this.lines }, () => html`<i></i>`)}`;
  }
}
