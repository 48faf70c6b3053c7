import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { deliveryKinds, deliveryStates, notificationChannels } from '#contract/notification-kinds.ts';
import { allPeople } from '../data.ts';
import { readDeliveryQuery, withDeliveryFilters } from '../delivery-query.ts';
import type { DeliveryFilterName, DeliveryQuery } from '../delivery-query.ts';
import { FilterDialog } from '../parts/filter-dialog.ts';
import { place } from '../router.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';

/** What the list of notifications is narrowed down to. */
@customElement('gosip-delivery-filters-dialog')
export class GosipDeliveryFiltersDialog extends FilterDialog<DeliveryFilterName> {
  protected override readonly page = 'deliveries';
  private readonly people = new Shown(this, async () => (isAdmin() ? allPeople() : []), []);

  protected override get filters(): DeliveryQuery {
    return readDeliveryQuery(place.value.query);
  }

  protected override changed(name: DeliveryFilterName, value: string) {
    return withDeliveryFilters(this.filters, { [name]: value });
  }

  protected override renderFilters() {
    const people = (this.people.value ?? []).map(({ id, name }) => ({ value: id, text: name }));
    return html`${this.renderChoice(
      'state',
      t('delivery.filter'),
      deliveryStates.map((value) => ({ value, text: t(`delivery.state.${value}`) })),
    )}
    ${this.renderChoice(
      'kind',
      t('delivery.filter.kind'),
      deliveryKinds.map((value) => ({ value, text: t(`delivery.kind.${value}`) })),
    )}
    ${this.renderChoice(
      'channel',
      t('delivery.filter.channel'),
      notificationChannels.map((value) => ({ value, text: t(`channel.${value}`) })),
    )}
    ${people.length === 0 ? nothing : this.renderChoice('person', t('calls.filter.person'), people)}
    ${this.renderField('from', t('calls.filter.from'), 'date')} ${this.renderField('to', t('calls.filter.to'), 'date')}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-delivery-filters-dialog': GosipDeliveryFiltersDialog;
  }
}
