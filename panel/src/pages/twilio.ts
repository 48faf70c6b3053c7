import '@material/web/button/filled-button.js';
import '@material/web/button/filled-tonal-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiCloudOutline } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { deferMessages, getTwilioSetup, provisionTwilio, testTwilio, undoTwilio } from '#contract/setup.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { formatMoment, formatWhen } from '../format.ts';
import { card, whenRead } from '../parts/card.ts';
import { renderSaid } from '../parts/details.ts';
import { fields, FormElement } from '../parts/form.ts';
import { look, rows } from '../parts/look.ts';
import '../parts/notice.ts';
import { numberButton } from '../parts/number-button.ts';
import '../parts/page.ts';
import { say } from '../parts/snackbar.ts';
import '../parts/status.ts';
import { problemText } from '../problem-words.ts';
import { me } from '../session.ts';
import { Shown } from '../shown.ts';
import { checkHelp, checkName, driftSubject, driftText } from '../twilio-words.ts';
import type { SelfCheck, TwilioSetup } from '../twilio-words.ts';
import { locale, t } from '../words.ts';
import { renderAccountProblem } from './twilio/connect.ts';
import { renderSteps } from './twilio/steps.ts';
import { connectStyles } from './twilio/styles.ts';

type Doing = 'mend' | 'defer' | 'undo' | 'test';

/** The account at Twilio: how it is, what differs there, and what sets it up or takes that back. */
@customElement('gosip-twilio')
export class GosipTwilio extends FormElement {
  @state() private isConnecting = false;
  @state() private asksToUndo = false;
  @state() private checks: readonly SelfCheck[] | undefined;
  @state() private doing: Doing | undefined;
  private readonly seen = new Shown(this, () => call(getTwilioSetup), ['twilio.changed', 'outbox.failing', 'outbox.recovered']);

  static override styles = [
    look,
    rows,
    fields,
    connectStyles,
    css`
      .stack {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      .body {
        display: grid;
        gap: 12px;
        padding: 0 16px 16px;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
        gap: 12px 24px;
      }
      dt {
        color: var(--quiet);
        font-size: 12px;
        line-height: 16px;
      }
      dd {
        overflow-wrap: anywhere;
      }
      .row > .text,
      .more {
        overflow-wrap: anywhere;
      }
      .danger {
        --md-outlined-button-label-text-color: var(--error);
      }
      .left {
        justify-content: flex-start;
      }
    `,
  ];

  override render() {
    return html`<gosip-page heading=${t('page.twilio')}>
      <div class="stack">${whenRead(this.seen, (setup) => this.renderSetup(setup))}</div>
    </gosip-page>`;
  }

  private renderSetup(setup: TwilioSetup) {
    if (this.isConnecting) return this.renderConnect();
    if (!setup.isSetUp)
      return html`<div class="card">
        <gosip-notice .path=${mdiCloudOutline} heading=${t('twilio.none')} text=${t('twilio.none.text')}>
          <md-filled-button @click=${() => (this.isConnecting = true)}>${t('twilio.begin')}</md-filled-button>
        </gosip-notice>
      </div>`;
    return html`${this.renderProblem()} ${this.renderAccount(setup)} ${this.renderDrift(setup)} ${this.renderTest()}
    ${this.renderAlerts(setup)} ${this.renderLastRun(setup)}`;
  }

  private renderConnect() {
    return card(
      t('twilio.begin'),
      html`<div class="body">
        <gosip-twilio-connect .personId=${me()?.person?.id ?? ''} @connected=${this.connected}>
          <md-text-button slot="actions" type="button" @click=${() => (this.isConnecting = false)}
            >${t('action.cancel')}</md-text-button
          >
        </gosip-twilio-connect>
      </div>`,
    );
  }

  private connected = (): void => {
    this.isConnecting = false;
    say({ text: t('twilio.connected') });
    void this.seen.reload();
  };

  private renderAccount(setup: TwilioSetup) {
    const { account, balance, problems, numbers, lookedAt } = setup;
    const isBad = problems.some(({ weight }) => weight === 'stops');
    const tone = isBad ? 'bad' : problems.length > 0 ? 'warning' : 'good';
    const word = isBad ? t('twilio.state.bad') : problems.length > 0 ? t('twilio.state.limited') : t('twilio.state.good');
    return card(
      account?.name ?? t('twilio.account'),
      html`<div class="body">
        ${problems.map((problem) => renderAccountProblem(problem))}
        <dl>
          ${fact(t('twilio.balanceName'), balance === null ? '' : `${balance.amount.toFixed(2)} ${balance.currency}`)}
          ${fact(t('twilio.numbers'), numbers.length === 0 ? t('twilio.noNumbers') : numbers.map((number) => html`<div>${numberButton(number, number)}</div>`))}
          ${fact(t('twilio.inbound'), t(`twilio.inbound.${setup.inbound}`))}
          ${fact(t('twilio.outbound'), t(`twilio.outbound.${setup.outbound}`))}
          ${fact(t('twilio.publicUrl'), setup.publicUrl ?? t('twilio.noPublicUrl'))}
          ${fact(t('twilio.lookedAt'), lookedAt === null ? '' : formatWhen(Date.parse(lookedAt), clock.now(), locale.value))}
        </dl>
        <div class="acts left">
          <md-filled-tonal-button @click=${() => (this.isConnecting = true)}>${t('twilio.changeSetup')}</md-filled-tonal-button>
          ${this.asksToUndo ? this.renderUndoQuestion() : html`<md-outlined-button class="danger" @click=${() => (this.asksToUndo = true)}>${t('twilio.undo')}</md-outlined-button>`}
        </div>
      </div>`,
      html`<gosip-status tone=${tone} text=${word}></gosip-status>`,
    );
  }

