import { mdiAlertOutline } from '@mdi/js';
import '@material/web/button/outlined-button.js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { clock } from '../clock.ts';
import type { Phone } from '../data.ts';
import { faultHelp, faultText, isPasswordFault } from '../fault-words.ts';
import type { Fault } from '../fault-words.ts';
import { formatWhen } from '../format.ts';
import { locale, t, tn } from '../words.ts';
import { GosipElement } from './element.ts';
import './icon.ts';
import { look } from './look.ts';

/** What a phone last did wrong, and what helps. */
@customElement('gosip-fault')
export class GosipFault extends GosipElement {
  @property({ attribute: false }) fault!: Fault;
  @property({ attribute: false }) phone!: Pick<Phone, 'username'>;
  /** Of the phone, where it stands among others. */
  @property() name = '';
  /** Offers a new password where the one in the phone is wrong: `new-password` is dispatched. */
  @property({ type: Boolean, attribute: 'can-renew' }) canRenew = false;

  static override styles = [
    look,
    css`
      :host {
        display: flex;
        gap: 12px;
        padding: 12px 16px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--warning) 12%, var(--card));
        overflow-wrap: anywhere;
      }
      gosip-icon {
        flex: none;
        color: var(--warning);
      }
      md-outlined-button {
        margin-top: 8px;
      }
      strong {
        display: block;
        font-weight: 500;
      }
    `,
  ];

  override render() {
    const { fault, phone } = this;
    const at = formatWhen(Date.parse(fault.at), clock.now(), locale.value);
    return html`<gosip-icon .path=${mdiAlertOutline}></gosip-icon>
      <div role="status">
        <strong>${this.name === '' ? '' : `${this.name}: `}${faultText(fault)}</strong>${faultHelp(fault, phone)}
        <p class="quiet">${tn('fault.seen', fault.times, { at, address: fault.address })}</p>
        ${fault.userAgent === null ? nothing : html`<p class="quiet">${fault.userAgent}</p>`}
        ${this.canRenew && isPasswordFault(fault) ? html`<md-outlined-button @click=${this.renew}>${t('phone.newPassword')}</md-outlined-button>` : nothing}
      </div>`;
  }

  private renew = (): void => {
    this.dispatchEvent(new Event('new-password'));
  };
}
