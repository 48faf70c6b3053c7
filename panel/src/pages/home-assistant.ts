import '@material/web/button/filled-tonal-button.js';
import { mdiAccountVoice, mdiDevices } from '@mdi/js';
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { EndpointReply } from '#contract/endpoint.ts';
import { getHomeAssistantLink } from '#contract/home-assistant.ts';
import { call } from '../api.ts';
import { openInHomeAssistant } from '../home-assistant.ts';
import { card, whenRead } from '../parts/card.ts';
import { renderDetails } from '../parts/details.ts';
import { GosipElement } from '../parts/element.ts';
import '../parts/icon.ts';
import { look, rows, stack } from '../parts/look.ts';
import '../parts/page.ts';
import '../parts/status.ts';
import type { Tone } from '../parts/status.ts';
import { isIngress } from '../place.ts';
import { Shown } from '../shown.ts';
import type { StringKey } from '../strings/en.ts';
import { t } from '../words.ts';
import './alerts/health.ts';
import './home-assistant/blueprints.ts';
import { homeAssistantStyles } from './home-assistant/styles.ts';

type Link = EndpointReply<typeof getHomeAssistantLink>;
type State = Link['mqtt']['state'] | Link['core']['state'];

const standings: Readonly<Record<State, { readonly tone: Tone; readonly word: StringKey; readonly said?: StringKey }>> = {
  connected: { tone: 'good', word: 'ha.ok' },
  connecting: { tone: 'quiet', word: 'ha.connecting' },
  refused: { tone: 'bad', word: 'ha.bad', said: 'ha.refused' },
  unreachable: { tone: 'bad', word: 'ha.bad', said: 'ha.unreachable' },
  away: { tone: 'bad', word: 'ha.bad', said: 'ha.away' },
  off: { tone: 'quiet', word: 'ha.off' },
  'no-broker': { tone: 'quiet', word: 'ha.off' },
  none: { tone: 'quiet', word: 'ha.off' },
};

const mqttPage = '/config/integrations/integration/mqtt';

/** It is nobody's fact: looked at again while somebody looks at the page. */
const everyMs = 5_000;

/** How the house is joined to Home Assistant, and what is there for it. */
@customElement('gosip-home-assistant')
export class GosipHomeAssistant extends GosipElement {
  private readonly link = new Shown(this, () => call(getHomeAssistantLink), []);

  static override styles = [look, rows, stack, homeAssistantStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(this.link.every(everyMs));
  }

  override render() {
    return html`<gosip-page heading=${t('page.homeAssistant')}>
      <div class="stack">
        ${card(
          t('ha.title'),
          whenRead(this.link, (link) => this.renderLink(link)),
        )}
        <gosip-blueprints></gosip-blueprints>
        <gosip-health></gosip-health>
      </div>
    </gosip-page>`;
  }

  private renderLink({ mqtt, core }: Link) {
    const isJoined = mqtt.state === 'connected';
    return html`<ul class="rows">
        ${this.renderState(mqtt, { name: t('ha.mqtt'), text: t('ha.mqtt.text'), off: t('ha.mqtt.off') })}
        ${this.renderState(core, { name: t('ha.core'), text: t('ha.core.text'), off: t('ha.core.off') })}
      </ul>
      ${isJoined ? this.renderThere() : nothing}`;
  }

  private renderState({ state, message }: Link['mqtt'] | Link['core'], words: Readonly<Record<'name' | 'text' | 'off', string>>) {
    const { tone, word, said } = standings[state];
    const isOff = word === 'ha.off';
    return html`<li class="row buttoned">
      <span class="text">
        <span class="main">${words.name}</span>
        <span class="more">${isOff ? words.off : words.text}</span>
        ${said === undefined ? nothing : html`<span class="more">${t(said)}</span>`}
        ${isOff || message === '' || state === 'connected' ? nothing : renderDetails(message)}
      </span>
      <span class="end" aria-live="polite"><gosip-status tone=${tone} text=${t(word)}></gosip-status></span>
    </li>`;
  }

  private renderThere() {
    return html`<ul class="there">
        <li><gosip-icon .path=${mdiDevices}></gosip-icon>${t('ha.get.devices')}</li>
        <li><gosip-icon .path=${mdiAccountVoice}></gosip-icon>${t('ha.get.automations')}</li>
      </ul>
      ${
        isIngress
          ? html`<p class="act">
              <md-filled-tonal-button @click=${() => openInHomeAssistant(mqttPage)}>${t('ha.get.open')}</md-filled-tonal-button>
            </p>`
          : nothing
      }`;
  }
}
