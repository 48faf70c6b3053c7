import { mdiPhonePlusOutline } from '@mdi/js';
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { allPhones, phoneFacts } from '../../data.ts';
import type { Phone } from '../../data.ts';
import { openAddPhone } from '../../dialogs/open.ts';
import { loadLater } from '../../later.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import { renderPhoneState } from '../../parts/phone-state.ts';
import { awayFirst } from '../../phone-words.ts';
import { removedNow } from '../../removed.ts';
import { pathOf } from '../../routes.ts';
import { isAdmin } from '../../session.ts';
import { Shown } from '../../shown.ts';
import { offerWelcome } from '../../welcome-place.ts';
import { t, tn } from '../../words.ts';

const maxShown = 6;

/** How many phones can ring now, those that cannot first. */
@customElement('gosip-phones-online')
export class GosipPhonesOnline extends GosipElement {
  private readonly seen = new Shown(this, allPhones, phoneFacts);

  static override styles = [
    look,
    rows,
    css`
      .row {
        min-height: 48px;
        padding-block: 6px;
      }
      .all {
        display: block;
        padding: 12px 16px;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  override render() {
    return whenRead(this.seen, (all) => this.renderCard(all.filter(({ id }) => !removedNow.value.has(id))));
  }

  override updated(): void {
    if (this.seen.value?.length !== 0) return;
    offerWelcome();
    loadLater(() => import('@material/web/button/filled-tonal-button.js'));
  }

  private renderCard(phones: readonly Phone[]) {
    if (phones.length === 0) return card(t('page.phones'), this.renderEmpty());
    const online = phones.filter(({ state }) => state === 'online').length;
    const sum = tn('phones.online', online, { all: phones.length });
    const shown = awayFirst(phones).slice(0, maxShown);
    return card(
      t('page.phones'),
      html`<ul class="rows">
          ${shown.map(
            ({ id, name, extension, state }) =>
              html`<li>
                <a class="row" href=${pathOf('phones', id)}>
                  <span class="text cut">${name} <span class="quiet">${extension}</span></span>
                  <span class="end">${renderPhoneState({ state })}</span>
                </a>
              </li>`,
          )}
        </ul>
        ${phones.length > maxShown ? html`<a class="all" href=${pathOf('phones')}>${t('phones.all', { count: phones.length })}</a>` : ''}`,
      html`<span class="quiet" aria-live="polite">${sum}</span>`,
    );
  }

  private renderEmpty() {
    const heading = isAdmin() ? t('phones.empty') : t('phones.none');
    return html`<gosip-notice
      .path=${mdiPhonePlusOutline}
      heading=${heading}
      text=${isAdmin() ? t('phones.empty.text') : t('phones.none.text')}
    >
      ${isAdmin() ? html`<md-filled-tonal-button @click=${openAddPhone}>${t('phones.addFirst')}</md-filled-tonal-button>` : ''}
    </gosip-notice>`;
  }
}
