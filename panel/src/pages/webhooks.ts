import '@material/web/button/filled-button.js';
import { mdiPlus, mdiWebhook } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { changeDestination, listDestinations } from '#contract/external.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { everyPage } from '../data.ts';
import { Detail } from '../detail.ts';
import { openWebhook } from '../dialogs/open.ts';
import { formatWhen } from '../format.ts';
import '../parts/action.ts';
import { whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { switchRows } from '../parts/row-styles.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/status.ts';
import '../parts/switch.ts';
import { problemText } from '../problem-words.ts';
import { toProblem } from '../problem.ts';
import { removedNow } from '../removed.ts';
import { pathOf } from '../routes.ts';
import { Shown } from '../shown.ts';
import { webhookTones } from '../webhook-words.ts';
import type { Destination } from '../webhook-words.ts';
import { locale, t, tn } from '../words.ts';
import { webhooksStyles } from './webhooks-styles.ts';

/** Programs elsewhere that are told what happens here. */
@customElement('gosip-webhooks')
export class GosipWebhooks extends GosipElement {
  @property() openId: string | undefined;
  protected readonly detail = new Detail(this, openWebhook);
  private readonly seen = new Shown(
    this,
    () => everyPage((page) => call(listDestinations, { query: { page, per_page: 100, sort: 'name', order: 'asc' } })),
    ['webhook-destination.changed', 'webhook-delivery.changed'],
  );

  static override styles = [look, rows, switchRows, webhooksStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(removedNow.follow(() => this.requestUpdate()));
  }

  override render() {
    const shown = this.seen.value?.filter(({ id }) => !removedNow.value.has(id)) ?? [];
    const add = html`<gosip-action slot="actions" label=${t('hook.add')} @click=${() => void openWebhook()}></gosip-action>`;
    return html`<gosip-page heading=${t('page.webhooks')}>
      ${shown.length === 0 ? nothing : add}
      <div class="card">
        ${whenRead(this.seen, () =>
          shown.length === 0
            ? renderNone()
            : html`<ul class="rows">
                ${shown.map((one) => this.renderOne(one))}
              </ul>`,
        )}
      </div>
    </gosip-page>`;
  }

  private renderOne(one: Destination) {
    const { id, name, url, events, enabled, switchedOffBecause: because } = one;
    return html`<li class=${enabled ? '' : 'off'}>
      <a class="row" href=${pathOf('webhooks', id)}>
        <span class="text">
          <span class="main cut"><bdi>${name}</bdi></span>
          <span class="more cut">${url}</span>
          <span class="more">${tn('hook.events.count', events.length)}</span>
          ${because === null ? nothing : html`<span class="more why">${t('hook.switchedOff', { reason: t(`delivery.reason.${because}`) })}</span>`}
        </span>
        <span class="end">${renderLast(one)}</span>
      </a>
      <gosip-switch
        aria-label="${t('hook.enabled')}: ${name}"
        .selected=${live(enabled)}
        @change=${(event: Event) => void this.turn(one, event)}
      ></gosip-switch>
    </li>`;
  }

  private async turn({ id }: Destination, event: Event): Promise<void> {
    const { selected: enabled } = event.target as HTMLElement & { selected: boolean };
    try {
      await call(changeDestination, { params: { id }, body: { enabled } });
    } catch (error) {
      say({ text: problemText(toProblem(error)) });
    }
    await this.seen.reload();
  }
}

function renderLast({ enabled, lastDelivery: last }: Destination) {
  if (!enabled) return html`<gosip-status text=${t('state.off')}></gosip-status>`;
  if (last === null) return html`<gosip-status text=${t('hook.never')}></gosip-status>`;
  return html`<gosip-status tone=${webhookTones[last.state]} text=${t(`delivery.state.${last.state}`)}></gosip-status>
    <time class="quiet" datetime=${last.at}>${formatWhen(Date.parse(last.at), clock.now(), locale.value)}</time>`;
}

function renderNone() {
  return html`<gosip-notice .path=${mdiWebhook} heading=${t('hook.none')} text=${t('hook.none.text')}>
    <md-filled-button has-icon @click=${() => void openWebhook()}>
      <gosip-icon slot="icon" .path=${mdiPlus}></gosip-icon>${t('hook.add')}
    </md-filled-button>
  </gosip-notice>`;
}
