import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { allPhones, phoneFacts } from '../data.ts';
import { failedNotice, whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import '../parts/page.ts';
import { go, place } from '../router.ts';
import { isAdmin } from '../session.ts';
import { Shown } from '../shown.ts';
import { leaveWelcome, resume, welcomeSteps } from '../welcome-place.ts';
import type { WelcomeStep } from '../welcome-place.ts';
import { t } from '../words.ts';
import './welcome/connect.ts';
import './welcome/done.ts';
import './welcome/network.ts';
import './welcome/phone.ts';
import './welcome/ring.ts';
import { welcomeStyles } from './welcome/styles.ts';
import './welcome/twilio.ts';

/** What the steps are counted by: those in brackets belong to the one before. */
const counted = { network: 1, twilio: 1, phone: 2, connect: 3, ring: 4, done: 4 } as const satisfies Record<WelcomeStep, number>;
const allCounted = 4;

/** Sets a house up, from nothing to a phone that rings. Can be left at any time, and goes on where it was left. */
@customElement('gosip-welcome')
export class GosipWelcome extends GosipElement {
  @property() openId: string | undefined;
  private readonly phones = new Shown(this, allPhones, phoneFacts);

  static override styles = [look, welcomeStyles];

  private get step(): WelcomeStep | undefined {
    return welcomeSteps.find((one) => one === this.openId);
  }

  override updated(changed: PropertyValues): void {
    const { value } = this.phones;
    if (this.step === undefined && value !== undefined && isAdmin()) resume(value);
    if (changed.has('openId') && changed.get('openId') !== undefined) this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  override render() {
    return html`<gosip-page heading=${t('page.welcome')}>
      ${isAdmin() && this.openId !== 'done' ? html`<md-text-button slot="actions" @click=${leave}>${t('welcome.leave')}</md-text-button>` : nothing}
      ${isAdmin() ? this.renderStep() : html`<div class="card">${failedNotice(t('problem.forbidden'))}</div>`}
    </gosip-page>`;
  }

  private renderStep() {
    const { step } = this;
    if (step === undefined) return whenRead(this.phones, () => nothing);
    const at = counted[step];
    return html`<div class="narrow">
      ${step === 'done' ? nothing : html`<p class="quiet" aria-live="polite">${t('welcome.step', { at, all: allCounted })}</p>`}
      <div class="bar" role="presentation">
        ${Array.from({ length: allCounted }, (_, index) => html`<i class=${index < at ? 'on' : ''}></i>`)}
      </div>
      <section class="card step" aria-labelledby="heading">
        <h2 id="heading" tabindex="-1">${t(`welcome.${step}.title`)}</h2>
        ${this.renderContent(step)}
      </section>
    </div>`;
  }

  private renderContent(step: WelcomeStep) {
    const phoneId = place.value.query['phone'] ?? '';
    switch (step) {
      case 'network':
        return html`<gosip-welcome-network></gosip-welcome-network>`;
      case 'twilio':
        return html`<gosip-welcome-twilio></gosip-welcome-twilio>`;
      case 'phone':
        return html`<gosip-welcome-phone></gosip-welcome-phone>`;
      case 'connect':
        return html`<gosip-welcome-connect .phoneId=${phoneId}></gosip-welcome-connect>`;
      case 'ring':
        return html`<gosip-welcome-ring .phoneId=${phoneId}></gosip-welcome-ring>`;
      case 'done':
        return html`<gosip-welcome-done></gosip-welcome-done>`;
    }
  }
}

function leave(): void {
  leaveWelcome();
  go('dashboard');
}
