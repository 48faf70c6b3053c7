import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { getDevice, resetDeviceSecret } from '#contract/devices.ts';
import { startTestCall } from '#contract/test-calls.ts';
import { call } from '../../api.ts';
import { phoneFacts } from '../../data.ts';
import type { Phone, PhoneLogin } from '../../data.ts';
import { failedNotice, notRead } from '../../parts/card.ts';
import { fields, FormElement, problemLine } from '../../parts/form.ts';
import { look } from '../../parts/look.ts';
import '../../parts/phone-login.ts';
import { Shown } from '../../shown.ts';
import { keepLogin, loginOf, toStep } from '../../welcome-place.ts';
import { t } from '../../words.ts';
import { stepStyles } from './styles.ts';

/** What is typed into the phone; once it is there it can be rung. */
@customElement('gosip-welcome-connect')
export class GosipWelcomeConnect extends FormElement {
  @property() phoneId = '';
  @state() private isThere = false;
  private readonly phone = new Shown(this, () => call(getDevice, { params: this.params }), phoneFacts);

  static override styles = [look, fields, stepStyles];

  private get params() {
    return { id: this.phoneId as Phone['id'] };
  }

  override render() {
    const { value, problem } = this.phone;
    if (problem?.code === 'NOT_FOUND') {
      return html`${failedNotice(t('phone.gone'))}
        <div class="acts"><md-filled-button @click=${() => toStep('phone')}>${t('phones.add')}</md-filled-button></div>`;
    }
    if (value === undefined) return notRead(problem);
    const text = this.wrongElsewhere();
    return html`${problemLine(text)} ${this.renderPhone(value, this.isThere || value.isRegistered)}`;
  }

  private renderPhone({ name }: Phone, isThere: boolean) {
    const login = loginOf(this.phoneId);
    const isLost = login === undefined && !isThere;
    return html`${
        login === undefined
          ? html`<p>${isThere ? t('login.there', { name }) : t('welcome.lost')}</p>`
          : html`<gosip-phone-login
              .login=${login}
              @there=${() => (this.isThere = true)}
              @renewed=${({ detail }: CustomEvent<PhoneLogin>) => keepLogin(detail)}
            ></gosip-phone-login>`
      }
      <div class="acts">
        <md-text-button @click=${() => toStep('done')}>${t('welcome.connectLater')}</md-text-button>
        ${isLost ? html`<md-filled-button ?disabled=${this.isBusy} @click=${this.renew}>${t('phone.newPassword')}</md-filled-button>` : nothing}
        ${isThere ? html`<md-filled-button ?disabled=${this.isBusy} @click=${this.submit}>${t('welcome.ringNow')}</md-filled-button>` : nothing}
      </div>`;
  }

  /** Rings at once: the next step shows how it goes. */
  protected override async send(): Promise<void> {
    await call(startTestCall, { params: this.params });
    keepLogin(undefined);
    toStep('ring', this.phoneId);
  }

  /** The password was shown once, and this is another visit. */
  private renew = (): Promise<void> =>
    this.attempt(async () => {
      keepLogin(await call(resetDeviceSecret, { params: this.params }));
      await this.phone.reload();
    });
}
