import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { changeOwnPassword } from '#contract/auth.ts';
import { call } from '../api.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { field } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { me } from '../session.ts';
import { t } from '../words.ts';

/** Changes the password of whoever is signed in. */
@customElement('gosip-password-dialog')
export class GosipPasswordDialog extends FormElement {
  @state() private currentPassword = '';
  @state() private newPassword = '';
  @query('gosip-dialog') private dialog!: GosipDialog;

  static override styles = [look, fields];

  override render() {
    return html`<gosip-dialog firm heading=${t('password.title')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
        ${this.renderProblem()}
        <input type="text" name="username" autocomplete="username" .value=${me()?.person?.username ?? ''} hidden />
        ${this.renderField('currentPassword')} ${this.renderField('newPassword')}
      </form>
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.cancel')}</md-text-button>
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}>${t('password.title')}</md-filled-button>
    </gosip-dialog>`;
  }

  private renderField(name: 'currentPassword' | 'newPassword') {
    const isNew = name === 'newPassword';
    return field({
      label: t(isNew ? 'password.new' : 'password.current'),
      name,
      type: 'password',
      autocomplete: isNew ? 'new-password' : 'current-password',
      hint: isNew ? t('password.hint') : '',
      hasFocus: !isNew,
      wrong: this.wrong(name),
      value: this[name],
      changed: (value) => (this[name] = value),
    });
  }

  private renderProblem() {
    const text = this.wrongElsewhere('currentPassword', 'newPassword');
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    const { currentPassword, newPassword } = this;
    await call(changeOwnPassword, { body: { currentPassword, newPassword } });
    say({ text: t('password.changed') });
    this.dialog.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-password-dialog': GosipPasswordDialog;
  }
}
