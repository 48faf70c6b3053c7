import { mdiBellOutline } from '@mdi/js';
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { notificationFacts, readNotifications } from '../notification-data.ts';
import type { Notifications } from '../notification-data.ts';
import { whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { look, stack } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { pathOf } from '../routes.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import '../parts/notifications/kinds.ts';
import '../parts/notifications/quiet.ts';
import '../parts/notifications/targets.ts';

/** What reaches somebody, how and when: their own choice. */
@customElement('gosip-notifications')
export class GosipNotifications extends GosipElement {
  private readonly seen = new Shown(this, () => readNotifications('me'), notificationFacts);

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
    return html`<gosip-page heading=${t('page.notifications')}>
      ${
        (me()?.person ?? undefined) === undefined
          ? html`<gosip-notice .path=${mdiBellOutline} heading=${t('notify.nobody')}></gosip-notice>`
          : whenRead(this.seen, (mine) => this.renderMine(mine))
      }
    </gosip-page>`;
  }

  private renderMine(mine: Notifications) {
    const reload = () => this.seen.reload();
    return html`<div class="stack">
        <gosip-notification-targets .of=${mine} .reload=${reload}></gosip-notification-targets>
        <gosip-notification-kinds .of=${mine} .reload=${reload}></gosip-notification-kinds>
        <gosip-notification-quiet .of=${mine} .reload=${reload}></gosip-notification-quiet>
      </div>
      <p class="links"><a href=${pathOf('deliveries')}>${t('page.deliveries')}</a></p>`;
  }
}
