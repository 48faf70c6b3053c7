import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { callDirections } from '#contract/calls.ts';
import { callDispositions } from '#contract/call-verdicts.ts';
import { readCallQuery, withFilters } from '../call-query.ts';
import type { CallQuery, FilterName } from '../call-query.ts';
import { allPeople, allPhones } from '../data.ts';
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

/** What the list of calls is narrowed down to; each change is seen at once behind it. */
@customElement('gosip-call-filters-dialog')
export class GosipCallFiltersDialog extends GosipElement {
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown(this, readNames, []);

  static override styles = [look, fields];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(place.follow(() => this.requestUpdate()));
  }

  private get filters(): CallQuery {
    return readCallQuery(place.value.query);
  }

  private set = (name: FilterName) => (value: string) => narrow('calls', withFilters(this.filters, { [name]: value }));

  override render() {
    return html`<gosip-dialog heading=${t('calls.filter.more')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <div class="fields">
        ${this.renderChoice('direction', t('calls.filter.direction'), directions())}
        ${this.renderChoice('disposition', t('calls.filter.ended'), dispositions())} ${this.renderNames()}
        ${this.renderField('number', t('calls.filter.number'), 'tel')} ${this.renderField('from', t('calls.filter.from'), 'date')}
        ${this.renderField('to', t('calls.filter.to'), 'date')}
      </div>
      <md-text-button slot="actions" @click=${this.clear}>${t('calls.filter.clear')}</md-text-button>
      <md-filled-button slot="actions" @click=${() => this.dialog.close()}>${t('action.done')}</md-filled-button>
    </gosip-dialog>`;
  }

  private renderNames() {
    const { people = [], phones = [] } = this.seen.value ?? {};
    const named = (all: readonly { readonly id: string; readonly name: string }[]) =>
      all.map(({ id, name }) => ({ value: id, text: name }));
    return html`${people.length === 0 ? nothing : this.renderChoice('person', t('calls.filter.person'), named(people))}
    ${phones.length === 0 ? nothing : this.renderChoice('device', t('calls.filter.phone'), named(phones))}`;
  }

  private renderChoice(name: FilterName, label: string, choices: readonly { readonly value: string; readonly text: string }[]) {
    return choice({
      label,
      name,
      value: this.filters[name] ?? '',
      changed: this.set(name),
      choices: [{ value: '', text: t('calls.filter.any') }, ...choices],
    });
  }

  private renderField(name: FilterName, label: string, type: 'tel' | 'date') {
    const { from, to } = this.filters;
    const bounds = name === 'from' && to !== undefined ? { max: to } : name === 'to' && from !== undefined ? { min: from } : {};
    return field({ label, name, type, maxLength: 32, value: this.filters[name] ?? '', changed: this.set(name), ...bounds });
  }

  private clear = (): void => narrow('calls', {});
}

function directions() {
  return callDirections.map((value) => ({ value, text: t(`calls.${value}`) }));
}

function dispositions() {
  return callDispositions.map((value) => ({ value, text: t(`disposition.${value}`) }));
}

async function readNames() {
  const [people, phones] = await Promise.all([isAdmin() ? allPeople() : [], allPhones()]);
  return { people, phones };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-call-filters-dialog': GosipCallFiltersDialog;
  }
}
