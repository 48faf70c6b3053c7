import '@material/web/button/outlined-button.js';
import '@material/web/button/text-button.js';
import { html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { clock } from '../clock.ts';
import { weekFrom } from '../first-weekday.ts';
import { clockTime, weekdayName } from '../rules/time-words.ts';
import { coverOf, dayCopied, dayMinutes, painted, spansOf, windowsOf } from '../rules/week.ts';
import type { Span, WeekWindow } from '../rules/week.ts';
import { speech } from '../speech-of.ts';
import { locale, t } from '../words.ts';
import { GosipElement } from './element.ts';
import { choice } from './field.ts';
import { fields } from './form.ts';
import { look } from './look.ts';
import { weekGridStyles } from './week-grid-styles.ts';

const hours = Array.from({ length: 24 }, (_, hour) => hour);
const targets = { all: [1, 2, 3, 4, 5, 6, 7], workdays: [1, 2, 3, 4, 5], weekend: [6, 7] } as const;
/** How long a finger rests before it paints; until then it scrolls. */
const restMs = 250;

type Cell = { readonly day: number; readonly hour: number };

/** Hours of the week, painted by pointer, finger or keyboard; also over midnight. `changed`: `value` is another one. */
@customElement('gosip-week-grid')
export class GosipWeekGrid extends GosipElement {
  @property({ attribute: false }) value: readonly WeekWindow[] = [];
  @state() private at: Cell = { day: 1, hour: 8 };
  @state() private copied = '1';
  @state() private copiedTo: keyof typeof targets = 'workdays';
  /** While something is painted: on or off. */
  #paints: boolean | undefined;
  #cancelRest: (() => void) | undefined;
  #last: Cell | undefined;

  static override styles = [look, fields, weekGridStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    for (const type of ['pointerup', 'pointercancel'] as const) {
      window.addEventListener(type, this.stop);
      this.whileShown(() => window.removeEventListener(type, this.stop));
    }
  }

  override firstUpdated(): void {
    const grid = this.renderRoot.querySelector('table');
    // A finger that paints does not scroll; lit's own listeners could not hold it up.
    // Nor is a long press a question for a menu.
    grid?.addEventListener('contextmenu', (event) => this.#paints !== undefined && event.preventDefault());
    grid?.addEventListener('touchmove', (event) => this.#paints !== undefined && event.preventDefault(), { passive: false });
  }

  override render() {
    const spans = spansOf(this.value);
    return html`<p class="hint">${t('week.text')}</p>
      <table
        role="grid"
        aria-label=${t('week.title')}
        @focusin=${this.arrive}
        @keydown=${this.byKey}
        @pointerdown=${this.start}
        @pointermove=${this.follow}
      >
        <thead>
          <tr>
            <td></td>
            ${days().map((day) => html`<th scope="col" abbr=${weekdayName(day, speech())}>${weekdayName(day, speech(), 'short')}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${hours.map(
            (hour) =>
              html`<tr>
                <th scope="row">${hourText(hour)}</th>
                ${days().map((day) => this.renderCell({ day, hour }, spans))}
              </tr>`,
          )}
        </tbody>
      </table>
      ${this.renderCopy()}`;
  }

  private renderCell(cell: Cell, spans: readonly Span[]) {
    const cover = coverOf(spans, spanOf(cell));
    const isAt = cell.day === this.at.day && cell.hour === this.at.hour;
    const partly = cover === 'part' ? `, ${t('week.partly')}` : '';
    return html`<td
      role="gridcell"
      class=${cover}
      tabindex=${isAt ? 0 : -1}
      aria-selected=${cover === 'none' ? 'false' : 'true'}
      aria-label=${`${weekdayName(cell.day, speech())} ${hourText(cell.hour)}${partly}`}
      data-day=${cell.day}
      data-hour=${cell.hour}
    ></td>`;
  }

  private renderCopy() {
    return html`<div class="copy">
      ${choice({
        label: t('week.copyFrom'),
        name: 'copied',
        value: this.copied,
        choices: days().map((day) => ({ value: String(day), text: weekdayName(day, speech()) })),
        changed: (day) => (this.copied = day),
      })}
      ${choice({
        label: t('week.copyTo'),
        name: 'copied-to',
        value: this.copiedTo,
        choices: (Object.keys(targets) as (keyof typeof targets)[]).map((value) => ({ value, text: t(`week.copyTo.${value}`) })),
        changed: (to) => (this.copiedTo = to as keyof typeof targets),
      })}
      <md-outlined-button type="button" @click=${this.copy}>${t('week.copy')}</md-outlined-button>
      <md-text-button type="button" @click=${() => this.change([])}>${t('week.clear')}</md-text-button>
    </div>`;
  }

  private readonly copy = (): void => this.change(dayCopied(spansOf(this.value), Number(this.copied), targets[this.copiedTo]));

  /** Whatever brought the focus to an hour, such as a screen reader. */
  private readonly arrive = (event: FocusEvent): void => {
    this.at = cellUnder(event.target ?? undefined) ?? this.at;
  };

  private readonly byKey = (event: KeyboardEvent): void => {
    const { day, hour } = this.at;
    const week = days();
    const beside = (by: number) => week[week.indexOf(day) + by];
    const to = {
      ArrowUp: { day, hour: hour - 1 },
      ArrowDown: { day, hour: hour + 1 },
      ArrowLeft: { day: beside(-1), hour },
      ArrowRight: { day: beside(1), hour },
      Home: { day: week[0], hour },
      End: { day: week[6], hour },
      PageUp: { day, hour: 0 },
      PageDown: { day, hour: 23 },
    }[event.key];
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      event.stopPropagation();
      this.paint(this.at, !this.isOn(this.at));
    } else if (to !== undefined) {
      event.preventDefault();
      this.step(to, event.shiftKey);
    }
  };

  private step({ day, hour }: { readonly day: number | undefined; readonly hour: number }, paintsOn: boolean): void {
    if (day === undefined || hour < 0 || hour > 23) return;
    const to = { day, hour };
    if (paintsOn) this.paint(to, this.isOn(this.at));
    this.at = to;
    void this.updateComplete.then(() => this.cellAt(to)?.focus());
  }

  private isOn(cell: Cell): boolean {
    return coverOf(spansOf(this.value), spanOf(cell)) !== 'none';
  }

  private cellAt({ day, hour }: Cell): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-day="${day}"][data-hour="${hour}"]`);
  }

  private readonly start = (event: PointerEvent): void => {
    const cell = cellUnder(event.composedPath()[0]);
    if (cell === undefined || event.button !== 0) return;
    this.at = cell;
    const begin = () => {
      this.#cancelRest = undefined;
      this.#paints = !this.isOn(cell);
      this.#last = cell;
      this.paint(cell, this.#paints);
    };
    if (event.pointerType === 'touch') this.#cancelRest = clock.after(restMs, begin);
    else begin();
  };

  private readonly follow = (event: PointerEvent): void => {
    if (this.#paints === undefined) return;
    const root = this.renderRoot as ShadowRoot;
    const cell = cellUnder(root.elementFromPoint(event.clientX, event.clientY) ?? undefined);
    if (cell === undefined || (cell.day === this.#last?.day && cell.hour === this.#last.hour)) return;
    this.#last = cell;
    this.paint(cell, this.#paints);
  };

  private readonly stop = (event: PointerEvent): void => {
    // A finger that was lifted at once has pressed the hour it was on; one that scrolls has been cancelled.
    if (this.#cancelRest !== undefined && event.type === 'pointerup') this.paint(this.at, !this.isOn(this.at));
    this.#cancelRest?.();
    this.#cancelRest = undefined;
    if (this.#paints === undefined) return;
    this.#paints = undefined;
    this.tell();
  };

  private paint(cell: Cell, isOn: boolean): void {
    this.change(painted(spansOf(this.value), spanOf(cell), isOn));
  }

  private change(spans: readonly Span[]): void {
    this.value = windowsOf(spans);
    // What is told moves what is around: not under a stroke that goes on.
    if (this.#paints === undefined) this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new Event('changed'));
  }
}

/** In the order of the columns. */
function days(): readonly number[] {
  return weekFrom(locale.value.firstWeekday);
}

function hourText(hour: number): string {
  return clockTime(`${String(hour).padStart(2, '0')}:00`, speech());
}

function spanOf({ day, hour }: Cell): Span {
  const begin = (day - 1) * dayMinutes + hour * 60;
  return [begin, begin + 60];
}

function cellUnder(element: EventTarget | undefined): Cell | undefined {
  if (!(element instanceof HTMLElement) || element.dataset['day'] === undefined) return undefined;
  return { day: Number(element.dataset['day']), hour: Number(element.dataset['hour']) };
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-week-grid': GosipWeekGrid;
  }
}
