import '@material/web/button/filled-tonal-button.js';
import { mdiAlert, mdiCheckCircleOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { listAlerts } from '#contract/observation.ts';
import { alertText, alertTitle, mendingPages } from '../alert-words.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { formatMoment, formatWhen } from '../format.ts';
import { card, whenRead } from '../parts/card.ts';
import { renderDetails } from '../parts/details.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows, stack } from '../parts/look.ts';
import '../parts/page.ts';
import { go } from '../router.ts';
import { titles } from '../routes.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';
import './alerts/health.ts';

type Entry = EndpointReply<typeof listAlerts>['open'][number];

/** What is wrong now and what was since the start, each with what helps. */
@customElement('gosip-alerts')
export class GosipAlerts extends GosipElement {
  private readonly seen = new Shown(this, () => call(listAlerts), ['alerts.changed']);

  static override styles = [
    look,
    rows,
    stack,
    css`
      .row {
        align-items: flex-start;
        padding-block: 14px;
        flex-wrap: wrap;
      }
      .row > .text {
        flex-basis: 240px;
      }
      .row > gosip-icon {
        color: var(--warning);
      }
      .row > gosip-icon.over {
        color: var(--success);
      }
      .more {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    return html`<gosip-page heading=${t('page.alerts')}>
      <div class="stack">
        ${card(t('alerts.now'), html`<div aria-live="polite">${whenRead(this.seen, ({ open }) => renderOpen(open))}</div>`)}
        <gosip-health></gosip-health>
        ${this.renderPast(this.seen.value?.past ?? [])}
      </div>
    </gosip-page>`;
  }

  private renderPast(past: readonly Entry[]) {
    if (past.length === 0) return nothing;
    return card(
      t('alerts.past'),
      html`<ul class="rows">
        ${past.map(renderEntry)}
      </ul>`,
    );
  }
}

function renderOpen(open: readonly Entry[]) {
  if (open.length === 0) {
    return html`<gosip-notice
      .path=${mdiCheckCircleOutline}
      heading=${t('alerts.well')}
      text=${t('alerts.well.text')}
    ></gosip-notice>`;
  }
  return html`<ul class="rows">
    ${open.map(renderEntry)}
  </ul>`;
}

function renderEntry(entry: Entry) {
  const isOver = entry.until !== null;
  const page = mendingPages[entry.alertId];
  return html`<li class="row">
    <gosip-icon class=${isOver ? 'over' : ''} .path=${isOver ? mdiCheckCircleOutline : mdiAlert}></gosip-icon>
    <span class="text">
      <span class="main">${alertTitle(entry)}</span>
      <span class="more">${alertText(entry)}</span>
      <span class="more">${renderWhen(entry)}</span>
      ${renderDetails(entry.message)}
    </span>
    ${
      isOver || page === undefined
        ? nothing
        : html`<span class="end"
            ><md-filled-tonal-button
              @click=${() => go(page)}
              aria-label="${t('alerts.mend', { page: t(titles[page]) })}: ${alertTitle(entry)}"
              >${t('alerts.mend', { page: t(titles[page]) })}</md-filled-tonal-button
            ></span
          >`
    }
  </li>`;
}

function renderWhen({ since, until }: Entry) {
  const shown = (iso: string) => formatWhen(Date.parse(iso), clock.now(), locale.value);
  const text =
    until === null ? t('alerts.since', { when: shown(since) }) : t('alerts.fromTo', { from: shown(since), to: shown(until) });
  return html`<time datetime=${since} title=${formatMoment(Date.parse(since), locale.value)}>${text}</time>`;
}
