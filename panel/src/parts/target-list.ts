import '@material/web/button/text-button.js';
import { mdiDeleteOutline, mdiPencilOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { changeNotificationTarget, deleteNotificationTarget, testNotificationTarget } from '#contract/notifications.ts';
import { call } from '../api.ts';
import { channelIcons } from '../channel-words.ts';
import { openTarget } from '../dialogs/open.ts';
import type { Target } from '../notification-data.ts';
import { removedNow, removeLater } from '../removed.ts';
import { sayProblem } from '../undo.ts';
import { t } from '../words.ts';
import { GosipElement } from './element.ts';
import './icon-button.ts';
import './icon.ts';
import { look, rows } from './look.ts';
import { say } from './snackbar.ts';
import './switch.ts';

/**
 * Where somebody is reached: each switched off and on, and removed with undo. `changed` is told when the house has it otherwise.
 *
 * - `none`: what is said where there is nothing.
 * - `here`: the target that is this browser.
 * - `flush`: in a dialog, whose edges are those of the rows.
 */
@customElement('gosip-target-list')
export class GosipTargetList extends GosipElement {
  @property({ attribute: false }) targets: readonly Target[] = [];
  @property() none = '';
  @property({ attribute: false }) here: string | undefined;
  @property({ type: Boolean }) flush = false;
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
      .row > .end {
        margin-inline-start: auto;
      }
      .more {
        overflow-wrap: anywhere;
      }
      .none {
        padding: 0 16px 16px;
      }
      :host([flush]) .row,
      :host([flush]) .none {
        padding-inline: 0;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    const shown = this.targets.filter(({ id }) => !removedNow.value.has(id));
    if (shown.length === 0) return html`<p class="none quiet">${this.none}</p>`;
    return html`<ul class="rows">
      ${shown.map((one) => html`<li>${this.renderTarget(one)}</li>`)}
    </ul>`;
  }

  private renderTarget(one: Target) {
    const { id, channel, name, address, isEnabled, problem } = one;
    return html`<div class="row">
      <gosip-icon class="quiet" .path=${channelIcons[channel]}></gosip-icon>
      <span class="text">
        <span class="main"><bdi>${name}</bdi></span>
        <span class="more">${t(`channel.${channel}`)}${address === name ? nothing : html` · <bdi>${address}</bdi>`}</span>
        ${id === this.here ? html`<span class="more">${t('push.here')}</span>` : nothing}
        ${problem === null ? nothing : html`<span class="more bad">${t(`delivery.reason.${problem}`)}</span>`}
        <span class="more" role="status">${this.tested.get(id) ?? nothing}</span>
      </span>
      <span class="end">
        <md-text-button aria-label=${t('notify.testOf', { name })} @click=${() => void this.test(one)}
          >${t('channel.test')}</md-text-button
        >
        <gosip-icon-button
          .path=${mdiPencilOutline}
          label=${t('limit.change', { what: name })}
          @click=${() => void openTarget(one)}
        ></gosip-icon-button>
        <gosip-icon-button
          .path=${mdiDeleteOutline}
          label=${t('notify.remove', { name })}
          @click=${() => this.drop(one)}
        ></gosip-icon-button>
        <gosip-switch
          aria-label=${t('notify.switch', { name })}
          .selected=${live(isEnabled)}
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
    // Also where it failed: the switch goes back to what is so.
    this.requestUpdate();
    this.dispatchEvent(new Event('changed'));
  }

  private drop({ id, name }: Target): void {
    removeLater(id, t('notify.removed', { name }), () => call(deleteNotificationTarget, { params: { id } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-target-list': GosipTargetList;
  }
}
