import { mdiPause, mdiPlay, mdiVolumeHigh, mdiVolumeOff } from '@mdi/js';
import { html } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { clock } from '../clock.ts';
import { formatDuration, spokenDuration } from '../format.ts';
import { numberFormat } from '../intl.ts';
import { keep, kept } from '../kept.ts';
import { Signal } from '../signal.ts';
import { seekByKey, speedOf, speeds, volumeOf } from '../waveform.ts';
import { locale, t } from '../words.ts';
import { GosipElement } from './element.ts';
import { textOf } from './form.ts';
import './icon-button.ts';
import './icon.ts';
import { look } from './look.ts';
import { playerStyles } from './player-styles.ts';
import './waveform.ts';

const speedKey = 'gosip-speed';
const volumeKey = 'gosip-volume';
/** Heard for so long, or half of it, it counts as played. */
const playedSeconds = 5;

/** Of all players: whoever likes it faster likes it faster everywhere. */
const speed = new Signal(speedOf(null));
const volume = new Signal(volumeOf(null));
const isMuted = new Signal(false);
/** One speaks at a time. */
const speaking = new Signal<GosipPlayer | undefined>(undefined);
// The first look into what is kept is a slow one, and nobody listens before they see something.
clock.whenIdle(() => {
  speed.value = speedOf(kept(speedKey));
  volume.value = volumeOf(kept(volumeKey));
});

/**
 * Plays a recording, with its waveform: by press, touch, keys and ear. Nothing is loaded of the audio before it is played.
 * Events: `played` (once, when enough of it was heard to know it), `ended` (to its end).
 */
@customElement('gosip-player')
export class GosipPlayer extends GosipElement {
  /** The address of the audio. */
  @property() audio = '';
  /** The address of its waveform, `{ peaks: number[] }`; undefined where there is none. */
  @property() peaks: string | undefined;
  /** Its waveform, where it is at hand: the loudest of equal slices, 0 to 255. */
  @property({ attribute: false }) levels: readonly number[] = [];
  /** How long it is, until the audio says so itself. */
  @property({ type: Number }) seconds = 0;
  /** What is heard, such as “Voicemail of Mum”. */
  @property() label = '';
  /** What it is called when it is downloaded. */
  @property() file = '';
  /** Speed and volume come once it was played: for lists. */
  @property({ type: Boolean }) compact = false;
  @state() private isPlaying = false;
  @state() private isBroken = false;
  @state() private at = 0;
  @state() private known: number | undefined;
  @query('audio') private sound!: HTMLAudioElement | null;
  #isPlayed = false;
  #isSeeking = false;

