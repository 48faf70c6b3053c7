import '@material/web/button/outlined-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { targetHere } from '../../browser-push.ts';
import { openAddTarget } from '../../dialogs/open.ts';
import { addedChannels } from '../../notification-data.ts';
import type { Notifications } from '../../notification-data.ts';
import { card } from '../card.ts';
import { GosipElement } from '../element.ts';
import { look } from '../look.ts';
import { flush } from '../flush.ts';
import '../target-list.ts';
import { isAdmin } from '../../session.ts';
import { t } from '../../words.ts';
import './this-browser.ts';

/** Where somebody is reached, and whether something arrives there. */
@customElement('gosip-notification-targets')
export class GosipNotificationTargets extends GosipElement {
  @property({ attribute: false }) of!: Notifications;
  @property({ type: Boolean }) flush = false;
  @property({ attribute: false }) reload: () => Promise<void> = () => Promise.resolve();

  static override styles = [
    look,
    css`
      .adds {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding: 12px 16px 16px;
      }
      .hint {
        padding: 8px 16px 16px;
      }
    `,
    flush,
  ];

  override render() {
    const { isOwn, targets, preferences } = this.of;
    return card(
      t(isOwn ? 'notify.targets' : 'person.targets'),
      html`<gosip-target-list
          ?flush=${this.flush}
          none=${t(isOwn ? 'notify.targets.none' : 'person.targets.none')}
          .targets=${targets}
          .here=${isOwn ? targetHere(preferences.personId) : undefined}
          @changed=${() => void this.reload()}
        ></gosip-target-list>
        ${isOwn ? html`<gosip-this-browser .mine=${this.of} .reload=${this.reload}></gosip-this-browser>` : nothing}
        ${this.renderWays()}`,
    );
  }

  private renderWays() {
    const { preferences, isOwn } = this.of;
    const { available } = preferences;
    const ways = addedChannels.filter((one) =>
      available.some(({ channel, isSetUp, problem }) => channel === one && isSetUp && problem === null),
    );
    if (ways.length === 0)
      return html`<p class="hint">${t(isAdmin() ? 'notify.noWay.admin' : 'notify.noWay', { page: t('page.channels') })}</p>`;
    return html`<div class="adds">
      ${ways.map(
        (channel) =>
          html`<md-outlined-button @click=${() => void openAddTarget(channel, isOwn ? 'me' : preferences.personId)}
            >${t(`notify.add.${channel}`)}</md-outlined-button
          >`,
      )}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-notification-targets': GosipNotificationTargets;
  }
}
