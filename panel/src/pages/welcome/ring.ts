import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { GosipElement } from '../../parts/element.ts';
import { look } from '../../parts/look.ts';
import '../../parts/test-call.ts';
import { toStep } from '../../welcome-place.ts';
import { t } from '../../words.ts';
import { stepStyles } from './styles.ts';

/** The phone rings, and whoever is there sees which part of the way works. */
@customElement('gosip-welcome-ring')
export class GosipWelcomeRing extends GosipElement {
  @property() phoneId = '';
  @state() private hasResult = false;

  static override styles = [look, stepStyles];

  override render() {
    return html`<p>${t('welcome.ring.text')}</p>
      <gosip-test-call main .phoneId=${this.phoneId} @tested=${() => (this.hasResult = true)}></gosip-test-call>
      <div class="acts">
        <md-text-button @click=${() => toStep('connect', this.phoneId)}>${t('welcome.back')}</md-text-button>
        ${
          this.hasResult
            ? html`<md-filled-button @click=${() => toStep('done')}>${t('welcome.goOn')}</md-filled-button>`
            : html`<md-text-button @click=${() => toStep('done')}>${t('welcome.goOn')}</md-text-button>`
        }
      </div>`;
  }
}
