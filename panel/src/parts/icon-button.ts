import '@material/web/iconbutton/icon-button.js';
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { GosipElement } from './element.ts';
import './icon.ts';

/** A button that is an icon alone, with its name for those who do not see it. */
@customElement('gosip-icon-button')
export class GosipIconButton extends GosipElement {
  @property() path = '';
  @property() label = '';

  override render() {
    return html`<md-icon-button aria-label=${this.label} title=${this.label}
      ><gosip-icon .path=${this.path}></gosip-icon
    ></md-icon-button>`;
  }
}
