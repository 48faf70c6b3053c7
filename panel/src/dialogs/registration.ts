import { html, nothing } from 'lit';
import type { listDeviceRegistrations } from '#contract/devices.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import '../parts/status.ts';
import { clock } from '../clock.ts';
import { formatWhen } from '../format.ts';
import { locale, t } from '../words.ts';

type Registration = EndpointReply<typeof listDeviceRegistrations>['items'][number];

/** Where a phone is now, and which program it says it is. `milliseconds`: how long it takes to answer; null where it does not. */
export function renderRegistration(
  { address, port, transport, userAgent, registeredAt }: Registration,
  milliseconds: number | null | undefined,
) {
  const since = formatWhen(Date.parse(registeredAt), clock.now(), locale.value);
  const isSilent = milliseconds === null;
  return html`<gosip-status
      plain
      tone=${isSilent ? 'warning' : 'good'}
      text=${isSilent ? t('phone.silent') : t('phone.online.since', { since })}
    ></gosip-status>
    <p class="quiet where">${t('phone.at', { address: `${address}:${port}`, transport: transport.toUpperCase() })}</p>
    ${isSilent ? html`<p class="quiet">${t('phone.silent.text')} ${t('phone.silent.help')}</p>` : nothing}
    ${typeof milliseconds === 'number' ? html`<p class="quiet">${t('phone.roundTrip', { milliseconds })}</p>` : nothing}
    ${userAgent === null ? nothing : html`<p class="quiet where">${userAgent}</p>`}`;
}
