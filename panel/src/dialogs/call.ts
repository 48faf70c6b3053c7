import { mdiChevronRight } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { getCallRecord } from '#contract/calls.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from '../api.ts';
import { callTitle, calleeName, dispositionText, partyName, partyNumber, reasonText } from '../call-words.ts';
import type { CallRecord } from '../data.ts';
import { formatDuration, formatMoment } from '../format.ts';
import { whenRead } from '../parts/card.ts';
import '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';

type Whole = EndpointReply<typeof getCallRecord>;

/** One call: who, when, and why it went as it did. */
@customElement('gosip-call-dialog')
export class GosipCallDialog extends GosipElement {
  @property() callId = '';
  private readonly seen = new Shown(this, () => call(getCallRecord, { params: { id: this.callId as CallRecord['id'] } }), [
    'call.changed',
    'call.ended',
  ]);

  static override styles = [
    look,
    css`
      .result {
        padding: 12px 16px;
        border-radius: 12px;
        background: var(--bg);
        font-size: 15px;
      }
      .result strong {
        display: block;
        font-weight: 500;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 8px 24px;
        margin: 16px 0;
      }
      dt {
        color: var(--quiet);
      }
      dd {
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 16px 0 8px;
        font-size: 14px;
        font-weight: 500;
      }
      li {
        display: flex;
        gap: 8px;
        padding: 4px 0;
        overflow-wrap: anywhere;
      }
      li gosip-icon {
        width: 20px;
        height: 20px;
        color: var(--quiet);
      }
    `,
  ];

  override render() {
    const { value } = this.seen;
    const heading = value === undefined ? t('call.title') : callTitle(value);
    return html`<gosip-dialog heading=${heading} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${whenRead(this.seen, (value) => this.renderCall(value))}
    </gosip-dialog>`;
  }

  private renderCall(one: Whole) {
    const rows: readonly (readonly [string, string])[] = [
      [t('call.caller'), [partyName(one.caller), partyNumber(one.caller)].filter((text) => text !== '').join(' · ')],
      [t('call.called'), [calleeName(one), partyNumber(one.callee)].filter((text) => text !== '').join(' · ')],
      [t('call.our'), one.number ?? ''],
      [t('call.began'), formatMoment(Date.parse(one.startedAt), locale.value)],
      [t('call.talk'), one.answeredAt === null || one.endedAt === null ? '' : formatDuration(one.durationSeconds)],
    ];
    return html`<p class="result"><strong>${dispositionText(one)}</strong>${reasonText(one)}</p>
      <dl>
        ${rows
          .filter(([, text]) => text !== '')
          .map(
            ([name, text]) =>
              html`<dt>${name}</dt>
                <dd>${text}</dd>`,
          )}
      </dl>
      ${this.renderLegs(one)}
      ${
        one.reasons.length === 0
          ? nothing
          : html`<h3>${t('call.why')}</h3>
              <ol>
                ${one.reasons.map(({ text }) => html`<li><gosip-icon .path=${mdiChevronRight}></gosip-icon>${text}</li>`)}
              </ol>`
      }`;
  }

  private renderLegs({ legs }: Whole) {
    const called = legs.filter(({ role }) => role === 'callee');
    if (called.length === 0) return nothing;
    return html`<h3>${t('call.legs')}</h3>
      <ul>
        ${called.map(
          ({ name, trunk, outcome }) =>
            html`<li>
              <gosip-icon .path=${mdiChevronRight}></gosip-icon>
              <span
                >${name || (trunk ?? '')}<span class="quiet">
                  · ${outcome === null ? t('call.now') : t(`outcome.${outcome}`)}</span
                ></span
              >
            </li>`,
        )}
      </ul>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-call-dialog': GosipCallDialog;
  }
}
