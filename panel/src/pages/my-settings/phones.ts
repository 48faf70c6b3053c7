import { mdiDeskphone } from '@mdi/js';
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { allPhones, phoneFacts } from '../../data.ts';
import type { Phone } from '../../data.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look, rows } from '../../parts/look.ts';
import { renderPhoneState } from '../../parts/phone-state.ts';
import { kindOf } from '../../phone-kinds.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

/** The phones of a person, and whether each can ring. */
@customElement('gosip-my-phones')
export class GosipMyPhones extends GosipElement {
  @property() personId = '';
  private readonly seen = new Shown(this, allPhones, phoneFacts);

  static override styles = [look, rows];

  override render() {
    return card(
      t('mine.phones'),
      whenRead(this.seen, (all) => this.renderList(all.filter(({ personId }) => personId === this.personId))),
    );
  }

  private renderList(phones: readonly Phone[]) {
    if (phones.length === 0) {
      return html`<gosip-notice .path=${mdiDeskphone} heading=${t('phones.none')} text=${t('phones.none.text')}></gosip-notice>`;
    }
    return html`<ul class="rows">
      ${phones.map((one) => this.renderPhone(one))}
    </ul>`;
  }

  private renderPhone({ id, name, extension, type, state }: Phone) {
    return html`<li>
      <a class="row" href=${pathOf('phones', id)}>
        <gosip-icon .path=${kindOf(type).icon}></gosip-icon>
        <span class="text"
          ><span class="main cut">${name}</span><span class="more cut">${t('phone.extension', { extension })}</span></span
        >
        <span class="end">${renderPhoneState({ state })}</span>
      </a>
    </li>`;
  }
}
