import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { GosipElement } from './element.ts';
import './icon.ts';
import { look } from './look.ts';

/** A button that is an icon alone, with its name for those who do not see it. */
@customElement('gosip-icon-button')
export class GosipIconButton extends GosipElement {
  @property() path = '';
  @property() label = '';

  static override shadowRootOptions = { ...GosipElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    look,
    css`
      :host {
        display: inline-flex;
        flex: none;
        color: var(--quiet);
      }
      button {
        position: relative;
        display: grid;
        place-items: center;
        width: 40px;
        height: 40px;
        padding: 0;
        border: 0;
        border-radius: 50%;
        background: none;
        cursor: pointer;
      }
      /* What a finger hits. */
      button::after {
        content: '';
        position: absolute;
        inset: -4px;
      }
      button:hover {
        background: var(--hover);
      }
      button:active {
        background: color-mix(in srgb, var(--text) 12%, transparent);
      }
    `,
  ];

  override render() {
    return html`<button type="button" aria-label=${this.label} title=${this.label}>
      <gosip-icon .path=${this.path}></gosip-icon>
    </button>`;
  }
}
