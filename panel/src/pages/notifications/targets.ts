import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiDeleteOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import {
  changeNotificationTarget,
  deleteNotificationTarget,
  getNotificationPreferences,
  listNotificationTargets,
  testNotificationTarget,
} from '#contract/notifications.ts';
import { call } from '../../api.ts';
import { channelIcons } from '../../channel-words.ts';
import { openAddTarget } from '../../dialogs/open.ts';
import { addedChannels } from '../../notification-data.ts';
import type { Target } from '../../notification-data.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon-button.ts';
import '../../parts/icon.ts';
import { look, rows } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/switch.ts';
import { removedNow, removeLater } from '../../removed.ts';
import { isAdmin } from '../../session.ts';
import { Shown } from '../../shown.ts';
import { sayProblem } from '../../undo.ts';
import { t } from '../../words.ts';

/** Where somebody is reached, and whether something arrives there. */
@customElement('gosip-notification-targets')
export class GosipNotificationTargets extends GosipElement {
  private readonly seen = new Shown(
    this,
    async () => {
      const [{ items }, { available }] = await Promise.all([
        call(listNotificationTargets, { query: { person: 'me', per_page: 100 } }),
        call(getNotificationPreferences, { params: { personId: 'me' } }),
      ]);
      return { items, available };
    },
    ['notification-target.changed', 'notification-settings.changed', 'delivery.changed'],
  );
  /** What became of tests, by target. */
  @state() private tested: ReadonlyMap<string, string> = new Map();

  static override styles = [
    look,
    rows,
    css`
      .row {
        flex-wrap: wrap;
      }
      .row > .text {
        flex-basis: 200px;
      }
      .more {
        overflow-wrap: anywhere;
      }
      .adds {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding: 12px 16px 16px;
      }
      .hint {
        padding: 0 16px 16px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    return card(
      t('notify.targets'),
      whenRead(this.seen, ({ items, available }) => {
        const shown = items.filter(({ id }) => !removedNow.value.has(id));
        const ways = addedChannels.filter((one) =>
          available.some(({ channel, isSetUp, problem }) => channel === one && isSetUp && problem === null),
        );
        return html`${
          shown.length === 0
            ? html`<p class="hint quiet">${t('notify.targets.none')}</p>`
            : html`<ul class="rows">
                ${shown.map((one) => html`<li>${this.renderTarget(one)}</li>`)}
              </ul>`
        }
        ${
          ways.length === 0
            ? html`<p class="hint">${t(isAdmin() ? 'notify.noWay.admin' : 'notify.noWay', { page: t('page.channels') })}</p>`
            : html`<div class="adds">
                ${ways.map(
                  (channel) =>
                    html`<md-outlined-button @click=${() => void openAddTarget(channel)}
                      >${t(`notify.add.${channel}`)}</md-outlined-button
                    >`,
                )}
              </div>`
        }`;
      }),
    );
  }

  private renderTarget(one: Target) {
    const { id, channel, name, address, isEnabled, problem } = one;
    const said = this.tested.get(id) ?? (problem === null ? '' : t(`delivery.reason.${problem}`));
    return html`<div class="row">
      <gosip-icon class="quiet" .path=${channelIcons[channel]}></gosip-icon>
      <span class="text">
        <span class="main">${name}</span>
        <span class="more">${t(`channel.${channel}`)}${address === name ? nothing : html` · ${address}`}</span>
        <span class="more" role="status">${said}</span>
      </span>
      <span class="end">
        <md-text-button aria-label=${t('notify.testOf', { name })} @click=${() => void this.test(one)}
          >${t('channel.test')}</md-text-button
        >
        <gosip-icon-button
          .path=${mdiDeleteOutline}
          label=${t('notify.remove', { name })}
          @click=${() => this.drop(one)}
        ></gosip-icon-button>
        <gosip-switch
          aria-label=${t('notify.switch', { name })}
          .selected=${isEnabled}
          @change=${() => void this.turn(one)}
        ></gosip-switch>
      </span>
    </div>`;
  }

  private tell(id: string, text: string): void {
    this.tested = new Map([...this.tested, [id, text]]);
  }

  private async test({ id, channel, name }: Target): Promise<void> {
    this.tell(id, t('channel.test.sending'));
    try {
      const { isDelivered, reason } = await call(testNotificationTarget, { params: { id } });
      const why = reason === null ? '' : t(`delivery.reason.${reason}`);
      const ok = t(channel === 'mail' ? 'channel.test.mailOk' : 'channel.test.pushOk', { to: name });
      this.tell(id, isDelivered ? ok : `${t('channel.test.failed')} ${why}`);
    } catch (error) {
      this.tell(id, '');
      sayProblem(error);
    }
  }

  private async turn({ id, isEnabled }: Target): Promise<void> {
    try {
      await call(changeNotificationTarget, { params: { id }, body: { isEnabled: !isEnabled } });
      say({ text: t('state.saved') });
    } catch (error) {
      sayProblem(error);
    }
    await this.seen.reload();
  }

  private drop({ id, name }: Target): void {
    removeLater(id, t('notify.removed', { name }), () => call(deleteNotificationTarget, { params: { id } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-notification-targets': GosipNotificationTargets;
  }
}
