import '@material/web/button/filled-button.js';
import '@material/web/button/filled-tonal-button.js';
import { mdiMicrophone, mdiStop } from '@mdi/js';
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { formatDuration, spokenDuration } from '../format.ts';
import { MicrophoneProblem, openMicrophone } from '../microphone.ts';
import type { Microphone } from '../microphone.ts';
import type { StringKey } from '../strings/en.ts';
import { maxSeconds, minSeconds, takeOf } from '../take.ts';
import type { Take } from '../take.ts';
import { locale, t } from '../words.ts';
import { GosipElement } from './element.ts';
import './icon.ts';
import { look } from './look.ts';

/** Nobody speaks as quietly as that. */
const quietest = 0.02;
const quietSeconds = 3;

/** Records with the microphone of this browser, for two minutes at most. Event `recorded` brings the take. */
@customElement('gosip-recorder')
export class GosipRecorder extends GosipElement {
  @state() private phase: 'idle' | 'asking' | 'recording' | 'making' = 'idle';
  @state() private problem: StringKey | undefined;
  @state() private seconds = 0;
  @state() private level = 0;
  @state() private isQuiet = true;
  #microphone: Microphone | undefined;
  #pieces: Float32Array[] = [];
  #rate = 48_000;
  /** Of the try: what an earlier one brings late is nobody's. */
  #round = 0;

  static override styles = [
    look,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .running {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 8px 16px;
        align-items: center;
      }
      .time {
        color: var(--quiet);
      }
      :host([running]) {
        flex: 1 1 100%;
      }
      .level {
        height: 12px;
        border-radius: 6px;
        background: var(--hover);
        overflow: hidden;
      }
      .level i {
        display: block;
        width: var(--level, 0%);
        height: 100%;
        border-radius: 6px;
        background: var(--accent);
      }
      @media (forced-colors: active) {
        .level {
          border: 1px solid CanvasText;
        }
        .level i {
          forced-color-adjust: none;
          background: Highlight;
        }
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end();
    this.phase = 'idle';
  }

  override updated(): void {
    this.toggleAttribute('running', this.phase === 'recording');
    this.style.setProperty('--level', `${Math.min(100, this.level * 100)}%`);
  }

  override render() {
    const text = this.problem === undefined ? '' : t(this.problem);
    return html`${this.phase === 'recording' ? this.renderRunning() : this.renderStart()}
      <p class="bad" role="alert" ?hidden=${text === ''}>${text}</p>`;
  }

  private renderStart() {
    return html`<div>
        <md-filled-tonal-button ?disabled=${this.phase !== 'idle'} @click=${() => void this.start()}
          ><gosip-icon slot="icon" .path=${mdiMicrophone}></gosip-icon>${t('recorder.start')}</md-filled-tonal-button
        >
      </div>
      ${this.phase === 'asking' ? html`<p class="quiet" role="status">${t('recorder.asking')}</p>` : nothing}`;
  }

  private renderRunning() {
    const left = maxSeconds - this.seconds;
    return html`<div class="running">
        <md-filled-button @click=${() => void this.stop()}
          ><gosip-icon slot="icon" .path=${mdiStop}></gosip-icon>${t('recorder.stop')}</md-filled-button
        >
        <span class="time number" role="timer" aria-label=${t('recorder.left', { time: spokenDuration(left, locale.value) })}
          >${formatDuration(this.seconds)} / ${formatDuration(maxSeconds)}</span
        >
      </div>
      <div
        class="level"
        role="meter"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${Math.round(this.level * 100)}
        aria-label=${t('recorder.level')}
      >
        <i></i>
      </div>
      <p class="quiet" role="status">
        ${this.isQuiet && this.seconds > quietSeconds ? t('recorder.quiet') : t('recorder.speak')}
      </p>`;
  }

  private async start(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    Object.assign(this, { phase: 'asking', problem: undefined, seconds: 0, level: 0, isQuiet: true });
    this.#pieces = [];
    try {
      const microphone = await openMicrophone(
        (piece) => round === this.#round && this.heard(piece),
        () => round === this.#round && void this.stop(),
      );
      if (round !== this.#round || !this.isConnected) {
        microphone.close();
        return;
      }
      this.#microphone = microphone;
      this.#rate = microphone.rate;
      this.phase = 'recording';
    } catch (error) {
      this.phase = 'idle';
      this.problem = error instanceof MicrophoneProblem ? error.text : 'recorder.broken';
    }
  }

  private heard(piece: Float32Array): void {
    if (this.#microphone === undefined) return;
    this.#pieces.push(piece);
    const loudest = piece.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    // As a meter falls: slower than the voice.
    this.level = Math.max(loudest, this.level * 0.8);
    if (loudest > quietest) this.isQuiet = false;
    this.seconds = (this.#pieces.length * piece.length) / this.#rate;
    if (this.seconds >= maxSeconds) void this.stop('recorder.full');
  }

  private async stop(why?: StringKey): Promise<void> {
    if (this.phase !== 'recording') return;
    this.#end();
    this.phase = 'making';
    const samples = joined(this.#pieces, Math.floor(maxSeconds * this.#rate));
    this.#pieces = [];
    if (samples.length < minSeconds * this.#rate) {
      this.phase = 'idle';
      this.problem = 'recorder.short';
      return;
    }
    const detail: Take = await takeOf({ samples, rate: this.#rate });
    this.phase = 'idle';
    this.problem = why;
    this.dispatchEvent(new CustomEvent('recorded', { detail }));
  }

  #end(): void {
    this.#round += 1;
    this.#microphone?.close();
    this.#microphone = undefined;
  }
}

function joined(pieces: readonly Float32Array[], maxLength: number): Float32Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const all = new Float32Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all.subarray(0, maxLength);
}
