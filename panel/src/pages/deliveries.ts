import { mdiBellCheckOutline, mdiSendOutline, mdiTune } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DeliveryState } from '#contract/notification-kinds.ts';
import { listDeliveries } from '#contract/notifications.ts';
import { call } from '../api.ts';
import { allPeople } from '../data.ts';
import { askedDeliveries, readDeliveryQuery, withDeliveryFilters } from '../delivery-query.ts';
import type { DeliveryFilterName, DeliveryQuery } from '../delivery-query.ts';
import type { Delivery } from '../delivery-words.ts';
import { Detail } from '../detail.ts';
import { openDelivery, openDeliveryFilters, openResend } from '../dialogs/open.ts';
import { dateFormat } from '../intl.ts';
import '../parts/action.ts';
import { activeFilters, renderActiveFilters } from '../parts/active-filters.ts';
import { chips, renderChips } from '../parts/chips.ts';
import { deliveryRows, renderDeliveryRow } from '../parts/delivery-row.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/endless-list.ts';
import type { GosipEndlessList } from '../parts/endless-list.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import '../parts/page.ts';
import { narrow, place } from '../router.ts';
import { pagesOf } from '../row-source.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import type { StringKey } from '../strings/en.ts';
import { locale, t, tn } from '../words.ts';
import { callsStyles } from './calls-styles.ts';

const facts = ['delivery.changed'] as const;
/** Those that somebody looks for most; any others are behind a button. */
const quick: readonly DeliveryState[] = ['failed', 'unknown', 'waiting', 'held', 'delivered'];

/** What was told to whom, the newest first, and what became of it; whoever is no administrator sees their own. */
@customElement('gosip-deliveries')
export class GosipDeliveries extends GosipElement {
  @property() openId: string | undefined;
  @state() private total: number | undefined;
  protected readonly detail = new Detail(this, openDelivery);
  #asked = '';
  #source = this.sourceOf({});
  private readonly people = new Shown(this, async () => (isAdmin() ? allPeople() : []), ['person.changed', 'person.deleted']);

  static override styles = [
    look,
    rows,
    chips,
    activeFilters,
    deliveryRows,
    callsStyles,
    css`
      .filters {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      .chips {
        min-width: 0;
      }
      @media (max-width: 869px) {
        .filters {
          flex-wrap: nowrap;
        }
        .chips {
          margin-inline-end: 0;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(place.follow(() => this.requestUpdate()));
  }

  private get filters(): DeliveryQuery {
    return place.value.page === 'deliveries' ? readDeliveryQuery(place.value.query) : {};
  }

  private sourceOf(query: Readonly<Record<string, string>>) {
    return pagesOf((asked) => call(listDeliveries, { query: { ...query, ...asked } as never }));
  }

  /** The same one for as long as the same is asked for. */
  private get source() {
    const query = askedDeliveries(this.filters, locale.value.timeZone);
    const asked = JSON.stringify(query);
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#source = this.sourceOf(query);
    }
    return this.#source;
  }

  private set = (changed: DeliveryQuery): void => narrow('deliveries', withDeliveryFilters(this.filters, changed));

  override render() {
    const resend = html`<gosip-action
      slot="actions"
      .path=${mdiSendOutline}
      label=${t('delivery.again')}
      @click=${() => void openResend()}
    ></gosip-action>`;
    return html`<gosip-page heading=${t('page.deliveries')}>
      ${isAdmin() ? resend : nothing} ${this.renderFilters()}
      <div class="card">${this.renderList()}</div>
    </gosip-page>`;
  }

  private renderFilters() {
    const { filters } = this;
    const taken = quick.find((one) => one === filters.state) ?? (filters.state === undefined ? 'all' : 'none');
    const all = quick.map((value) => ({ value, text: t(`delivery.state.${value}`) }));
    return html`<div class="filters">
        ${renderChips<string>(t('delivery.filter'), [{ value: 'all', text: t('calls.all') }, ...all], {
          taken,
          choose: (value) => this.set({ state: value === 'all' ? '' : value }),
        })}
        <button class="more-filters" aria-haspopup="dialog" @click=${() => void openDeliveryFilters()}>
          <gosip-icon .path=${mdiTune}></gosip-icon><span>${t('calls.filter.more')}</span>
        </button>
      </div>
      ${renderActiveFilters(this.activeTexts(taken === 'none'), () => narrow('deliveries', {}))}
      <p class="spoken" role="status">${this.total === undefined ? '' : tn('delivery.count', this.total)}</p>`;
  }

  private activeTexts(hasState: boolean) {
    const day = (value: string) =>
      dateFormat(locale.value.tag, { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(`${value}T00:00:00Z`));
    const words: Readonly<Record<DeliveryFilterName, (value: string) => string>> = {
      state: (value) => t(`delivery.state.${value}` as StringKey),
      kind: (value) => t(`delivery.kind.${value}` as StringKey),
      channel: (value) => t(`channel.${value}` as StringKey),
      person: (value) => this.people.value?.find(({ id }) => id === value)?.name ?? '…',
      from: (value) => t('calls.filter.since', { day: day(value) }),
      to: (value) => t('calls.filter.until', { day: day(value) }),
    };
    return (Object.entries(this.filters) as [DeliveryFilterName, string][])
      .filter(([name]) => name !== 'state' || hasState)
      .map(([name, value]) => ({ text: words[name](value), remove: () => this.set({ [name]: '' }) }));
  }

  private renderList() {
    const query = withDeliveryFilters(this.filters, {});
    const isFiltered = Object.keys(query).length > 0;
    return html`<gosip-endless-list
      label=${t('page.deliveries')}
      .source=${this.source}
      .facts=${facts}
      .key=${({ id }: Delivery) => id}
      .row=${(one: Delivery) => renderDeliveryRow(one, { query, isNamed: isAdmin() })}
      @changed=${(event: Event) => (this.total = (event.target as GosipEndlessList).total)}
    >
      <gosip-notice
        slot="empty"
        .path=${mdiBellCheckOutline}
        heading=${t(isFiltered ? 'delivery.noneFound' : 'delivery.none')}
        text=${isFiltered ? '' : t('delivery.none.text')}
      ></gosip-notice>
    </gosip-endless-list>`;
  }
}
