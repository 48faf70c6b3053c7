import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { allPhones, phoneFacts } from '../../data.ts';
import type { PhoneLogin } from '../../data.ts';
import { GosipElement } from '../../parts/element.ts';
import { look } from '../../parts/look.ts';
import '../../parts/new-phone.ts';
import { Shown } from '../../shown.ts';
import { keepLogin, toStep } from '../../welcome-place.ts';
import { t } from '../../words.ts';
import { stepStyles } from './styles.ts';

/** The first phone: what it is called, what it is and whose. */
@customElement('gosip-welcome-phone')
export class GosipWelcomePhone extends GosipElement {
  private readonly phones = new Shown(this, allPhones, phoneFacts);

  static override styles = [look, stepStyles];

  override render() {
    const hasPhones = (this.phones.value?.length ?? 0) > 0;
    return html`<gosip-new-phone @made=${made}>
      <md-text-button slot="actions" type="button" @click=${() => toStep('network')}>${t('welcome.back')}</md-text-button>
      ${
        hasPhones
          ? html`<md-text-button slot="actions" type="button" @click=${() => toStep('done')}
              >${t('welcome.skip')}</md-text-button
            >`
          : nothing
      }
    </gosip-new-phone>`;
  }
}

function made({ detail }: CustomEvent<PhoneLogin>): void {
  keepLogin(detail);
  toStep('connect', detail.id);
}
