import '@material/web/button/filled-button.js';
import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiCheck, mdiHistory, mdiPlus } from '@mdi/js';
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { clock } from '../clock.ts';
import { card } from '../parts/card.ts';
import '../parts/copy.ts';
import '../parts/greeting.ts';
import '../parts/endless-list.ts';
import { GosipElement } from '../parts/element.ts';
import { field } from '../parts/field.ts';
import { fields } from '../parts/form.ts';
import '../parts/icon-button.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/page.ts';
import '../parts/player.ts';
import '../parts/qr.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/status.ts';
import type { Tone } from '../parts/status.ts';
import '../parts/switch.ts';
import '../parts/targets.ts';
import '../parts/timer.ts';
import '../parts/week-grid.ts';
import { weekdays, weekdayStyles } from '../parts/weekdays.ts';
import '../parts/word-list.ts';
import { pagesOf } from '../row-source.ts';

const tones: readonly Tone[] = ['good', 'bad', 'warning', 'quiet', 'accent'];
const voice = Array.from({ length: 256 }, (_, index) => Math.round(120 * Math.abs(Math.sin(index / 9) * Math.sin(index / 3))));
const longName = 'Grandmother’s cordless telephone in the upstairs guest room';

const tenThousand = pagesOf(async ({ page, per_page: count }) => ({
  items: Array.from({ length: count }, (_, index) => (page - 1) * count + index + 1),
  total: 10_000,
}));
const none = pagesOf<number>(async () => ({ items: [], total: 0 }));

/** Every part in every state, for whoever works on the look; not in what is built. */
@customElement('gosip-design')
export class GosipDesign extends GosipElement {
  static override styles = [
    look,
    rows,
    fields,
    weekdayStyles,
    css`
      .stack {
        display: grid;
        gap: 16px;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 12px;
        padding: 0 16px 16px;
      }
      .fields,
      .players {
        padding: 0 16px 16px;
      }
      .players {
        display: grid;
        gap: 16px;
      }
    `,
  ];

  override render() {
    return html`<gosip-page heading="Design">
      <gosip-icon-button slot="actions" .path=${mdiPlus} label="Add"></gosip-icon-button>
      <div class="stack">
        ${card('Buttons', this.renderButtons())} ${card('States', this.renderStates())} ${card('Fields', this.renderFields())}
        ${card('Players', this.renderPlayers())}
        ${card('Greeting', html`<div class="fields"><gosip-greeting></gosip-greeting></div>`)}
        ${card('Rows', this.renderRows(), html`<span class="quiet">2 of 3</span>`)}
        ${card('Loading', html`<gosip-loading></gosip-loading>`)}
        ${card('Nothing yet', html`<gosip-notice .path=${mdiHistory} heading="No calls yet" text="As soon as a phone calls, it is here."></gosip-notice>`)}
        ${card('Failure', html`<gosip-notice problem .path=${mdiHistory} heading="This cannot be shown now" text=${longName}></gosip-notice>`)}
        ${card('Targets, words, weeks', this.renderTargets())}
        ${card(
          'To copy and scan',
          html`<gosip-copy label="Server" value="192.0.2.5"></gosip-copy>
            <div class="line"><gosip-qr text="192.0.2.5" label="QR"></gosip-qr></div>`,
        )}
        ${card('An endless list without a row', this.renderEndless(none))}
        ${card('An endless list', this.renderEndless(tenThousand))}
      </div>
    </gosip-page>`;
  }

  private renderButtons() {
    return html`<div class="line">
      <md-filled-button>Filled</md-filled-button><md-filled-button disabled>Disabled</md-filled-button>
      <md-filled-tonal-button>Tonal</md-filled-tonal-button><md-outlined-button>Outlined</md-outlined-button
      ><md-text-button>Text</md-text-button>
      <gosip-icon-button .path=${mdiCheck} label="Mark"></gosip-icon-button>
      <md-text-button @click=${() => say({ text: 'Phone was deleted', undo: () => {} })}>Snackbar</md-text-button>
    </div>`;
  }

  private renderStates() {
    return html`<div class="line">
      ${tones.map((tone) => html`<gosip-status tone=${tone} text=${tone}></gosip-status>`)}
      <span class="number"><gosip-timer .since=${clock.now()}></gosip-timer></span>
      <gosip-switch aria-label="On" selected></gosip-switch><gosip-switch aria-label="Off"></gosip-switch>
    </div>`;
  }

  private renderFields() {
    return html`<div class="fields">
      <p class="problem">The extension 11 is taken.</p>
      ${field({ label: 'Name', name: 'a', value: 'Kitchen', hint: 'Such as Kitchen', changed: () => {} })}
      ${field({ label: 'Extension', name: 'b', value: '0', wrong: 'Use 2 to 6 digits.', changed: () => {} })}
    </div>`;
  }

  private renderPlayers() {
    return html`<div class="players">
      <gosip-player label="Voicemail of Mum" .levels=${voice} seconds="67"></gosip-player>
      <gosip-player label="Without a waveform" seconds="3725"></gosip-player>
      <gosip-player label="Broken" audio="design" file="broken.wav" .isBroken=${true}></gosip-player>
    </div>`;
  }

  private renderEndless(source: typeof none) {
    return html`<gosip-endless-list
      label="Numbers"
      .source=${source}
      .row=${(one: number) =>
        html`<a class="row" href="design"
          ><span class="text"
            ><span class="main">Row ${one}</span>${one % 7 === 0 ? html`<span class="more">${longName}</span>` : ''}</span
          ></a
        >`}
    >
      <gosip-notice slot="empty" .path=${mdiHistory} heading="No rows yet"></gosip-notice>
    </gosip-endless-list>`;
  }

  private renderTargets() {
    const targets = [
      { kind: 'number', number: '+14165550123' },
      { kind: 'person', id: 'person_gone' },
    ] as const;
    return html`<div class="fields">
      <gosip-targets label="Who rings"></gosip-targets>
      <gosip-targets
        label="Who rings"
        .value=${targets}
        .wrong=${(part: string) => (part === '.1' ? 'Not there' : '')}
      ></gosip-targets>
      <gosip-word-list label="Groups" add="Add" none="No group yet"></gosip-word-list>
      <gosip-word-list label="Groups" add="Add" .value=${['Family', longName]}></gosip-word-list>
      ${weekdays({ label: 'Days', name: 'days', value: [1, 2], changed: () => {} })}
      <gosip-week-grid .value=${[{ days: [1, 2, 3, 4, 5], from: '22:00', to: '07:30' }]}></gosip-week-grid>
    </div>`;
  }

  private renderRows() {
    return html`<ul class="rows">
      ${['Kitchen', longName].map(
        (name) =>
          html`<li>
            <a class="row" href="design">
              <gosip-icon class="quiet" .path=${mdiHistory}></gosip-icon>
              <span class="text"><span class="main cut">${name}</span><span class="more cut">Extension 11 · ${name}</span></span>
              <span class="end"><gosip-status tone="good" text="Online"></gosip-status></span>
            </a>
          </li>`,
      )}
    </ul>`;
  }
}
