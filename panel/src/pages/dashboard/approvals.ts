import { mdiAccountQuestionOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { answerCallApproval } from '#contract/call-approvals.ts';
import { call } from '../../api.ts';
import { openApprovals } from '../../approvals.ts';
import { clock } from '../../clock.ts';
import { readApprovals } from '../../dashboard-data.ts';
import type { CallApproval } from '../../data.ts';
import { formatMoment, formatWhen } from '../../format.ts';
import { listFormat } from '../../intl.ts';
import { loadLater } from '../../later.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import '../../parts/icon.ts';
import { look, rows } from '../../parts/look.ts';
import '../../parts/notice.ts';
import { say } from '../../parts/snackbar.ts';
import '../../parts/status.ts';
import { pathOf } from '../../routes.ts';
import { Shown } from '../../shown.ts';
import { sayProblem } from '../../undo.ts';
import { locale, t } from '../../words.ts';

type Answer = 'once' | 'always' | 'block';

/** Callers whom a child's line does not know; a parent lets them through or blocks them. */
@customElement('gosip-approvals')
export class GosipApprovals extends GosipElement {
  /** Those that were answered too, and a word where there are none: as a page. */
  @property({ type: Boolean }) whole = false;
  private readonly seen = new Shown(this, readApprovals, ['call-approval.changed', 'call.started', 'call.ended']);

  static override styles = [
    look,
    rows,
    css`
      .row {
        flex-wrap: wrap;
      }
      .row > .text {
        flex-basis: 200px;
        overflow-wrap: anywhere;
      }
      .row > .end {
        flex-wrap: wrap;
      }
      .open {
        margin-bottom: 16px;
      }
      .asked {
        background: var(--tint);
      }
      .row > gosip-icon {
        color: var(--accent);
      }
    `,
  ];

  override updated(): void {
    if (this.seen.value !== undefined && this.seen.value.items.length > 0)
      loadLater(() => import('@material/web/button/text-button.js'));
  }

  override render() {
    if (this.whole) return html`<div class="card">${whenRead(this.seen, ({ items }) => this.renderWhole(items))}</div>`;
    const open = openApprovals(this.seen.value?.items ?? [], clock.now());
    if (open.length === 0) return nothing;
    const all = html`<a href=${pathOf('contacts', 'approvals')}>${t('approvals.all')}</a>`;
    return html`<div class="open" role="status">${card(t('approvals.title'), this.renderRows(open), all)}</div>`;
  }

  private renderWhole(items: readonly CallApproval[]) {
    if (items.length > 0) return this.renderRows(items);
    return html`<gosip-notice
      .path=${mdiAccountQuestionOutline}
      heading=${t('approvals.none')}
      text=${t('approvals.none.text')}
    ></gosip-notice>`;
  }

  private renderRows(items: readonly CallApproval[]) {
    return html`<ul class="rows">
      ${items.map((one) => this.renderOne(one))}
    </ul>`;
  }

  private renderOne(one: CallApproval) {
    const caller = callerText(one);
    const { state, number } = one;
    const button = (answer: Answer) => {
      if (state === answer || (answer !== 'once' && number === null)) return nothing;
      const action = t(`approvals.${answer}`);
      const label = t('contact.actionOf', { action, name: caller });
      return html`<md-text-button aria-label=${label} @click=${() => void this.answer(one, answer)}>${action}</md-text-button>`;
    };
    return html`<li class="row ${state === 'asked' ? 'asked' : ''}">
      <gosip-icon .path=${mdiAccountQuestionOutline}></gosip-icon>
      <span class="text">
        <span class="main"
          >${caller}${number === null || number === caller ? nothing : html` <span class="quiet number">${number}</span>`}</span
        >
        <span class="more">${whenText(one)}</span>
        ${state === 'asked' || state === 'missed' ? nothing : html`<span class="more">${t(`approvals.state.${state}`)}</span>`}
      </span>
      <span class="end"> ${button('once')} ${button('always')} ${button('block')} </span>
    </li>`;
  }

  private async answer(one: CallApproval, answer: Answer): Promise<void> {
    try {
      await call(answerCallApproval, { params: { id: one.id }, body: { answer } });
      say({ text: t(`approvals.done.${answer}`, { caller: callerText(one) }) });
    } catch (error) {
      sayProblem(error);
    }
    await this.seen.reload();
  }
}

function callerText({ callerName, number }: CallApproval): string {
  return callerName === '' ? (number ?? t('call.hidden')) : callerName;
}

function whenText({ state, askedAt, lines }: CallApproval) {
  const names = listFormat(locale.value.tag).format(lines.map(({ name }) => name));
  if (state === 'asked') return t('approvals.asked', { lines: names });
  const at = Date.parse(askedAt);
  const text = t('approvals.missed', { lines: names, when: formatWhen(at, clock.now(), locale.value) });
  return html`<span title=${formatMoment(at, locale.value)}>${text}</span>`;
}
