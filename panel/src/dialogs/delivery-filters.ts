import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { deliveryKinds, deliveryStates, notificationChannels } from '#contract/notification-kinds.ts';
import { allPeople } from '../data.ts';
import { readDeliveryQuery, withDeliveryFilters } from '../delivery-query.ts';
import type { DeliveryFilterName, DeliveryQuery } from '../delivery-query.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import { choice, field } from '../parts/field.ts';
import { fields } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { narrow, place } from '../router.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';

type Choices = readonly { readonly value: string; readonly text: string }[];

/** What the list of notifications is narrowed down to; each change is seen at once behind it. */
@customElement('gosip-delivery-filters-dialog')
export class GosipDeliveryFiltersDialog extends GosipElement {
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly people = new Shown(this, async () => (isAdmin() ? allPeople() : []), []);

  static override styles = [look, fields];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(place.follow(() => this.requestUpdate()));
  }

  private get filters(): DeliveryQuery {
    return readDeliveryQuery(place.value.query);
  }

  private set = (name: DeliveryFilterName) => (value: string) =>
    narrow('deliveries', withDeliveryFilters(this.filters, { [name]: value }));

  override render() {
    const people = (this.people.value ?? []).map(({ id, name }) => ({ value: id, text: name }));
    return html`<gosip-dialog heading=${t('calls.filter.more')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <div class="fields">
        ${this.renderChoice(
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
        ${this.renderDay('from', t('calls.filter.from'))} ${this.renderDay('to', t('calls.filter.to'))}
      </div>
      <md-text-button slot="actions" @click=${() => narrow('deliveries', {})}>${t('calls.filter.clear')}</md-text-button>
      <md-filled-button slot="actions" @click=${() => this.dialog.close()}>${t('action.done')}</md-filled-button>
    </gosip-dialog>`;
  }

  private renderChoice(name: DeliveryFilterName, label: string, choices: Choices) {
    return choice({
      label,
      name,
      value: this.filters[name] ?? '',
      changed: this.set(name),
      choices: [{ value: '', text: t('calls.filter.any') }, ...choices],
    });
  }

  private renderDay(name: 'from' | 'to', label: string) {
    const { from, to } = this.filters;
    const bounds = name === 'from' && to !== undefined ? { max: to } : name === 'to' && from !== undefined ? { min: from } : {};
    return field({ label, name, type: 'date', value: this.filters[name] ?? '', changed: this.set(name), ...bounds });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-delivery-filters-dialog': GosipDeliveryFiltersDialog;
  }
}
