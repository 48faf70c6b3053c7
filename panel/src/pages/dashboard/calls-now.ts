import { mdiPhoneHangup, mdiPhoneInTalk, mdiPhoneRing } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { hangUpCall } from '#contract/calls.ts';
import { call } from '../../api.ts';
import { calleeName, callTitle, partyName, partyNumber, phaseText } from '../../call-words.ts';
import { withoutSetUps } from '../../call-set-ups.ts';
import { readCallsNow } from '../../dashboard-data.ts';
import type { CallInProgress } from '../../data.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon-button.ts';
import '../../parts/icon.ts';
import { callRows } from '../../parts/call-row.ts';
import { look, rows } from '../../parts/look.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/timer.ts';
import { toProblem } from '../../problem.ts';
import { problemText } from '../../problem-words.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { t } from '../../words.ts';

/** The calls that go on; nothing at all where there is none. */
@customElement('gosip-calls-now')
export class GosipCallsNow extends GosipElement {
  private readonly seen = new Shown(this, readCallsNow, ['call.started', 'call.changed', 'call.ended', 'leg.changed']);

  static override styles = [
    look,
    rows,
    callRows,
    css`
      .card {
        margin-bottom: 16px;
        border-color: color-mix(in srgb, var(--accent) 45%, var(--card));
      }
      .row > gosip-icon {
        color: var(--accent);
      }
      .row .main {
        overflow-wrap: anywhere;
      }
      .ringing > gosip-icon {
        animation: shake 1s ease-in-out infinite;
      }
      @keyframes shake {
        0%,
        60%,
        100% {
          transform: rotate(0);
        }
        15%,
        45% {
          transform: rotate(12deg);
        }
        30% {
          transform: rotate(-12deg);
        }
      }
    `,
  ];

  override render() {
    const calls = withoutSetUps(this.seen.value?.items ?? []);
    return html`<div aria-live="polite">
      ${
        calls.length === 0
          ? nothing
          : html`<section class="card" aria-label=${t('now.title')}>
              <header><h2>${t('now.title')}</h2></header>
              <ul class="rows">
                ${calls.map((one) => this.renderCall(one))}
              </ul>
            </section>`
      }
    </div>`;
  }

  private renderCall(one: CallInProgress) {
    const { id, state, caller, callee, answeredAt } = one;
    const numbers = [partyNumber(caller), partyNumber(callee)].filter((text) => text !== '').join(' → ');
    return html`<li class="row call ${state}">
      <gosip-icon .path=${state === 'ringing' ? mdiPhoneRing : mdiPhoneInTalk}></gosip-icon>
      <span class="text">
        <a class="main open" href=${pathOf('calls', id)}
          >${one.purpose === null ? t('call.fromTo', { from: partyName(caller), to: calleeName(one) }) : callTitle(one)}</a
        >
        <span class="more"
          >${one.purpose === null ? '' : `${t(`call.${one.purpose}`)} · `}${phaseText(one)}${numbers === '' ? '' : ` · ${numbers}`}</span
        >
      </span>
      <span class="end number">
        <gosip-timer aria-hidden="true" .since=${Date.parse(answeredAt ?? one.startedAt)}></gosip-timer>
        <gosip-icon-button
          .path=${mdiPhoneHangup}
          label=${t('now.hangUp', { name: partyName(caller) })}
          @click=${() => void this.hangUp(id)}
        ></gosip-icon-button>
      </span>
    </li>`;
  }

  private async hangUp(id: CallInProgress['id']): Promise<void> {
    try {
      await call(hangUpCall, { params: { id } });
    } catch (error) {
      const problem = toProblem(error);
      // It was over in the same moment.
      if (problem.code !== 'NOT_FOUND') say({ text: problemText(problem) });
    }
  }
}
