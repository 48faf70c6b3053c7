import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { listChannels } from '#contract/notification-channels.ts';
import { call } from '../api.ts';
import type { ChannelState } from '../channel-draft.ts';
import { channelIcons, channelStatus, channelTrouble } from '../channel-words.ts';
import { Detail } from '../detail.ts';
import { openChannel } from '../dialogs/open.ts';
import { card, whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows, stack } from '../parts/look.ts';
import '../parts/page.ts';
import { iconRows } from '../parts/row-styles.ts';
import '../parts/status.ts';
import { pathOf } from '../routes.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import './channels/alerts.ts';
import { channelsStyles } from './channels-styles.ts';

/** The ways by which the house reaches people, and whether they work. */
@customElement('gosip-channels')
export class GosipChannels extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, openChannel);
  private readonly seen = new Shown(this, async () => (await call(listChannels)).items, [
    'notification-settings.changed',
    'delivery.changed',
    'outbox.failing',
    'outbox.recovered',
  ]);

  static override styles = [look, rows, stack, iconRows, channelsStyles];

  override render() {
    return html`<gosip-page heading=${t('page.channels')}>
      <div class="stack">
        ${card(
          t('channel.house'),
          html`<p class="body quiet">${t('channel.house.text', { page: t('page.notifications') })}</p>
            ${whenRead(
              this.seen,
              (channels) =>
                html`<ul class="rows">
                  ${channels.map((one) => html`<li>${renderChannel(one)}</li>`)}
                </ul>`,
            )}`,
        )} <gosip-alert-recipients></gosip-alert-recipients>
      </div>
      <p class="links"><a href=${pathOf('deliveries')}>${t('page.deliveries')}</a></p>
    </gosip-page>`;
  }
}

function renderChannel(one: ChannelState) {
  const { channel } = one;
  const { text, tone } = channelStatus(one);
  return html`<a class="row" href=${pathOf('channels', channel)}>
    <gosip-icon .path=${channelIcons[channel]}></gosip-icon>
    <span class="text">
      <span class="main">${t(`channel.${channel}`)}</span>
      <span class="more">${t(`channel.${channel}.text`)}</span>
      ${channelTrouble(one).map((trouble) => html`<span class="more trouble">${trouble}</span>`)}
    </span>
    <span class="end"><gosip-status tone=${tone} text=${text}></gosip-status></span>
  </a>`;
}
