import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import '../parts/page.ts';
import { t } from '../words.ts';

/** What reaches somebody, how and when: their own choice. */
@customElement('gosip-notifications')
export class GosipNotifications extends GosipElement {
  @property() openId: string | undefined;

  static override styles = [look];

  override render() {
    return html`<gosip-page heading=${t('page.notifications')}></gosip-page>`;
  }
}
