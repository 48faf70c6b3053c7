import { mdiAccountCircleOutline } from '@mdi/js';
import { html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { NavigationEntry } from '../navigation.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import { place } from '../router.ts';
import { pathOf, titles } from '../routes.ts';
import type { TitledPage } from '../routes.ts';
import { t } from '../words.ts';

/** The pages that have no place at the foot of a narrow screen. */
@customElement('gosip-more-dialog')
export class GosipMoreDialog extends GosipElement {
  @property({ attribute: false }) entries: readonly NavigationEntry[] = [];
  @query('gosip-dialog') private dialog!: GosipDialog;

  static override styles = [look, rows];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(place.follow(() => this.dialog.close()));
  }

  override render() {
    return html`<gosip-dialog heading=${t('nav.more')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <ul class="rows">
        ${this.entries.map(({ page, icon }) => this.renderLink(page, icon))}
        ${this.renderLink('my-settings', mdiAccountCircleOutline)}
      </ul>
    </gosip-dialog>`;
  }

  private renderLink(page: TitledPage, icon: string) {
    return html`<li>
      <a class="row" href=${pathOf(page)} aria-current=${place.value.page === page ? 'page' : 'false'}>
        <gosip-icon class="quiet" .path=${icon}></gosip-icon><span class="text main">${t(titles[page])}</span>
      </a>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-more-dialog': GosipMoreDialog;
  }
}
