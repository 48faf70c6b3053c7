import '@material/web/button/outlined-button.js';
import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { renewDestinationSecret } from '#contract/external.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { formatWhen } from '../format.ts';
import { numberFormat } from '../intl.ts';
import '../parts/copy.ts';
import { choice } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import type { Destination } from '../webhook-words.ts';
import { locale, t } from '../words.ts';

const hoursKept = [0, 1, 24, 168] as const;

/** Makes a new secret for a destination, and shows it this once; the old one holds for as long as it takes to enter the new one. */
@customElement('gosip-webhook-secret')
export class GosipWebhookSecret extends FormElement {
  @property({ attribute: false }) destination: Destination | undefined;
  @state() private hours = '24';
  @state() private secret: string | undefined;

  static override styles = [look, fields];

  override render() {
    const until = this.destination?.oldSecretUntil ?? null;
    const when = until === null ? '' : formatWhen(Date.parse(until), clock.now(), locale.value);
    return html`<form class="fields" @submit=${this.submit}>
      ${problemLine(this.wrongElsewhere('keepsOldFor'))}
      ${
        this.secret === undefined
          ? nothing
          : html`<p role="status">${t('hook.secret.once')}</p>
              <gosip-copy label=${t('hook.secret')} .value=${this.secret}></gosip-copy>`
      }
      ${when === '' ? nothing : html`<p class="quiet">${t('hook.secret.oldUntil', { when })}</p>`}
      ${choice({
        label: t('hook.secret.keep'),
        name: 'keepsOldFor',
        wrong: this.wrong('keepsOldFor'),
        value: this.hours,
        changed: (hours) => (this.hours = hours),
        choices: hoursKept.map((hours) => ({ value: String(hours), text: span(hours) })),
      })}
      <div>
        <md-outlined-button type="button" ?disabled=${this.isBusy} @click=${this.submit}
          >${t('hook.secret.renew')}</md-outlined-button
        >
      </div>
    </form>`;
  }

  protected override async send(): Promise<void> {
    const { id = '' } = this.destination ?? {};
    const body = { keepsOldFor: Number(this.hours) };
    this.secret = (await call(renewDestinationSecret, { params: { id }, body })).secret;
  }
}

function span(hours: number): string {
  if (hours === 0) return t('hook.secret.now');
  const [count, unit] = hours < 24 ? [hours, 'hour'] : hours < 168 ? [hours / 24, 'day'] : [hours / 168, 'week'];
  return numberFormat(locale.value.tag, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-webhook-secret': GosipWebhookSecret;
  }
}
