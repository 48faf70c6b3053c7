import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { callDirections } from '#contract/calls.ts';
import { callDispositions } from '#contract/call-verdicts.ts';
import { readCallQuery, withFilters } from '../call-query.ts';
import type { CallQuery, FilterName } from '../call-query.ts';
import { allPeople, allPhones } from '../data.ts';
import { FilterDialog } from '../parts/filter-dialog.ts';
import { place } from '../router.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';

/** What the list of calls is narrowed down to. */
@customElement('gosip-call-filters-dialog')
export class GosipCallFiltersDialog extends FilterDialog<FilterName> {
  protected override readonly page = 'calls';
  private readonly seen = new Shown(this, readNames, []);

  protected override get filters(): CallQuery {
    return readCallQuery(place.value.query);
  }

  protected override changed(name: FilterName, value: string) {
    return withFilters(this.filters, { [name]: value });
  }

  protected override renderFilters() {
    return html`${this.renderChoice('direction', t('calls.filter.direction'), directions())}
    ${this.renderChoice('disposition', t('calls.filter.ended'), dispositions())} ${this.renderNames()}
    ${this.renderField('number', t('calls.filter.number'), 'tel')} ${this.renderField('from', t('calls.filter.from'), 'date')}
    ${this.renderField('to', t('calls.filter.to'), 'date')}`;
  }

  private renderNames() {
    const { people = [], phones = [] } = this.seen.value ?? {};
    const named = (all: readonly { readonly id: string; readonly name: string }[]) =>
      all.map(({ id, name }) => ({ value: id, text: name }));
    return html`${people.length === 0 ? nothing : this.renderChoice('person', t('calls.filter.person'), named(people))}
    ${phones.length === 0 ? nothing : this.renderChoice('device', t('calls.filter.phone'), named(phones))}`;
  }
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
