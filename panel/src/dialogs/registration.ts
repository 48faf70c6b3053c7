import { html, nothing } from 'lit';
import type { listDeviceRegistrations } from '#contract/devices.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { clock } from '../clock.ts';
import { formatWhen } from '../format.ts';
import { locale, t } from '../words.ts';

type Registration = EndpointReply<typeof listDeviceRegistrations>['items'][number];

/** Where a phone is now, and which program it says it is. */
export function renderRegistration({ address, transport, userAgent, registeredAt }: Registration) {
  const since = formatWhen(Date.parse(registeredAt), clock.now(), locale.value);
  return html`<gosip-status plain tone="good" text=${t('phone.online.since', { since })}></gosip-status>
    <p class="quiet where">${t('phone.at', { address, transport: transport.toUpperCase() })}</p>
    ${userAgent === null ? nothing : html`<p class="quiet where">${userAgent}</p>`}`;
}
