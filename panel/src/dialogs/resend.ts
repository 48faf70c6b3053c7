import '@material/web/button/filled-button.js';
import '@material/web/button/text-button.js';
import { html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { notificationChannels } from '#contract/notification-kinds.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';
import { resendDeliveries } from '#contract/notifications.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { numberFormat } from '../intl.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { choice } from '../parts/field.ts';
import { fields, FormElement, problemLine } from '../parts/form.ts';
import { look } from '../parts/look.ts';
import { say } from '../parts/snackbar.ts';
import { locale, t, tn } from '../words.ts';

const hourMs = 3_600_000;
const everySince = [1, 6, 24, 72, 168] as const;

/** After an outage: sends again what did not arrive since then. */
@customElement('gosip-resend-dialog')
export class GosipResendDialog extends FormElement {
  @state() private hours = '24';
  @state() private channel: ChannelId | '' = '';
  @query('gosip-dialog') private dialog!: GosipDialog;

  static override styles = [look, fields];

  override render() {
    return html`<gosip-dialog heading=${t('delivery.again')} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      <p class="quiet">${t('delivery.again.text')}</p>
      <form class="fields" @submit=${this.submit}>
        ${problemLine(this.wrongElsewhere('since', 'channel'))}
        ${choice({
          label: t('delivery.again.since'),
          name: 'since',
          wrong: this.wrong('since'),
          value: this.hours,
          changed: (hours) => (this.hours = hours),
          choices: everySince.map((hours) => ({ value: String(hours), text: span(hours) })),
        })}
        ${choice({
          label: t('delivery.filter.channel'),
          name: 'channel',
          wrong: this.wrong('channel'),
          value: this.channel,
          changed: (channel) => (this.channel = channel as ChannelId | ''),
          choices: [
            { value: '', text: t('delivery.again.any') },
            ...notificationChannels.map((value) => ({ value, text: t(`channel.${value}`) })),
          ],
        })}
      </form>
      <md-text-button slot="actions" @click=${() => this.dialog.close()}>${t('action.cancel')}</md-text-button>
      <md-filled-button slot="actions" ?disabled=${this.isBusy} @click=${this.submit}>${t('delivery.resend')}</md-filled-button>
    </gosip-dialog>`;
  }

  protected override async send(): Promise<void> {
    const since = new Date(clock.now() - Number(this.hours) * hourMs).toISOString();
    const body = { since, ...(this.channel === '' ? {} : { channel: this.channel }) };
    const { resent, left } = await call(resendDeliveries, { body });
    const done = resent === 0 ? t('delivery.again.none') : tn('delivery.again.done', resent);
    say({ text: left === 0 ? done : `${done}. ${tn('delivery.again.left', left)}` });
    if (left === 0) this.dialog.close();
  }
}

/** The day in hours, more in days. */
function span(hours: number): string {
  const [count, unit] = hours <= 24 ? [hours, 'hour'] : [hours / 24, 'day'];
  return numberFormat(locale.value.tag, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-resend-dialog': GosipResendDialog;
  }
}
