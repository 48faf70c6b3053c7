import '@material/web/progress/circular-progress.js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { getDevice, getSipServer, listUnknownPhones, resetDeviceSecret } from '#contract/devices.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { phoneFacts } from '../data.ts';
import type { PhoneLogin } from '../data.ts';
import { loginText, mainPlace, takesBrowsers } from '../phone-server.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import './copy.ts';
import './fault.ts';
import { fields, FormElement, problemLine } from './form.ts';
import './loading.ts';
import { look } from './look.ts';
import './qr.ts';
import './status.ts';

/** A phone that was set up a moment before this was opened tries again only later. */
const recentMs = 120_000;

/** What is typed into a phone, to copy or to scan, and whether the phone has found the house with it. `renewed`: its detail is the new login. */
@customElement('gosip-phone-login')
export class GosipPhoneLogin extends FormElement {
  @property({ attribute: false }) login!: PhoneLogin;
  private readonly server = new Shown(this, () => call(getSipServer), []);
  private readonly phone = new Shown(this, () => call(getDevice, { params: { id: this.login.id } }), phoneFacts);

  private readonly unknown = new Shown(this, () => call(listUnknownPhones), ['device.unknown', ...phoneFacts]);
  private readonly since = clock.now();

  static override styles = [
    look,
    fields,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      .both {
        display: flex;
        flex-wrap: wrap;
        gap: 16px;
        align-items: flex-start;
      }
      .values {
        flex: 1 1 260px;
        border: 1px solid var(--line);
        border-radius: 12px;
        overflow: hidden;
      }
      .values > * + * {
        border-top: 1px solid var(--line);
      }
      figure {
        flex: none;
        width: 180px;
      }
      figcaption {
        margin-top: 8px;
        color: var(--quiet);
        font-size: 12px;
        line-height: 16px;
      }
      .wait {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 56px;
        padding: 8px 16px;
        border-radius: 12px;
        background: var(--tint);
      }
      .wait md-circular-progress {
        --md-circular-progress-size: 28px;
      }
      .wait.done {
        background: color-mix(in srgb, var(--success) 12%, var(--card));
      }
      .tried {
        padding: 12px 16px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--warning) 12%, var(--card));
        overflow-wrap: anywhere;
      }
      @media (max-width: 599px) {
        figure {
          margin: 0 auto;
        }
      }
    `,
  ];

  override render() {
    const place = mainPlace(this.server.value, this.phone.value);
    if (this.server.value === undefined && this.server.problem === undefined) return html`<gosip-loading></gosip-loading>`;
    const { username, secret, name } = this.login;
    const isThere = this.phone.value?.isRegistered ?? false;
    return html`<p>${t('login.text')}</p>
      ${this.renderNoBrowser()}
      <div role="status" class="wait ${isThere ? 'done' : ''}">
        ${
          isThere
            ? html`<gosip-status plain tone="good" text=${t('login.there', { name })}></gosip-status>`
            : html`<md-circular-progress indeterminate aria-label=${t('state.loading')}></md-circular-progress
                ><span>${t('login.waiting')}</span>`
        }
      </div>
      ${problemLine(this.wrongElsewhere())} ${isThere ? nothing : this.renderWrong()}
      <div class="both">
        <div class="values">
          ${place === undefined ? nothing : html`<gosip-copy label=${t('login.server')} value=${place.server}></gosip-copy>`}
          <gosip-copy label=${t('login.username')} value=${username}></gosip-copy>
          <gosip-copy label=${t('login.authId')} value=${username}></gosip-copy>
          <gosip-copy label=${t('login.password')} value=${secret}></gosip-copy>
          ${place === undefined ? nothing : html`<gosip-copy label=${t('login.transport')} value=${place.transports}></gosip-copy>`}
        </div>
        ${isThere ? nothing : this.renderQr(loginText(this.login, place))}
      </div>
      <p class="quiet">${t('login.once')}</p>`;
  }

  private renderNoBrowser() {
    const server = this.server.value;
    if (this.login.type !== 'webrtc' || server === undefined || takesBrowsers(server)) return nothing;
    return html`<p class="tried">${t('login.noBrowser')}</p>`;
  }

  private renderQr(text: string) {
    return html`<figure>
      <gosip-qr text=${text} label=${t('login.qr', { name: this.login.name })}></gosip-qr>
      <figcaption>${t('login.qrText')}</figcaption>
    </figure>`;
  }

  /** The old one was seen by nobody else, and nothing has signed in by it. */
  protected override async send(): Promise<void> {
    const detail = await call(resetDeviceSecret, { params: { id: this.login.id } });
    this.login = detail;
    this.dispatchEvent(new CustomEvent('renewed', { detail }));
    await this.phone.reload();
  }

  /** What the phone does wrong meanwhile, or what may be this phone with a name that is mistyped. */
  private renderWrong() {
    const fault = this.phone.value?.fault ?? null;
    if (fault !== null)
      return html`<gosip-fault can-renew .fault=${fault} .phone=${this.login} @new-password=${this.submit}></gosip-fault>`;
    const tried = (this.unknown.value?.items ?? []).filter(({ at }) => Date.parse(at) >= this.since - recentMs);
    if (tried.length === 0) return nothing;
    return html`<div class="tried" role="status">
      <ul>
        ${tried.map(({ name, address }) => html`<li>${t('login.unknown', { name, address, username: this.login.username })}</li>`)}
      </ul>
    </div>`;
  }

  private wasThere = false;

  override updated(): void {
    const isThere = this.phone.value?.isRegistered ?? false;
    if (isThere && !this.wasThere) this.dispatchEvent(new Event('there'));
    this.wasThere = isThere;
  }
}
