import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import '../parts/page.ts';
import { t } from '../words.ts';

/** Programs elsewhere that are told what happens here. */
@customElement('gosip-webhooks')
export class GosipWebhooks extends GosipElement {
  @property() openId: string | undefined;

  static override styles = [look];

  override render() {
    return html`<gosip-page heading=${t('page.webhooks')}></gosip-page>`;
  }
}
