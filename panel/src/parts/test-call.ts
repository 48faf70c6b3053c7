import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/progress/circular-progress.js';
import { mdiAlertCircle, mdiCheckCircle, mdiCircleOutline, mdiPhoneRingOutline, mdiStop } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { getTestCall, startTestCall, stopTestCall } from '#contract/test-calls.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import type { Phone } from '../data.ts';
import { formatWhen } from '../format.ts';
import { Shown } from '../shown.ts';
import { isGood, isOutdated, testSteps } from '../test-steps.ts';
import type { StepState, TestCall, TestStep } from '../test-steps.ts';
import { locale, t } from '../words.ts';
import { fields, FormElement, problemLine } from './form.ts';
import './icon.ts';
import { look } from './look.ts';

const icons: Readonly<Record<Exclude<StepState, 'now'>, string>> = {
  done: mdiCheckCircle,
  failed: mdiAlertCircle,
  open: mdiCircleOutline,
};

/** Rings a phone to see that it works: each part of the way as it is reached, and in the end which one fails. */
@customElement('gosip-test-call')
export class GosipTestCall extends FormElement {
  @property() phoneId = '';
  /** Begins with its steps; the button is the main one of the page. */
  @property({ type: Boolean }) main = false;
  /** When the phone signed in last. */
  @property() registeredAt: string | undefined;
  private readonly seen = new Shown(this, () => call(getTestCall, { params: this.params }), ['test-call.changed']);
  private toldResult: string | undefined;

  static override styles = [
    look,
    fields,
    css`
      :host {
        display: grid;
        gap: 16px;
      }
      .steps {
        display: grid;
        gap: 4px;
      }
      .steps li {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 32px;
      }
      .steps gosip-icon,
      .steps md-circular-progress {
        flex: none;
        width: 24px;
        height: 24px;
        --md-circular-progress-size: 24px;
      }
      .open {
        color: var(--quiet);
      }
      .done gosip-icon {
        color: var(--success);
      }
      .failed gosip-icon {
        color: var(--error);
      }
      .result {
        padding: 12px 16px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--warning) 12%, var(--card));
      }
      .result.works {
        background: color-mix(in srgb, var(--success) 12%, var(--card));
      }
      .result strong {
        display: block;
        font-weight: 500;
      }
    `,
  ];

  private get params() {
    return { id: this.phoneId as Phone['id'] };
  }

  private get test(): TestCall | undefined {
    const test = this.seen.value?.testCall ?? undefined;
    return test === undefined || isOutdated(test, this.registeredAt) ? undefined : test;
  }

  override updated(): void {
    const result = this.test?.result ?? undefined;
    if (result !== undefined && this.toldResult === 'running') this.dispatchEvent(new CustomEvent('tested', { detail: result }));
    this.toldResult = this.test !== undefined && result === undefined ? 'running' : result;
  }

  override render() {
    const { test } = this;
    const isRunning = test !== undefined && test.result === null;
    return html`${this.renderProblem()} ${test === undefined ? nothing : this.renderTest(test)}
      <div>
        ${
          isRunning
            ? html`<md-outlined-button has-icon @click=${this.stop}>
                <gosip-icon slot="icon" .path=${mdiStop}></gosip-icon>${t('test.stop')}
              </md-outlined-button>`
            : this.renderStart(test !== undefined)
        }
      </div>`;
  }

  private renderStart(isAgain: boolean) {
    const label = isAgain ? t('test.again') : t('test.start');
    const icon = html`<gosip-icon slot="icon" .path=${mdiPhoneRingOutline}></gosip-icon>`;
    const isMain = this.main && (this.test?.result === undefined || !isGood(this.test.result ?? 'stopped'));
    return isMain
      ? html`<md-filled-button has-icon ?disabled=${this.isBusy} @click=${this.submit}>${icon}${label}</md-filled-button>`
      : html`<md-outlined-button has-icon ?disabled=${this.isBusy} @click=${this.submit}>${icon}${label}</md-outlined-button>`;
  }

  private renderTest(test: TestCall) {
    const ended = test.endedAt === null ? '' : formatWhen(Date.parse(test.endedAt), clock.now(), locale.value);
    return html`<ol class="steps" aria-label=${t('test.steps')}>
        ${testSteps(test).map((step) => renderStep(step))}
      </ol>
      <div role="status" class=${test.result === null ? '' : `result ${test.result}`}>
        ${
          test.result === null
            ? html`<span class="quiet">${t(test.answeredAt === null ? 'test.pickUp' : 'test.pressKey')}</span>`
            : html`<strong>${t(`test.${test.result}`, { status: test.sipStatus ?? '' })}</strong>${t(`test.${test.result}.help`)}
                <span class="quiet">${ended}</span>`
        }
      </div>`;
  }

  private renderProblem() {
    const text = this.wrongElsewhere();
    return problemLine(text);
  }

  protected override async send(): Promise<void> {
    await call(startTestCall, { params: this.params });
    this.toldResult = 'running';
    await this.seen.reload();
  }

  private stop = (): Promise<void> =>
    this.attempt(async () => {
      await call(stopTestCall, { params: this.params });
      await this.seen.reload();
    });
}

function renderStep({ name, state }: TestStep) {
  const text = t(`test.step.${name}`);
  return html`<li class=${state}>
    ${
      state === 'now'
        ? html`<md-circular-progress indeterminate aria-label=${t('state.loading')}></md-circular-progress>`
        : html`<gosip-icon .path=${icons[state]}></gosip-icon>`
    }
    <span>${text}<span class="spoken">: ${t(`test.state.${state}`)}</span></span>
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-test-call': GosipTestCall;
  }
}
