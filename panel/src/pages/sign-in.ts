import '@material/web/button/filled-button.js';
import { mdiPhone } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { Problem } from '../problem.ts';
import { field } from '../parts/field.ts';
import '../parts/icon.ts';
import { fields, FormElement } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { signIn } from '../session.ts';
import { t } from '../words.ts';
import { brand } from './brand.ts';

/** Asks for name and password; over a page that is open where the session of it has ended. */
@customElement('gosip-sign-in')
export class GosipSignIn extends FormElement {
  /** There was a session, which is over. */
  @property({ type: Boolean }) again = false;
  @state() private username = '';
  @state() private password = '';

  static override styles = [look, fields, brand];

  override render() {
    return html`<form class="panel" @submit=${this.submit} @keydown=${this.submitOnEnter} aria-labelledby="heading">
      <div class="mark"><gosip-icon .path=${mdiPhone}></gosip-icon></div>
      <h1 id="heading">${this.again ? t('signIn.again') : t('signIn.title')}</h1>
      ${this.again ? html`<p class="quiet">${t('signIn.kept')}</p>` : nothing}
      <div class="fields">
        ${field({
          label: t('field.username'),
          name: 'username',
          autocomplete: 'username',
          value: this.username,
          changed: (username) => (this.username = username),
        })}
        ${field({
          label: t('field.password'),
          name: 'password',
          type: 'password',
          autocomplete: 'current-password',
          value: this.password,
          changed: (password) => (this.password = password),
        })}
        ${this.problem === undefined ? nothing : html`<p class="problem" role="alert" tabindex="-1">${this.wrongWords()}</p>`}
        <md-filled-button ?disabled=${this.isBusy}>${t('signIn.action')}</md-filled-button>
      </div>
      <p class="quiet foot">${t('signIn.forgotten')}</p>
    </form>`;
  }

  protected override async send(): Promise<void> {
    if (this.username.trim() === '' || this.password === '') throw new Problem('VALIDATION_ERROR', '');
    await signIn({ username: this.username, password: this.password });
  }

  private wrongWords(): string {
    const code = this.problem?.code;
    return code === 'AUTHENTICATION_ERROR' || code === 'VALIDATION_ERROR' ? t('signIn.wrong') : this.wrongElsewhere();
  }
}
