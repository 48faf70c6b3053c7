import { mdiAlert } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { listAlerts } from '#contract/observation.ts';
import { call } from '../../api.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look, rows } from '../../parts/look.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

const everyMs = 30_000;

/** What is wrong in the house, and what helps; nothing at all where all is well. */
@customElement('gosip-needs-attention')
export class GosipNeedsAttention extends GosipElement {
  private readonly seen = new Shown(this, () => call(listAlerts), [
    'outbox.failing',
    'outbox.recovered',
    'storage.failed',
    'storage.recovered',
    'recording.suspended',
    'recording.resumed',
  ]);

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

  override connectedCallback(): void {
    super.connectedCallback();
    // What is wrong with a line to the outside is no fact of the house.
    this.whileShown(this.seen.every(everyMs));
  }

  override render() {
    const open = this.seen.value?.open ?? [];
    if (open.length === 0) return nothing;
    return html`<section class="card" role="alert" aria-label=${t('attention.title')}>
      <header><h2>${t('attention.title')}</h2></header>
      <ul class="rows">
        ${open.map(
          ({ title, message }) =>
            html`<li class="row">
              <gosip-icon .path=${mdiAlert}></gosip-icon>
              <span class="text"><span class="main">${title}</span><span class="more">${message}</span></span>
            </li>`,
        )}
      </ul>
    </section>`;
  }
}
