import { mdiAlert } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { alertText, alertTitle, mendingPages } from '../../alert-words.ts';
import { readAlerts } from '../../dashboard-data.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look, rows } from '../../parts/look.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

/** What is wrong in the house, and what helps; nothing at all where all is well. */
@customElement('gosip-needs-attention')
export class GosipNeedsAttention extends GosipElement {
  private readonly seen = new Shown(this, readAlerts, ['alerts.changed']);

  static override styles = [
    look,
    rows,
    css`
      .card {
        margin-bottom: 16px;
        border-color: color-mix(in srgb, var(--warning) 50%, var(--card));
      }
      .row {
        align-items: flex-start;
      }
      .row > gosip-icon {
        color: var(--warning);
      }
      .more {
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    const open = this.seen.value?.open ?? [];
    if (open.length === 0) return nothing;
    return html`<section class="card" role="alert" aria-label=${t('attention.title')}>
      <header>
        <h2>${t('attention.title')}</h2>
        <a href=${pathOf('alerts')}>${t('recent.all')}</a>
      </header>
      <ul class="rows">
        ${open.map(
          (one) =>
            html`<li>
              <a class="row" href=${pathOf(mendingPages[one.alertId] ?? 'alerts')}>
                <gosip-icon .path=${mdiAlert}></gosip-icon>
                <span class="text"><span class="main">${alertTitle(one)}</span><span class="more">${alertText(one)}</span></span>
              </a>
            </li>`,
        )}
      </ul>
    </section>`;
  }
}
