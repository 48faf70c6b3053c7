import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { GosipElement } from '../parts/element.ts';
import '../parts/page.ts';
import { t } from '../words.ts';

@customElement('gosip-routing')
export class GosipRouting extends GosipElement {
  override render() {
    return html`<gosip-page heading=${t('page.routing')}></gosip-page>`;
  }
}
