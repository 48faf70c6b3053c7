import { generate } from 'lean-qr';
import { toSvg } from 'lean-qr/extras/svg';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';

/** A picture that a phone's camera reads. Black on white in every theme: cameras want it so. */
@customElement('gosip-qr')
export class GosipQr extends LitElement {
  @property() text = '';
  @property() label = '';

  static override styles = css`
    :host {
      display: block;
      width: 180px;
      padding: 12px;
      border-radius: 12px;
      background: #fff;
    }
    svg {
      display: block;
      width: 100%;
      height: auto;
    }
  `;

  override render() {
    const picture = toSvg(generate(this.text), document, { on: '#000', off: '#fff', pad: 0 });
    picture.setAttribute('role', 'img');
    picture.setAttribute('aria-label', this.label);
    return html`${picture}`;
  }
}
