import { css, html } from 'lit';
import type { PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { barsOf } from '../waveform.ts';
import { GosipElement } from './element.ts';
import { look } from './look.ts';

const barWidth = 2;
const barStep = 3;

/** What audio looks like, and how far it was played. To be seen alone: what is said and pressed is of the player. */
@customElement('gosip-waveform')
export class GosipWaveform extends GosipElement {
  /** The loudest of equal slices, 0 to 255; a plain line where there are none. */
  @property({ attribute: false }) levels: readonly number[] = [];
  /** From 0 to 1. */
  @property({ type: Number }) played = 0;
  @query('canvas') private canvas!: HTMLCanvasElement;
  #size: { readonly width: number; readonly height: number } = { width: 0, height: 0 };
  #frame = 0;

  static override styles = [
    look,
    css`
      canvas {
        display: block;
        width: 100%;
        height: 100%;
        /* What is played and what is not: read from here when it is drawn. */
        color: var(--outline);
        border: 0 solid var(--accent);
      }
      @media (forced-colors: active) {
        canvas {
          forced-color-adjust: none;
          color: CanvasText;
          border-color: Highlight;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    const redraw = () => this.#soon();
    // Told rather than asked: asking for it while a page is being made has the browser lay out the page again and again.
    const size = new ResizeObserver(([one]) => {
      this.#size = one?.contentRect ?? this.#size;
      this.draw();
    });
    size.observe(this);
    // Home Assistant's theme arrives as properties of the root, and the browser's by a query.
    const theme = new MutationObserver(redraw);
    theme.observe(document.documentElement, { attributes: true });
    const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((one) => window.matchMedia(one));
    for (const one of queries) one.addEventListener('change', redraw);
    this.whileShown(() => {
      size.disconnect();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      theme.disconnect();
      for (const one of queries) one.removeEventListener('change', redraw);
    });
  }

  override updated(_changed: PropertyValues): void {
    this.#soon();
  }

  #soon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  override render() {
    return html`<canvas aria-hidden="true"></canvas>`;
  }

  private draw(): void {
    const pen = this.canvas?.getContext('2d');
    const { width, height } = this.#size;
    if (pen === null || pen === undefined || width === 0) return;
    const scale = window.devicePixelRatio;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width !== wide) this.canvas.width = wide;
    if (this.canvas.height !== high) this.canvas.height = high;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const { color, borderTopColor } = getComputedStyle(this.canvas);
    const bars = barsOf(this.levels, Math.floor(width / barStep));
    const end = this.played * width;
    if (bars.length === 0) drawLine(pen, { width, height, end, colors: [color, borderTopColor] });
    else drawBars(pen, bars, { width, height, end, colors: [color, borderTopColor] });
    if (this.played <= 0) return;
    // Not by its colour alone.
    pen.fillStyle = borderTopColor;
    pen.fillRect(Math.min(width - 2, Math.max(0, end - 1)), 0, 2, height);
  }
}

type Drawing = {
  readonly width: number;
  readonly height: number;
  readonly end: number;
  /** Of what is to come, and of what was played. */
  readonly colors: readonly [string, string];
};

function drawBars(pen: CanvasRenderingContext2D, bars: readonly number[], { width, height, end, colors }: Drawing): void {
  const step = width / bars.length;
  for (const isPlayed of [false, true]) {
    pen.fillStyle = colors[isPlayed ? 1 : 0];
    pen.beginPath();
    for (const [index, bar] of bars.entries()) {
      if (index * step < end !== isPlayed) continue;
      const tall = Math.max(2, bar * (height - 4));
      pen.rect(index * step, (height - tall) / 2, barWidth, tall);
    }
    pen.fill();
  }
}

function drawLine(pen: CanvasRenderingContext2D, { width, height, end, colors }: Drawing): void {
  pen.fillStyle = colors[0];
  pen.fillRect(0, height / 2 - 2, width, 4);
  pen.fillStyle = colors[1];
  pen.fillRect(0, height / 2 - 2, end, 4);
}
