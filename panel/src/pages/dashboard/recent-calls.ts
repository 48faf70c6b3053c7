import { mdiHistory } from '@mdi/js';
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { listCallRecords } from '#contract/calls.ts';
import { call } from '../../api.ts';
import { callRows, renderCallRow } from '../../parts/call-row.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

/** The last calls. */
@customElement('gosip-recent-calls')
export class GosipRecentCalls extends GosipElement {
  private readonly seen = new Shown(this, () => call(listCallRecords, { query: { per_page: 6 } }), [
    'call.ended',
    'call.started',
    'call.changed',
  ]);

  static override styles = [look, rows, callRows];

  override render() {
    return card(
      t('recent.title'),
      whenRead(this.seen, ({ items }) =>
        items.length === 0
          ? html`<gosip-notice .path=${mdiHistory} heading=${t('recent.none')}></gosip-notice>`
          : html`<ul class="rows">
              ${items.map((one) => html`<li>${renderCallRow(one)}</li>`)}
            </ul>`,
      ),
      html`<a href=${pathOf('calls')}>${t('recent.all')}</a>`,
    );
  }
}
