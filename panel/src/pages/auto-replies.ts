import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { GosipElement } from '../parts/element.ts';
import '../parts/page.ts';
import { t } from '../words.ts';

@customElement('gosip-auto-replies')
export class GosipAutoReplies extends GosipElement {
  override render() {
    return html`<gosip-page heading=${t('page.autoReplies')}></gosip-page>`;
  }
}
