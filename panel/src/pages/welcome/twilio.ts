import '@material/web/button/text-button.js';
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { GosipElement } from '../../parts/element.ts';
import { look } from '../../parts/look.ts';
import { me } from '../../session.ts';
import { toStep } from '../../welcome-place.ts';
import { t } from '../../words.ts';
import '../twilio/connect.ts';
import { stepStyles } from './styles.ts';

/** The account at Twilio, and the first number. */
@customElement('gosip-welcome-twilio')
export class GosipWelcomeTwilio extends GosipElement {
  static override styles = [look, stepStyles];

  override render() {
    return html`<gosip-twilio-connect simple .personId=${me()?.person?.id ?? ''} @connected=${() => toStep('phone')}>
      <md-text-button slot="actions" type="button" @click=${() => toStep('network')}>${t('welcome.back')}</md-text-button>
    </gosip-twilio-connect>`;
  }
}
