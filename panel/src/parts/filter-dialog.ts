import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { query } from 'lit/decorators.js';
import type { Filters, Query } from '../list-query.ts';
import { narrow, place } from '../router.ts';
import type { PageName } from '../routes.ts';
import { t } from '../words.ts';
import './dialog.ts';
import type { GosipDialog } from './dialog.ts';
import { GosipElement } from './element.ts';
import { choice, field } from './field.ts';
import { fields } from './form.ts';
import { look } from './look.ts';

export type Choices = readonly { readonly value: string; readonly text: string }[];

/** A dialog of what the list of a page is narrowed down to; each change is in the address, and seen at once behind it. */
export abstract class FilterDialog<Name extends string> extends GosipElement {
  @query('gosip-dialog') private dialog!: GosipDialog;

  static override styles = [look, fields];

  protected abstract readonly page: PageName;
  /** As the address has them. */
  protected abstract get filters(): Filters<Name>;
  /** Those with one changed. */
  protected abstract changed(name: Name, value: string): Query;
  protected abstract renderFilters(): TemplateResult;

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(place.follow(() => this.requestUpdate()));
  }

  override render() {
    return html`<gosip-dialog heading=${t('calls.filter.more')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <div class="fields">${this.renderFilters()}</div>
      <md-text-button slot="actions" @click=${() => narrow(this.page, {})}>${t('calls.filter.clear')}</md-text-button>
      <md-filled-button slot="actions" @click=${() => this.dialog.close()}>${t('action.done')}</md-filled-button>
    </gosip-dialog>`;
  }

  private set = (name: Name) => (value: string) => narrow(this.page, this.changed(name, value));

  protected renderChoice(name: Name, label: string, choices: Choices): TemplateResult {
    return choice({
      label,
      name,
      value: this.filters[name] ?? '',
      changed: this.set(name),
      choices: [{ value: '', text: t('calls.filter.any') }, ...choices],
    });
  }

  protected renderField(name: Name, label: string, type: 'tel' | 'date'): TemplateResult {
    const { from, to } = this.filters as Filters<'from' | 'to'>;
    const bounds = name === 'from' && to !== undefined ? { max: to } : name === 'to' && from !== undefined ? { min: from } : {};
    return field({ label, name, type, maxLength: 32, value: this.filters[name] ?? '', changed: this.set(name), ...bounds });
  }
}