  /** Twilio keeps nothing of it: to have it back it must be set up again. */
  private renderUndoQuestion() {
    return html`<div class="account-problem" role="group" aria-labelledby="undo-question">
      <p id="undo-question">${t('twilio.undo.text')}</p>
      <div class="acts">
        <md-text-button @click=${() => (this.asksToUndo = false)}>${t('action.cancel')}</md-text-button>
        <md-outlined-button ?disabled=${this.isBusy} @click=${() => this.undo(false)}
          >${t('twilio.undo.keep')}</md-outlined-button
        >
        <md-outlined-button class="danger" ?disabled=${this.isBusy} @click=${() => this.undo(true)}
          >${t('twilio.undo.forget')}</md-outlined-button
        >
      </div>
    </div>`;
  }

  private renderDrift({ drift }: TwilioSetup) {
    if (drift.length === 0) return nothing;
    const isMended = drift.some(({ mend }) => mend === 'provision');
    const isDeferred = drift.some(({ mend }) => mend === 'defer-messages');
    return card(
      t('twilio.drift'),
      html`<p class="body quiet">${t('twilio.drift.text')}</p>
        <ul class="rows">
          ${drift.map(
            (one) =>
              html`<li class="row">
                <span class="text"
                  ><span class="main">${driftSubject(one)}</span><span class="more">${driftText(one)}</span></span
                >
              </li>`,
          )}
        </ul>
        <div class="body">
          <div class="acts left">
            ${isMended ? html`<md-filled-button ?disabled=${this.isBusy} @click=${this.mend}>${t('twilio.drift.mend')}</md-filled-button>` : nothing}
            ${isDeferred ? html`<md-filled-button ?disabled=${this.isBusy} @click=${this.defer}>${t('twilio.drift.defer')}</md-filled-button>` : nothing}
          </div>
          ${isDeferred ? html`<p class="quiet">${t('twilio.drift.deferText')}</p>` : nothing}
        </div>`,
    );
  }

  private renderTest() {
    return card(
      t('twilio.test'),
      html`<div class="body">
        <p class="quiet">${t('twilio.test.text')}</p>
        <div role="status">${this.checks === undefined ? nothing : this.renderChecks(this.checks)}</div>
        <div class="acts left">
          <md-filled-tonal-button ?disabled=${this.isBusy} @click=${this.test}
            >${this.doing === 'test' ? t('twilio.testing') : t('twilio.test.action')}</md-filled-tonal-button
          >
        </div>
      </div>`,
    );
  }

  private renderChecks(checks: readonly SelfCheck[]) {
    return html`<ul>
      ${checks.map(
        (one) =>
          html`<li>
            <gosip-status
              plain
              tone=${one.status === 'ok' ? 'good' : one.status === 'down' ? 'bad' : 'warning'}
              text="${checkName(one)}: ${t(`twilio.check.${one.status}`)}"
            ></gosip-status>
            ${
              one.status === 'ok'
                ? nothing
                : html`<p class="quiet more">${checkHelp(one)}</p>
                    ${renderSaid(one.message)}`
            }
          </li>`,
      )}
    </ul>`;
  }

  private renderAlerts({ alerts }: TwilioSetup) {
    if (alerts.length === 0) return nothing;
    return card(
      t('twilio.alerts'),
      html`<ul class="rows">
        ${alerts.map(
          ({ code, message, url, at }) =>
            html`<li class="row">
              <span class="text"
                ><span class="main">${code === null ? '' : t('twilio.alert.code', { code })}</span>${renderSaid(message)}<span
                  class="more"
                  >${[at === null ? '' : formatMoment(Date.parse(at), locale.value), url].filter((text) => text !== '').join(' · ')}</span
                ></span
              >
            </li>`,
        )}
      </ul>`,
    );
  }

  private renderLastRun({ lastSteps }: TwilioSetup) {
    if (lastSteps.length === 0) return nothing;
    const isRunning = this.doing !== undefined && this.doing !== 'test';
    return card(t('twilio.lastRun'), html`<div class="body">${renderSteps(lastSteps, isRunning)}</div>`);
  }

  private renderProblem() {
    return this.problem === undefined
      ? nothing
      : html`<p class="problem" role="alert" tabindex="-1">${problemText(this.problem)}</p>`;
  }

  protected override send(): Promise<void> {
    return Promise.resolve();
  }

  private run(doing: Doing, act: () => Promise<{ readonly isDone: boolean } | void>): Promise<void> {
    return this.attempt(async () => {
      this.doing = doing;
      try {
        const result = await act();
        if (result !== undefined) say({ text: t(result.isDone ? 'twilio.done' : 'twilio.notDone') });
      } finally {
        this.doing = undefined;
      }
      await this.seen.reload();
    });
  }

  private mend = (): Promise<void> => this.run('mend', () => call(provisionTwilio, { body: {} }));
  private defer = (): Promise<void> => this.run('defer', () => call(deferMessages));

  private undo(forget: boolean): Promise<void> {
    this.asksToUndo = false;
    return this.run('undo', () => call(undoTwilio, { body: { forget } }));
  }

  private test = (): Promise<void> =>
    this.run('test', async () => {
      this.checks = undefined;
      this.checks = (await call(testTwilio)).checks;
    });
}

function fact(name: string, value: unknown) {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value === '' ? '–' : value}</dd>
  </div>`;
}
