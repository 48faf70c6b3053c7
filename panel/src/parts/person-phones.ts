import { mdiDeskphone } from '@mdi/js';
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { allPhones, phoneFacts } from '../data.ts';
import type { Phone } from '../data.ts';
import { openPhone } from '../dialogs/open.ts';
import { kindOf } from '../phone-kinds.ts';
import { pathOf } from '../routes.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { card, nothingThere, whenRead } from './card.ts';
import { GosipElement } from './element.ts';
import { flush } from './flush.ts';
import './icon.ts';
import { look, rows } from './look.ts';
import { renderPhoneState } from './phone-state.ts';

/** The phones of a person, and whether each can ring. `flush`: of somebody else, in a dialog, above which a phone is opened. */
@customElement('gosip-person-phones')
export class GosipPersonPhones extends GosipElement {
  @property() personId = '';
  @property({ type: Boolean }) flush = false;
  private readonly seen = new Shown(this, allPhones, phoneFacts);

  static override styles = [look, rows, flush];

  override render() {
    return card(
      t(this.flush ? 'page.phones' : 'mine.phones'),
      whenRead(this.seen, (all) => this.renderList(all.filter(({ personId }) => personId === this.personId))),
    );
  }

  private renderList(phones: readonly Phone[]) {
    if (phones.length === 0) {
      return this.flush
        ? nothingThere(t('person.phones.none'))
        : html`<gosip-notice .path=${mdiDeskphone} heading=${t('phones.none')} text=${t('phones.none.text')}></gosip-notice>`;
    }
    return html`<ul class="rows">
      ${phones.map((one) => this.renderPhone(one))}
    </ul>`;
  }

  private renderPhone({ id, name, extension, type, state }: Phone) {
    return html`<li>
      <a class="row" href=${pathOf('phones', id)} @click=${(event: Event) => this.open(event, id)}>
        <gosip-icon .path=${kindOf(type).icon}></gosip-icon>
        <span class="text"
          ><span class="main cut">${name}</span><span class="more cut">${t('phone.extension', { extension })}</span></span
        >
        <span class="end">${renderPhoneState({ state })}</span>
      </a>
    </li>`;
  }

  private open(event: Event, id: string): void {
    if (!this.flush) return;
    event.preventDefault();
    void openPhone(id);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-person-phones': GosipPersonPhones;
  }
}
