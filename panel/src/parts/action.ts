import '@material/web/button/filled-button.js';
import { mdiPlus } from '@mdi/js';
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { isWide } from '../media.ts';
import { GosipElement } from './element.ts';
import './icon-button.ts';
import './icon.ts';

/** What is mostly done on a page, in its heading; on a narrow screen without its words. */
@customElement('gosip-action')
export class GosipAction extends GosipElement {
  @property() path = mdiPlus;
  @property() label = '';

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(isWide.follow(() => this.requestUpdate()));
  }

  override render() {
    if (!isWide.value) return html`<gosip-icon-button .path=${this.path} label=${this.label}></gosip-icon-button>`;
    return html`<md-filled-button has-icon>
      <gosip-icon slot="icon" .path=${this.path}></gosip-icon>${this.label}
    </md-filled-button>`;
  }
}
