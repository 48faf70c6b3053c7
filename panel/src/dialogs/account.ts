import '@material/web/button/text-button.js';
import '@material/web/button/outlined-button.js';
import { css, html, nothing } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import { me, signOut } from '../session.ts';
import { t } from '../words.ts';

/** Who is signed in, and the way out. */
@customElement('gosip-account-dialog')
export class GosipAccountDialog extends GosipElement {
  @query('gosip-dialog') private dialog!: GosipDialog;

  static override styles = [
    look,
    css`
      p + p {
        margin-top: 8px;
      }
    `,
  ];

  override render() {
    const who = me();
    const name = who?.person?.name ?? t('account.nobody');
    return html`<gosip-dialog heading=${t('account.title')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <p>${t('account.signedIn', { name })}</p>
      <p class="quiet">${who?.role === 'admin' ? t('role.admin.text') : t('role.user.text')}</p>
      ${who?.kind === 'ingress' ? html`<p class="quiet">${t('account.ingress')}</p>` : nothing}
      ${who?.kind === 'session' ? html`<md-outlined-button slot="actions" @click=${() => void signOut()}>${t('account.signOut')}</md-outlined-button>` : nothing}
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.close')}</md-text-button>
    </gosip-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-account-dialog': GosipAccountDialog;
  }
}
