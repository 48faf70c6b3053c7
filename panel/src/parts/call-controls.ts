import '@material/web/button/filled-button.js';
import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { mdiPause, mdiPhoneForward, mdiPhoneHangup, mdiPlay, mdiRecordCircleOutline, mdiStop } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { getCall, hangUpCall, holdCall, transferCall } from '#contract/calls.ts';
import { controlCallRecording, getCallRecordingState } from '#contract/recordings.ts';
import { call } from '../api.ts';
import { phaseText, partyName } from '../call-words.ts';
import type { CallInProgress } from '../data.ts';
import { Shown } from '../shown.ts';
import { t } from '../words.ts';
import { choice, field } from './field.ts';
import { fields, FormElement, problemLine } from './form.ts';
import './icon.ts';
import { look } from './look.ts';
import { say } from './snackbar.ts';
import './timer.ts';

type Action = 'start' | 'pause' | 'resume' | 'stop';

/** What may be done with a call that goes on. `left`: it goes on elsewhere now. */
@customElement('gosip-call-controls')
export class GosipCallControls extends FormElement {
  @property({ attribute: false }) record: Pick<CallInProgress, 'id'> | undefined;
  @state() private isTransferring = false;
  @state() private to = '';
  @state() private deviceId = '';
  private readonly seen = new Shown(this, () => this.read(), ['call.changed', 'call.ended', 'recording.changed']);

  static override styles = [
    look,
    fields,
    css`
      .now {
        display: flex;
        gap: 12px;
        padding: 16px 0 4px;
        font-size: 15px;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding-top: 8px;
      }
      .hang-up {
        --md-filled-button-container-color: var(--error);
        --md-filled-button-label-text-color: var(--card);
        --md-filled-button-hover-label-text-color: var(--card);
        --md-filled-button-focus-label-text-color: var(--card);
        --md-filled-button-pressed-label-text-color: var(--card);
        --md-filled-button-icon-color: var(--card);
        --md-filled-button-hover-icon-color: var(--card);
        --md-filled-button-focus-icon-color: var(--card);
      }
      .ends {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
      }
    `,
  ];

  private get params() {
    return { id: this.record?.id ?? ('' as CallInProgress['id']) };
  }

  private async read() {
    const { params } = this;
    const [one, recording] = await Promise.all([
      call(getCall, { params }),
      call(getCallRecordingState, { params }).catch(() => undefined),
    ]);
    return { one, recording: recording?.state };
  }

  override render() {
    const { value } = this.seen;
    if (value === undefined) return nothing;
    const { one } = value;
    return html`<p class="now">
        <span>${phaseText(one)}</span
        ><span class="number"
          ><gosip-timer aria-hidden="true" .since=${Date.parse(one.answeredAt ?? one.startedAt)}></gosip-timer
        ></span>
      </p>
      ${this.renderProblem()}
      <div class="acts">
        <md-filled-button class="hang-up" ?disabled=${this.isBusy} @click=${this.hangUp}
          ><gosip-icon slot="icon" .path=${mdiPhoneHangup}></gosip-icon>${t('call.hangUp')}</md-filled-button
        >
        ${one.state === 'ringing' ? nothing : this.renderTalking(value)}
      </div>
      ${this.isTransferring ? this.renderTransfer(one) : nothing}`;
  }

  private renderTalking({ one, recording }: Awaited<ReturnType<typeof this.read>>) {
    const isHeld = one.state === 'held';
    return html`${this.renderAct(t(isHeld ? 'call.resume' : 'call.hold'), isHeld ? mdiPlay : mdiPause, () => this.hold(!isHeld))}
    ${this.renderAct(t('call.transfer'), mdiPhoneForward, () => this.askWhereTo())}
    ${one.direction === 'internal' || recording === undefined ? nothing : this.renderRecording(recording)}`;
  }

  private async askWhereTo(): Promise<void> {
    this.isTransferring = !this.isTransferring;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('form input')?.focus();
  }

  private renderRecording(recording: 'off' | 'recording' | 'paused') {
    if (recording === 'off') return this.renderAct(t('call.record'), mdiRecordCircleOutline, () => this.control('start'));
    const isPaused = recording === 'paused';
    return html`${this.renderAct(t(isPaused ? 'call.recordResume' : 'call.recordPause'), isPaused ? mdiPlay : mdiPause, () => this.control(isPaused ? 'resume' : 'pause'))}
    ${this.renderAct(t('call.recordStop'), mdiStop, () => this.control('stop'))}`;
  }

  private renderAct(text: string, path: string, act: () => unknown) {
    return html`<md-outlined-button ?disabled=${this.isBusy} @click=${act}
      ><gosip-icon slot="icon" .path=${path}></gosip-icon>${text}</md-outlined-button
    >`;
  }

  private renderProblem() {
    const text = this.wrongElsewhere('to', 'deviceId');
    return problemLine(text);
  }

  private renderTransfer({ caller, callee }: CallInProgress) {
    const both = [caller, callee].flatMap((side) =>
      side.deviceId === null ? [] : [{ value: side.deviceId, text: partyName(side) }],
    );
    return html`<form class="fields" @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${field({
        label: t('call.transferTo'),
        name: 'to',
        type: 'tel',
        maxLength: 64,
        wrong: this.wrong('to'),
        value: this.to,
        changed: (to) => (this.to = to),
      })}
      ${
        both.length < 2
          ? nothing
          : choice({
              label: t('call.transferWho'),
              name: 'deviceId',
              wrong: this.wrong('deviceId'),
              value: this.deviceId === '' ? (both[0]?.value ?? '') : this.deviceId,
              changed: (deviceId) => (this.deviceId = deviceId),
              choices: both,
            })
      }
      <div class="ends">
        <md-text-button type="button" @click=${() => (this.isTransferring = false)}>${t('action.cancel')}</md-text-button>
        <md-filled-button ?disabled=${this.isBusy}>${t('call.transfer')}</md-filled-button>
      </div>
    </form>`;
  }

  protected override async send(): Promise<void> {
    const { one } = this.seen.value ?? {};
    const to = this.to.trim();
    const isWithin = one !== undefined && one.caller.deviceId !== null && one.callee.deviceId !== null;
    const leaves = this.deviceId === '' ? one?.caller.deviceId : this.deviceId;
    await call(transferCall, { params: this.params, body: { to, ...(isWithin ? { deviceId: leaves as never } : {}) } });
    say({ text: t('call.transferred', { to }) });
    this.dispatchEvent(new Event('left'));
  }

  private hangUp = (): Promise<void> => this.attempt(() => call(hangUpCall, { params: this.params }));

  private hold(isHeld: boolean): Promise<void> {
    return this.attempt(async () => {
      await call(holdCall, { params: this.params, body: { isHeld } });
      await this.seen.reload();
    });
  }

  private control(action: Action): Promise<void> {
    return this.attempt(async () => {
      await call(controlCallRecording, { params: this.params, body: { action } });
      await this.seen.reload();
    });
  }
}
