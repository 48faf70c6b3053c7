import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { getHealth } from '#contract/system.ts';
import { call } from '../../api.ts';
import { card, whenRead } from '../../parts/card.ts';
import { renderDetails } from '../../parts/details.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import '../../parts/status.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

type Part = EndpointReply<typeof getHealth>['parts'][number];

/** It is nobody's fact: looked at again while somebody looks at the page. */
const everyMs = 10_000;

/** How every part of GoSIP is; those alone that are not well. */
@customElement('gosip-health')
export class GosipHealth extends GosipElement {
  private readonly seen = new Shown(this, () => call(getHealth), ['alerts.changed']);

  static override styles = [
    look,
    rows,
    css`
      .row {
        align-items: flex-start;
        flex-wrap: wrap;
      }
      .well {
        padding: 0 16px 20px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(this.seen.every(everyMs));
  }

  override render() {
    return card(
      t('ha.health.title'),
      whenRead(this.seen, ({ parts }) => renderParts(parts.filter(({ status }) => status !== 'ok'))),
    );
  }
}

function renderParts(bad: readonly Part[]) {
  if (bad.length === 0) {
    return html`<p class="well"><gosip-status plain tone="good" text=${t('ha.health.ok')}></gosip-status></p>`;
  }
  return html`<ul class="rows">
    ${bad.map(
      ({ name, status, message }) =>
        html`<li class="row">
          <span class="text"
            ><span class="main">${t(`health.${name}`)}</span><span class="more">${t(`health.${name}.text`)}</span>${renderDetails(
              message,
            )}</span
          >
          <span class="end">
            <gosip-status
              tone=${status === 'down' ? 'bad' : 'warning'}
              text=${status === 'down' ? t('ha.health.down') : t('ha.health.limited')}
            ></gosip-status>
          </span>
        </li>`,
    )}
  </ul>`;
}