  static override styles = [look, playerStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    for (const one of [speed, volume, isMuted]) this.whileShown(one.follow(() => this.requestUpdate()));
    this.whileShown(speaking.follow((one) => one !== this && this.pause()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sound?.pause();
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('audio')) {
      Object.assign(this, { at: 0, known: undefined, isBroken: false, isPlaying: false });
      this.#isPlayed = false;
    }
    if (!changed.has('peaks') || this.peaks === undefined) return;
    this.levels = [];
    const address = this.peaks;
    clock.whenIdle(() => void this.readPeaks(address));
  }

  override updated(): void {
    if (this.sound === null) return;
    this.sound.playbackRate = speed.value;
    this.sound.volume = volume.value;
    this.sound.muted = isMuted.value;
  }

  /** From where it stands; from its beginning where it was at its end. */
  async play(): Promise<void> {
    await this.updateComplete;
    if (this.sound === null) return;
    speaking.value = this;
    try {
      await this.sound.play();
    } catch (error) {
      // A press on pause that was quicker, and a browser that wants a press first, break nothing.
      if (error instanceof DOMException && error.name === 'NotSupportedError') this.isBroken = true;
    }
  }

  pause(): void {
    this.sound?.pause();
  }

  private get length(): number {
    return this.known ?? this.seconds;
  }

  private get isUsed(): boolean {
    return this.isPlaying || this.at > 0;
  }

  override render() {
    if (this.isBroken) return this.renderBroken();
    return html`<div class="player" role="group" aria-label=${this.label}>
      <audio
        preload="none"
        src=${this.audio}
        @play=${() => (this.isPlaying = true)}
        @pause=${() => (this.isPlaying = false)}
        @timeupdate=${this.moved}
        @durationchange=${this.measured}
        @ended=${this.ended}
        @error=${() => (this.isBroken = true)}
      ></audio>
      <button class="play" aria-label=${t(this.isPlaying ? 'player.pause' : 'player.play')} @click=${this.toggle}>
        <gosip-icon .path=${this.isPlaying ? mdiPause : mdiPlay}></gosip-icon>
      </button>
      ${this.renderPlace()}
      <div class="below">
        <span class="time number" aria-hidden="true"
          >${formatDuration(this.at)}${this.length === 0 ? '' : ` / ${formatDuration(this.length)}`}</span
        >
        ${this.compact && !this.isUsed ? '' : html`${this.renderSpeed()} ${this.renderVolume()}`}
      </div>
    </div>`;
  }

  private renderBroken() {
    return html`<div class="broken">
      <p>${t('player.broken')}</p>
      <button class="again" @click=${this.again}>${t('action.again')}</button>
      <a href=${this.audio} download=${this.file}>${t('player.download')}</a>
    </div>`;
  }

  private renderPlace() {
    const { at, length } = this;
    const words = t('player.at', {
      at: spokenDuration(at, locale.value),
      length: spokenDuration(length, locale.value),
    });
    return html`<div class="wave">
      <gosip-waveform .levels=${this.levels} .played=${length === 0 ? 0 : Math.min(1, at / length)}></gosip-waveform>
      <input
        type="range"
        min="0"
        max=${length}
        step="any"
        aria-label=${t('player.place')}
        aria-valuetext=${words}
        .value=${String(at)}
        @keydown=${this.pressedKey}
        @input=${(event: Event) => this.seeking(Number(textOf(event)))}
        @change=${(event: Event) => this.seek(Number(textOf(event)))}
      />
    </div>`;
  }

  private renderSpeed() {
    const text = (one: number) => `${numberFormat(locale.value.tag).format(one)}×`;
    return html`<select
      aria-label=${t('player.speed')}
      @change=${(event: Event) => {
        speed.value = speedOf(textOf(event));
        keep(speedKey, textOf(event));
      }}
    >
      ${speeds.map((one) => html`<option value=${one} .selected=${live(one === speed.value)}>${text(one)}</option>`)}
    </select>`;
  }

  private renderVolume() {
    const isSilent = isMuted.value || volume.value === 0;
    return html`<span class="volume">
      <gosip-icon-button
        .path=${isSilent ? mdiVolumeOff : mdiVolumeHigh}
        label=${t(isSilent ? 'player.unmute' : 'player.mute')}
        @click=${() => this.setVolume(volume.value === 0 ? 1 : volume.value, !isSilent)}
      ></gosip-icon-button>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        aria-label=${t('player.volume')}
        aria-valuetext=${numberFormat(locale.value.tag, { style: 'percent' }).format(isSilent ? 0 : volume.value)}
        .value=${String(isSilent ? 0 : volume.value)}
        @input=${(event: Event) => this.setVolume(Number(textOf(event)), false)}
      />
    </span>`;
  }

  private setVolume(value: number, muted: boolean): void {
    volume.value = value;
    isMuted.value = muted;
    keep(volumeKey, String(value));
  }

  private toggle(): void {
    if (this.isPlaying) this.pause();
    else void this.play();
  }

  private pressedKey(event: KeyboardEvent): void {
    if (event.key === ' ') {
      event.preventDefault();
      this.toggle();
      return;
    }
    const to = event.altKey || event.ctrlKey || event.metaKey ? undefined : seekByKey(event.key, this.at, this.length);
    if (to === undefined) return;
    event.preventDefault();
    this.seek(to);
  }

  /** While a finger is on it, what is heard does not jump about. */
  private seeking(to: number): void {
    this.#isSeeking = true;
    this.at = to;
  }

  private seek(to: number): void {
    this.#isSeeking = false;
    this.at = to;
    if (this.sound !== null) this.sound.currentTime = to;
  }

  private moved({ target }: Event): void {
    const { currentTime } = target as HTMLAudioElement;
    // Before it is loaded it says 0, wherever it was put.
    if (!this.#isSeeking && (target as HTMLAudioElement).readyState > 0) this.at = currentTime;
    const isEnough = this.length > 0 && currentTime >= Math.min(playedSeconds, this.length / 2);
    if (this.isPlaying && isEnough) this.tellPlayed();
  }

  private tellPlayed(): void {
    if (this.#isPlayed) return;
    this.#isPlayed = true;
    this.dispatchEvent(new Event('played'));
  }

  /** It may have been the way to the house. */
  private async again(): Promise<void> {
    this.isBroken = false;
    await this.play();
  }

  private measured({ target }: Event): void {
    const { duration } = target as HTMLAudioElement;
    if (Number.isFinite(duration)) this.known = duration;
  }

  private ended(): void {
    this.at = this.length;
    this.tellPlayed();
    this.dispatchEvent(new Event('ended'));
  }

  /** Without a waveform it plays as well. */
  private async readPeaks(address: string): Promise<void> {
    if (!this.isConnected || this.peaks !== address) return;
    try {
      const response = await fetch(address);
      if (!response.ok) return;
      const { peaks } = (await response.json()) as { readonly peaks: readonly number[] };
      if (this.peaks === address) this.levels = peaks;
    } catch {
      // The house is away: the banner of the page says so.
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-player': GosipPlayer;
  }
}
