import { html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import { field } from '../parts/field.ts';
import { fields } from '../parts/form.ts';
import { look, rows } from '../parts/look.ts';
import { place } from '../router.ts';
import { pathOf, titles } from '../routes.ts';
import type { TitledPage } from '../routes.ts';
import { t } from '../words.ts';

/** One field for everything in the house. */
@customElement('gosip-search-dialog')
export class GosipSearchDialog extends GosipElement {
  @state() private text = '';
  @query('gosip-dialog') private dialog!: GosipDialog;

  static override styles = [look, rows, fields];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(place.follow(() => this.dialog.close()));
  }

  override render() {
    const pages = (Object.keys(titles) as TitledPage[]).filter((page) =>
      t(titles[page]).toLocaleLowerCase().includes(this.text.trim().toLocaleLowerCase()),
    );
    return html`<gosip-dialog heading=${t('nav.search')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <div class="fields">
        ${field({
          label: t('nav.search'),
          name: 'text',
          type: 'search',
          value: this.text,
          hasFocus: true,
          changed: (text) => (this.text = text),
        })}
      </div>
      <ul class="rows">
        ${pages.map((page) => html`<li><a class="row" href=${pathOf(page) || './'}>${t(titles[page])}</a></li>`)}
      </ul>
    </gosip-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-search-dialog': GosipSearchDialog;
  }
}
