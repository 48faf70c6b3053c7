import { mdiBellOutline } from '@mdi/js';
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { getNotificationPreferences, listNotificationTargets } from '#contract/notifications.ts';
import { call } from '../api.ts';
import type { MyNotifications } from '../notification-data.ts';
import { whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { look, stack } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { pathOf } from '../routes.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import './notifications/kinds.ts';
import './notifications/quiet.ts';
import './notifications/targets.ts';

/** What reaches somebody, how and when: their own choice. */
@customElement('gosip-notifications')
export class GosipNotifications extends GosipElement {
  private readonly seen = new Shown(this, readMine, [
    'notification-preferences.changed',
    'notification-settings.changed',
    'notification-target.changed',
    'delivery.changed',
  ]);

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

  private renderMine(mine: MyNotifications) {
    const reload = () => this.seen.reload();
    return html`<div class="stack">
        <gosip-notification-targets .mine=${mine} .reload=${reload}></gosip-notification-targets>
        <gosip-notification-kinds .mine=${mine} .reload=${reload}></gosip-notification-kinds>
        <gosip-notification-quiet .mine=${mine} .reload=${reload}></gosip-notification-quiet>
      </div>
      <p class="links"><a href=${pathOf('deliveries')}>${t('page.deliveries')}</a></p>`;
  }
}

async function readMine(): Promise<MyNotifications> {
  const [preferences, { items: targets }] = await Promise.all([
    call(getNotificationPreferences, { params: { personId: 'me' } }),
    call(listNotificationTargets, { query: { person: 'me', per_page: 100 } }),
  ]);
  return { preferences, targets };
}
