import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { listOwnNumbers } from '#contract/numbers.ts';
import { call } from '../../api.ts';
import { beside } from '../../beside.ts';
import { card } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { look, rows } from '../../parts/look.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

/** By which numbers from outside somebody is reached; nothing where they have none. */
@customElement('gosip-my-numbers')
export class GosipMyNumbers extends GosipElement {
  private readonly seen = new Shown(this, () => call(listOwnNumbers), []);

  static override styles = [look, rows];

  override render() {
    const items = this.seen.value?.items ?? [];
    if (items.length === 0) return nothing;
    return card(
      t('mine.numbers'),
      html`<ul class="rows">
        ${items.map(
          ({ number, name, voiceEnabled }) =>
            html`<li class="row">
              <span class="text"
                ><span class="main number">${number}</span
                ><span class="more">${beside(name, voiceEnabled ? '' : t('mine.number.off'))}</span></span
              >
            </li>`,
        )}
      </ul>`,
    );
  }
}
