import { mdiBellOutline } from '@mdi/js';
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { GosipElement } from '../parts/element.ts';
import { look, stack } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { pathOf } from '../routes.ts';
import { me } from '../session.ts';
import { t } from '../words.ts';
import './notifications/kinds.ts';
import './notifications/quiet.ts';
import './notifications/targets.ts';

/** What reaches somebody, how and when: their own choice. */
@customElement('gosip-notifications')
export class GosipNotifications extends GosipElement {
  static override styles = [
    look,
    stack,
    css`
      .links {
        padding: 16px 0;
      }
    `,
  ];

  override render() {
    const person = me()?.person ?? undefined;
    return html`<gosip-page heading=${t('page.notifications')}>
      ${
        person === undefined
          ? html`<gosip-notice .path=${mdiBellOutline} heading=${t('notify.nobody')}></gosip-notice>`
          : html`<div class="stack">
                <gosip-notification-targets></gosip-notification-targets>
                <gosip-notification-kinds></gosip-notification-kinds>
                <gosip-notification-quiet></gosip-notification-quiet>
              </div>
              <p class="links"><a href=${pathOf('deliveries')}>${t('page.deliveries')}</a></p>`
      }
    </gosip-page>`;
  }
}
