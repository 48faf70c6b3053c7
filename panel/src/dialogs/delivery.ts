import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { getMessage } from '#contract/messages.ts';
import { getDelivery, resendDelivery } from '#contract/notifications.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { deliveryTones, itemPath, reasonText, targetText } from '../delivery-words.ts';
import { formatWhen } from '../format.ts';
import { numberFormat } from '../intl.ts';
import { whenThere } from '../parts/card.ts';
import { renderSaid } from '../parts/details.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import { exchangeStyles, renderExchange, renderFacts } from '../parts/exchange.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/status.ts';
import { problemText } from '../problem-words.ts';
import { toProblem } from '../problem.ts';
import { newRequestId } from '../request-id.ts';
import { pathOf } from '../routes.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';

type Delivery = EndpointReply<typeof getDelivery>;

/** One notification: to whom and where, what became of it and why, what was said on both sides; and once more, where it did not arrive. */
@customElement('gosip-delivery-dialog')
export class GosipDeliveryDialog extends GosipElement {
  @property() deliveryId = '';
  @state() private isBusy = false;
  @query('gosip-dialog') private dialog!: GosipDialog;
  /** The same one, also where it is pressed twice. */
  #requestId = newRequestId();
  private readonly seen = new Shown(this, () => this.read(), ['delivery.changed']);

  static override styles = [
    look,
    exchangeStyles,
    css`
      .why {
        padding-block: 12px;
        overflow-wrap: anywhere;
      }
      .why .said {
        display: block;
      }
    `,
  ];

  private async read() {
    const one = await call(getDelivery, { params: { id: this.deliveryId as Delivery['id'] } });
    return { one, path: itemPath(one) ?? (await conversationPath(one.itemId)) };
  }

  override render() {
    const { value } = this.seen;
    const heading = value === undefined ? t('page.deliveries') : t(`delivery.kind.${value.one.kind}`);
    return html`<gosip-dialog heading=${heading} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${whenThere(this.seen, t('delivery.gone'), ({ one, path }) => this.renderOne(one, path))}
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.close')}</md-text-button>
      ${
        value?.one.canResend === true
          ? html`<md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.resend}
              >${t('delivery.resend')}</md-filled-button
            >`
          : nothing
      }
    </gosip-dialog>`;
  }

  private renderOne(one: Delivery, path: string | undefined) {
    const when = (iso: string | null) => (iso === null ? '' : formatWhen(Date.parse(iso), clock.now(), locale.value));
    const why = one.state === 'delivered' ? '' : reasonText(one.reason);
    return html`<gosip-status tone=${deliveryTones[one.state]} text=${t(`delivery.state.${one.state}`)}></gosip-status>
      <div class="why">
        ${why === '' ? nothing : html`<p>${why}</p>`}
        ${one.state === 'unknown' && one.canResend ? html`<p>${t('delivery.unknownHint')}</p>` : nothing}
        ${one.detail === null || one.detail === '' ? nothing : renderSaid(one.detail)}
      </div>
      ${renderFacts([
        [t('calls.filter.person'), one.personName],
        [t('delivery.to'), targetText(one)],
        [t('delivery.when'), when(one.createdAt)],
        [t('delivery.attempts'), numberFormat(locale.value.tag).format(one.attempts)],
        [t('delivery.next'), one.endedAt === null ? when(one.nextAt) : ''],
        [t('delivery.ended'), when(one.endedAt)],
      ])}
      ${path === undefined ? nothing : html`<p><a href=${path}>${t('delivery.open')}</a></p>`}
      ${renderExchange(t('delivery.request'), one.request)} ${renderExchange(t('delivery.reply'), one.reply)}`;
  }

  private resend = async (): Promise<void> => {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await call(resendDelivery, { params: { id: this.deliveryId as Delivery['id'] }, body: {}, once: this.#requestId });
      say({ text: t('delivery.resent') });
      this.dialog.close();
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
      await this.seen.reload();
    } finally {
      this.isBusy = false;
    }
  };
}

/** Undefined where the message is deleted. */
async function conversationPath(messageId: string): Promise<string | undefined> {
  try {
    const { conversationId } = await call(getMessage, { params: { id: messageId as never } });
    return pathOf('messages', conversationId);
  } catch {
    return undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-delivery-dialog': GosipDeliveryDialog;
  }
}
