import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { clock } from '../clock.ts';
import { deliveryIcons, deliveryTones, reasonText, targetText } from '../delivery-words.ts';
import type { Delivery } from '../delivery-words.ts';
import { formatMoment, formatWhen } from '../format.ts';
import { pathOf } from '../routes.ts';
import { locale, t } from '../words.ts';
import './icon.ts';
import './status.ts';

export const deliveryRows = css`
  .delivery > gosip-icon {
    flex: none;
    color: var(--quiet);
  }
  .delivery > .end {
    display: grid;
    justify-items: end;
    gap: 4px;
  }
  .delivery time {
    color: var(--quiet);
    font-size: 13px;
  }
  @media (max-width: 599px) {
    .delivery {
      flex-wrap: wrap;
      column-gap: 16px;
      row-gap: 4px;
    }
    .delivery > .text {
      flex-basis: calc(100% - 40px);
    }
    .delivery > .end {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
      margin-inline-start: 40px;
    }
  }
`;

type Options = {
  /** What its page is narrowed down to. */
  readonly query?: Readonly<Record<string, string>>;
  /** Whether it says for whom it is. */
  readonly isNamed?: boolean;
};

/** What was told, to whom and by which way, and what became of it; for the styles `look`, `rows` and `deliveryRows`. */
export function renderDeliveryRow(one: Delivery, { query = {}, isNamed = false }: Options = {}): TemplateResult {
  const kind = t(`delivery.kind.${one.kind}`);
  const why = one.state === 'delivered' ? '' : reasonText(one.reason);
  const at = Date.parse(one.createdAt);
  return html`<a class="row delivery" href=${pathOf('deliveries', one.id, query)}>
    <gosip-icon .path=${deliveryIcons[one.kind]}></gosip-icon>
    <span class="text">
      <span class="main">${isNamed ? t('delivery.of', { kind, name: one.personName }) : kind}</span>
      <span class="more cut">${targetText(one)}</span>
      ${why === '' ? nothing : html`<span class="more">${why}</span>`}
    </span>
    <span class="end">
      <gosip-status tone=${deliveryTones[one.state]} text=${t(`delivery.state.${one.state}`)}></gosip-status>
      <time datetime=${one.createdAt} title=${formatMoment(at, locale.value)}>${formatWhen(at, clock.now(), locale.value)}</time>
    </span>
  </a>`;
}
