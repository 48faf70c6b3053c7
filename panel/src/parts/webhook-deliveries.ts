import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/text-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  getWebhookDelivery,
  listWebhookDeliveries,
  resendWebhookDelivery,
  testDestination,
} from '#contract/webhook-deliveries.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { reasonText } from '../delivery-words.ts';
import { formatMoment, formatWhen } from '../format.ts';
import { Shown } from '../shown.ts';
import { replyText, requestText, webhookTones } from '../webhook-words.ts';
import type { WebhookDelivery, WebhookInFull } from '../webhook-words.ts';
import { locale, t, tn } from '../words.ts';
import { whenRead } from './card.ts';
import { renderSaid } from './details.ts';
import { exchangeStyles, renderExchange } from './exchange.ts';
import { FormElement, fields, problemLine } from './form.ts';
import { look, rows } from './look.ts';
import { say } from './snackbar.ts';
import './status.ts';

const shownCount = 20;

/** The last things a destination was told, each with request and reply, and a test of it. */
@customElement('gosip-webhook-deliveries')
export class GosipWebhookDeliveries extends FormElement {
  @property() destinationId = '';
  @property({ type: Boolean }) isEnabled = true;
  @state() private tested: WebhookInFull | undefined;
  /** Read when they are opened. */
  @state() private opened: ReadonlyMap<string, WebhookInFull> = new Map();
  private readonly seen = new Shown(this, () => this.read(), ['webhook-delivery.changed']);

  static override styles = [
    look,
    rows,
    fields,
    exchangeStyles,
    css`
      h3 {
        padding-bottom: 4px;
        font-size: 14px;
        font-weight: 500;
      }
      .test {
        display: grid;
        gap: 8px;
        justify-items: start;
        padding-bottom: 20px;
      }
      li {
        padding-block: 12px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
      }
      .head > .name {
        flex: 1 1 160px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .about {
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
    `,
  ];

  private get params() {
    return { id: this.destinationId };
  }

  private async read() {
    const list = await call(listWebhookDeliveries, { params: this.params, query: { per_page: shownCount } });
    // What is open may have gone on.
    const open = list.items.filter(({ id }) => this.opened.has(id));
    this.opened = new Map(await Promise.all(open.map(async ({ id }) => [id, await this.readOne(id)] as const)));
    return list;
  }

  private readOne(deliveryId: string): Promise<WebhookInFull> {
    return call(getWebhookDelivery, { params: { ...this.params, deliveryId } });
  }

  override render() {
    return html`${problemLine(this.problem === undefined ? '' : this.wrongElsewhere())}
      <div class="test">
        <md-filled-tonal-button ?disabled=${this.isBusy} @click=${this.submit}
          >${t(this.isBusy ? 'channel.test.sending' : 'hook.test')}</md-filled-tonal-button
        >
        <div role="status">${this.tested === undefined ? nothing : renderTested(this.tested)}</div>
      </div>
      <h3>${t('hook.deliveries')}</h3>
      ${whenRead(this.seen, ({ items, total }) => this.renderList(items, total))}`;
  }

  private renderList(items: readonly WebhookDelivery[], total: number) {
    if (items.length === 0) return html`<p class="quiet">${t('hook.never')}</p>`;
    return html`<ul class="rows">
        ${items.map((one) => this.renderOne(one))}
      </ul>
      ${total > items.length ? html`<p class="quiet">${tn('hook.deliveries.more', items.length)}</p>` : nothing}`;
  }

  private renderOne(one: WebhookDelivery) {
    const at = Date.parse(one.createdAt);
    const name = one.event === 'test' ? t('hook.event.test') : one.event;
    const full = this.opened.get(one.id);
    const next = one.nextAt === null || one.endedAt !== null ? '' : when(one.nextAt);
    return html`<li>
      <div class="head">
        <span class="name">${name}</span>
        <gosip-status tone=${webhookTones[one.state]} text=${t(`delivery.state.${one.state}`)}></gosip-status>
        <time class="quiet" datetime=${one.createdAt} title=${formatMoment(at, locale.value)}>${when(one.createdAt)}</time>
      </div>
      <p class="about">
        ${one.state === 'delivered' ? nothing : reasonText(one.reason)}
        ${one.status === null ? nothing : t('hook.answered', { status: String(one.status) })}
        ${next === '' ? nothing : `${t('delivery.next')}: ${next}`}
      </p>
      <details @toggle=${(event: Event) => this.toggled(one, event)}>
        <summary>${t('delivery.request')} · ${t('delivery.reply')}</summary>
        ${full === undefined ? nothing : renderFull(full)}
        <md-text-button
          aria-label="${t('delivery.resend')}: ${name}, ${when(one.createdAt)}"
          @click=${() => void this.resend(one)}
          >${t('delivery.resend')}</md-text-button
        >
      </details>
    </li>`;
  }

  private toggled({ id }: WebhookDelivery, event: Event): void {
    if (!(event.target as HTMLDetailsElement).open || this.opened.has(id)) return;
    void this.attempt(async () => {
      const full = await this.readOne(id);
      this.opened = new Map([...this.opened, [id, full]]);
    });
  }

  private resend(one: WebhookDelivery): Promise<void> {
    return this.attempt(async () => {
      await call(resendWebhookDelivery, { params: { ...this.params, deliveryId: one.id } });
      say({ text: t('delivery.resent') });
      await this.seen.reload();
    });
  }

  protected override async send(): Promise<void> {
    this.tested = undefined;
    this.tested = await call(testDestination, { params: this.params });
    await this.seen.reload();
  }
}

function renderTested(one: WebhookInFull) {
  if (one.state === 'delivered')
    return html`<p class="good">
      ${t('hook.test.ok', { status: String(one.status ?? ''), ms: String(one.milliseconds ?? '') })}
    </p>`;
  return html`<p class="bad">${t('channel.test.failed')} ${reasonText(one.reason)}</p>
    ${one.detail === null || one.detail === '' ? nothing : renderSaid(one.detail)}`;
}

function renderFull(full: WebhookInFull) {
  return html`${full.detail === null || full.detail === '' ? nothing : renderSaid(full.detail)}
  ${renderExchange(t('delivery.request'), requestText(full))} ${renderExchange(t('delivery.reply'), replyText(full))}`;
}

function when(iso: string): string {
  return formatWhen(Date.parse(iso), clock.now(), locale.value);
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-webhook-deliveries': GosipWebhookDeliveries;
  }
}
