import '@material/web/button/filled-tonal-button.js';
import { mdiAccountVoice, mdiDevices } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { getHealth } from '#contract/system.ts';
import { call } from '../api.ts';
import { openInHomeAssistant } from '../home-assistant.ts';
import { card, whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/page.ts';
import '../parts/status.ts';
import type { Tone } from '../parts/status.ts';
import { isIngress } from '../place.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { homeAssistantStyles } from './home-assistant-styles.ts';

type Part = EndpointReply<typeof getHealth>['parts'][number];

/** How the house is joined to Home Assistant, and what is there for it. */
@customElement('gosip-home-assistant')
export class GosipHomeAssistant extends GosipElement {
  private readonly seen = new Shown(this, () => call(getHealth), []);

  static override styles = [look, rows, homeAssistantStyles];

  override render() {
    return html`<gosip-page heading=${t('page.homeAssistant')}>
      <div class="stack">
        ${card(
          t('ha.title'),
          whenRead(this.seen, ({ parts }) => this.renderConnection(parts)),
        )}
        ${this.renderThere()}
        ${card(
          t('ha.health.title'),
          whenRead(this.seen, ({ parts }) => this.renderHealth(parts)),
        )}
      </div>
    </gosip-page>`;
  }

  private renderConnection(parts: readonly Part[]) {
    const mqtt = parts.find(({ name }) => name === 'MQTT');
    return html`<ul class="rows">
      ${mqtt === undefined ? nothing : this.renderPart(mqtt, { name: t('ha.mqtt'), text: t('ha.mqtt.text'), whereOff: t('ha.mqtt.off') })}
    </ul>`;
  }

  private renderPart(part: Part, { name, text, whereOff }: Record<'name' | 'text' | 'whereOff', string>) {
    const [tone, word] = standing(part);
    return html`<li class="row">
      <span class="text">
        <span class="main">${name}</span>
        <span class="more">${tone === 'quiet' ? whereOff : text}</span>
        <span class="more said">${part.message}</span>
      </span>
      <span class="end"><gosip-status tone=${tone} text=${word}></gosip-status></span>
    </li>`;
  }

  private renderThere() {
    return card(
      t('ha.get.title'),
      html`<ul class="rows">
          <li class="row"><gosip-icon .path=${mdiDevices}></gosip-icon><span class="text">${t('ha.get.devices')}</span></li>
          <li class="row">
            <gosip-icon .path=${mdiAccountVoice}></gosip-icon><span class="text">${t('ha.get.automations')}</span>
          </li>
        </ul>
        ${
          isIngress
            ? html`<p class="act">
                <md-filled-tonal-button @click=${() => openInHomeAssistant('/config/integrations/integration/mqtt')}
                  >${t('ha.get.open')}</md-filled-tonal-button
                >
              </p>`
            : nothing
        }`,
    );
  }

  private renderHealth(parts: readonly Part[]) {
    const bad = parts.filter(({ status }) => status !== 'ok');
    if (bad.length === 0)
      return html`<p class="well"><gosip-status plain tone="good" text=${t('ha.health.ok')}></gosip-status></p>`;
    return html`<ul class="rows">
      ${bad.map(
        ({ name, status, message }) =>
          html`<li class="row">
            <span class="text"><span class="main">${name}</span><span class="more">${message}</span></span>
            <span class="end"
              ><gosip-status
                tone=${status === 'down' ? 'bad' : 'warning'}
                text=${status === 'down' ? t('ha.health.down') : t('ha.health.limited')}
              ></gosip-status
            ></span>
          </li>`,
      )}
    </ul>`;
  }
}

/** The probe says in words alone whether there is a connection or nothing to connect to. */
function standing({ status, message }: Part): readonly [Tone, string] {
  if (status !== 'ok') return ['bad', t('ha.bad')];
  return message.startsWith('Connected') ? ['good', t('ha.ok')] : ['quiet', t('ha.off')];
}
