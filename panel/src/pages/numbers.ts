import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { GosipElement } from '../parts/element.ts';
import '../parts/page.ts';
import { t } from '../words.ts';

@customElement('gosip-numbers')
export class GosipNumbers extends GosipElement {
  override render() {
    return html`<gosip-page heading=${t('page.numbers')}></gosip-page>`;
  }
}
