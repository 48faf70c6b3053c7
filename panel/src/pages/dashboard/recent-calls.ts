import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { withoutSetUps } from '../../call-set-ups.ts';
import { maxRecentCalls, readRecentCalls } from '../../dashboard-data.ts';
import { callRows, renderCallRow } from '../../parts/call-row.ts';
import { card, nothingThere, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

/** The last calls. */
@customElement('gosip-recent-calls')
export class GosipRecentCalls extends GosipElement {
  private readonly seen = new Shown(this, readRecentCalls, ['call.ended', 'call.started', 'call.changed']);

  static override styles = [
    look,
    rows,
    callRows,
    css`
      @media (max-width: 599px) {
        /* How it ended is what somebody looks for: two lines are better than half of one. */
        .call .text .cut {
          white-space: normal;
          overflow-wrap: anywhere;
        }
      }
    `,
  ];

  override render() {
    return card(
      t('recent.title'),
      whenRead(this.seen, ({ items }) =>
        items.length === 0
          ? nothingThere(t('recent.none'))
          : html`<ul class="rows">
              ${withoutSetUps(items)
                .slice(0, maxRecentCalls)
                .map((one) => html`<li>${renderCallRow(one)}</li>`)}
            </ul>`,
      ),
      html`<a href=${pathOf('calls')}>${t('recent.all')}</a>`,
    );
  }
}
