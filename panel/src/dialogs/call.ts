import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import {
  mdiAccountPlusOutline,
  mdiCancel,
  mdiCircleSmall,
  mdiHelpCircleOutline,
  mdiMessageTextOutline,
  mdiPhoneOutline,
} from '@mdi/js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { getCallRecord } from '#contract/calls.ts';
import type { EndpointReply } from '#contract/endpoint.ts';
import { call } from '../api.ts';
import { beside } from '../beside.ts';
import { blockNumber } from '../block-number.ts';
import { callMoments, legName, rangSeconds } from '../call-timeline.ts';
import type { CallMoment } from '../call-timeline.ts';
import {
  calleeName,
  callTitle,
  dispositionText,
  otherSide,
  partyName,
  partyNumber,
  reasonText,
  sideToCall,
} from '../call-words.ts';
import { clock } from '../clock.ts';
import type { CallRecord } from '../data.ts';
import { formatDuration, formatMoment, formatTime, formatWhen, spokenDuration } from '../format.ts';
import '../parts/call-controls.ts';
import '../parts/call-recordings.ts';
import { whenThere } from '../parts/card.ts';
import '../parts/dialog.ts';
import type { GosipDialog } from '../parts/dialog.ts';
import { GosipElement } from '../parts/element.ts';
import { look } from '../parts/look.ts';
import { numberButton } from '../parts/number-button.ts';
import { go } from '../router.ts';
import { reasonText as routingText } from '../rules/reason-words.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';
import { callDialogStyles } from './call-styles.ts';
import { openContact, openDial } from './open.ts';

type Whole = EndpointReply<typeof getCallRecord>;

/** One call: who, when, why it went as it did, what was recorded, and what may be done now. */
@customElement('gosip-call-dialog')
export class GosipCallDialog extends GosipElement {
  @property() callId = '';
  @query('gosip-dialog') private dialog!: GosipDialog;
  private readonly seen = new Shown(this, () => call(getCallRecord, { params: { id: this.callId as CallRecord['id'] } }), [
    'call.changed',
    'call.ended',
  ]);

  static override styles = [look, callDialogStyles];

  override render() {
    const { value } = this.seen;
    const heading = value === undefined ? t('call.title') : callTitle(value);
    return html`<gosip-dialog heading=${heading} @closed=${() => this.dispatchEvent(new Event('closed'))}>
      ${whenThere(this.seen, t('problem.gone'), (one) => this.renderCall(one))}
    </gosip-dialog>`;
  }

  private renderCall(one: Whole) {
    return html`<p class="result" role="status"><strong>${dispositionText(one)}</strong>${reasonText(one)}</p>
      ${
        one.endedAt === null
          ? html`<gosip-call-controls .record=${one} @left=${() => this.dialog.close()}></gosip-call-controls>`
          : nothing
      }
      ${this.renderActions(one)} ${this.renderFacts(one)}
      <gosip-call-recordings .record=${one} label=${partyName(otherSide(one))}></gosip-call-recordings>
      ${this.renderLegs(one)} ${this.renderMoments(one)} ${this.renderReasons(one)}`;
  }

  private renderActions(one: Whole) {
    const side = sideToCall(one, me()?.person?.id);
    const outside = one.direction === 'internal' ? undefined : otherSide(one);
    const number = outside?.number.startsWith('+') === true ? outside.number : undefined;
    return html`<div class="acts">
      ${side === undefined ? nothing : this.renderAct(one.direction === 'inbound' ? t('calls.callBack') : t('dial.call', { name: partyName(side) }), mdiPhoneOutline, () => openDial(side.number, side.name))}
      ${number === undefined ? nothing : this.renderAct(t('call.message'), mdiMessageTextOutline, () => this.leave(() => go('messages', undefined, { to: number })))}
      ${number === undefined || outside?.name !== '' ? nothing : this.renderAct(t('call.addName'), mdiAccountPlusOutline, () => openContact({ number }))}
      ${
        number === undefined || one.direction !== 'inbound' || one.disposition === 'blocked'
          ? nothing
          : this.renderAct(t('call.block'), mdiCancel, () => blockNumber({ number, callId: one.id }))
      }
      ${this.renderAct(t('page.why'), mdiHelpCircleOutline, () => this.leave(() => go('why', one.id)))}
    </div>`;
  }

  private renderAct(text: string, path: string, act: () => unknown) {
    return html`<md-outlined-button @click=${act}
      ><gosip-icon slot="icon" .path=${path}></gosip-icon>${text}</md-outlined-button
    >`;
  }

  /** To another page, once closing has put the address of this one back. */
  private leave(act: () => void): void {
    this.addEventListener('closed', act, { once: true });
    this.dialog.close();
  }

  private renderFacts(one: Whole) {
    const rows: readonly (readonly [string, unknown])[] = [
      [t('call.caller'), party(partyName(one.caller), partyNumber(one.caller), one.caller.number)],
      [t('call.called'), party(calleeName(one), partyNumber(one.callee), one.callee.number)],
      [t('call.our'), one.number],
      [t('call.began'), formatMoment(Date.parse(one.startedAt), locale.value)],
      [t('call.talk'), one.answeredAt === null || one.endedAt === null ? null : formatDuration(one.durationSeconds)],
    ];
    return html`<dl>
      ${rows
        .filter(([, shown]) => shown !== null)
        .map(
          ([name, shown]) =>
            html`<dt>${name}</dt>
              <dd>${shown}</dd>`,
        )}
    </dl>`;
  }

  private renderLegs({ legs }: Whole) {
    const called = legs.filter(({ role }) => role === 'callee');
    if (called.length === 0) return nothing;
    return html`<h3>${t('call.legs')}</h3>
      <ul>
        ${called.map((leg) => {
          const rang = rangSeconds(leg);
          const length =
            rang === undefined || leg.outcome === null ? '' : t('call.rangFor', { length: spokenDuration(rang, locale.value) });
          const outcome = leg.outcome === null ? t('call.now') : t(`outcome.${leg.outcome}`);
          return item(html`<bdi>${legName(leg)}</bdi><span class="quiet"> · ${beside(outcome, length)}</span>`);
        })}
      </ul>`;
  }

  private renderMoments(one: Whole) {
    return html`<h3>${t('call.timeline')}</h3>
      <ol class="moments">
        ${callMoments(one).map(
          (moment) =>
            html`<li>
              <time class="number quiet">${formatTime(moment.at, locale.value, true)}</time><span>${momentText(moment)}</span>
            </li>`,
        )}
      </ol>`;
  }

  private renderReasons({ reasons }: Whole) {
    if (reasons.length === 0) return nothing;
    const when = (at: number) => formatWhen(at, clock.now(), locale.value);
    return html`<h3>${t('call.why')}</h3>
      <ol>
        ${reasons.map((reason) => item(html`${routingText(reason, { ...locale.value, t }, when)}`))}
      </ol>`;
  }
}

function item(content: TemplateResult) {
  return html`<li><gosip-icon .path=${mdiCircleSmall}></gosip-icon><span>${content}</span></li>`;
}

/** A name, and its number to be called by a press. */
function party(name: string, below: string, number: string) {
  const isNumber = /^[+*#\d]{2,}$/.test(number);
  if (below === '') return isNumber ? numberButton(number, '', name) : name;
  return html`${name} · ${isNumber ? numberButton(number, name, below) : below}`;
}

function momentText({ what, name, outcome }: CallMoment): string {
  if (what === 'over') return beside(name, outcome === null ? '' : t(`outcome.${outcome}`));
  return t(`call.time.${what}`, { name });
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-call-dialog': GosipCallDialog;
  }
}
