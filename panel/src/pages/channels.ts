import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import '../parts/page.ts';
import { t } from '../words.ts';

/** The ways by which the house reaches people, and whether they work. */
@customElement('gosip-channels')
export class GosipChannels extends GosipElement {
  @property() openId: string | undefined;

  static override styles = [look];

  override render() {
    return html`<gosip-page heading=${t('page.channels')}></gosip-page>`;
  }
}
