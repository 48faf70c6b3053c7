import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { mdiPhone } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import { field } from '../parts/field.ts';
import '../parts/icon.ts';
import { look } from '../parts/look.ts';
import { session, setUp } from '../session.ts';
import type { StringKey } from '../strings/en.ts';
import { t } from '../words.ts';
import { brand } from './brand.ts';

type Field = 'token' | 'name' | 'username' | 'password';

const rows: readonly {
  readonly field: Field;
  readonly label: StringKey;
  readonly hint: StringKey;
  readonly autocomplete: string;
}[] = [
  { field: 'token', label: 'field.setupToken', hint: 'setUp.tokenHint', autocomplete: 'off' },
  { field: 'name', label: 'field.yourName', hint: 'setUp.nameHint', autocomplete: 'name' },
  { field: 'username', label: 'field.username', hint: 'setUp.usernameHint', autocomplete: 'username' },
  { field: 'password', label: 'field.password', hint: 'setUp.passwordHint', autocomplete: 'new-password' },
];

/** The first start on its own port: makes the first administrator. */
@customElement('gosip-set-up')
export class GosipSetUp extends FormElement {
  @state() private values: Record<Field, string> = { token: '', name: '', username: '', password: '' };

  static override styles = [look, fields, brand];

  override render() {
    return html`<form class="panel" @submit=${this.submit} @keydown=${this.submitOnEnter} aria-labelledby="heading">
      <div class="mark"><gosip-icon .path=${mdiPhone}></gosip-icon></div>
      <h1 id="heading">${t('setUp.title')}</h1>
      <p class="quiet">${t('setUp.text')}</p>
      <div class="fields">
        ${rows.map((row) =>
          field({
            label: t(row.label),
            name: row.field,
            type: row.field === 'password' ? 'password' : 'text',
            autocomplete: row.autocomplete,
            capitals: row.field === 'name' ? 'words' : 'none',
            hint: t(row.hint),
            wrong: this.wrong(row.field),
            value: this.values[row.field],
            changed: (value) => (this.values = { ...this.values, [row.field]: value }),
          }),
        )}
        ${this.problem === undefined ? nothing : this.renderProblem()}
        <md-filled-button ?disabled=${this.isBusy}>${t('setUp.action')}</md-filled-button>
        <md-text-button type="button" @click=${toSignIn}>${t('signIn.action')}</md-text-button>
      </div>
    </form>`;
  }

  private renderProblem() {
    const isToken = this.problem?.code === 'AUTHENTICATION_ERROR' || this.problem?.code === 'AUTHORIZATION_ERROR';
    const text = isToken ? t('setUp.wrongToken') : this.wrongElsewhere('token', 'name', 'username', 'password');
    return problemLine(text);
  }

  protected override send(): Promise<void> {
    const { token, ...person } = this.values;
    return setUp({ ...person, token: token.trim() });
  }
}

/** For whoever was given a password in Home Assistant, before any administrator has one. */
function toSignIn(): void {
  session.value = { kind: 'sign-in' };
}
