import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { PhoneLogin } from '../data.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/new-phone.ts';
import '../parts/phone-login.ts';
import { t } from '../words.ts';

/** Adds a phone, and then shows what is typed into it. */
@customElement('gosip-add-phone-dialog')
export class GosipAddPhoneDialog extends GosipElement {
  @state() private login: PhoneLogin | undefined;
  @query('gosip-dialog') private dialog!: GosipDialog;

  override render() {
    return this.login === undefined ? this.renderForm() : this.renderLogin(this.login);
  }

  private renderForm() {
    return html`<gosip-dialog firm heading=${t('addPhone.title')} @closed=${this.closed}>
      <gosip-new-phone @made=${(event: CustomEvent<PhoneLogin>) => (this.login = event.detail)}>
        <md-text-button slot="actions" type="button" @click=${() => this.dialog.close()}>${t('action.close')}</md-text-button>
      </gosip-new-phone>
    </gosip-dialog>`;
  }

  private renderLogin(login: PhoneLogin) {
    return html`<gosip-dialog firm heading=${t('addPhone.done', { name: login.name })} @closed=${this.closed}>
      <gosip-phone-login .login=${login}></gosip-phone-login>
      <md-filled-button slot="actions" @click=${() => this.dialog.close()}>${t('action.done')}</md-filled-button>
    </gosip-dialog>`;
  }

  private closed(): void {
    this.dispatchEvent(new Event('closed'));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-add-phone-dialog': GosipAddPhoneDialog;
  }
}
