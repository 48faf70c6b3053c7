import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { listCallRecords } from '#contract/calls.ts';
import { getHouseFigures } from '#contract/observation.ts';
import type { HouseFigures } from '#contract/observation.ts';
import { call } from '../api.ts';
import { clock } from '../clock.ts';
import { dateFormat, numberFormat } from '../intl.ts';
import { renderBars, renderLine, chartStyles } from '../parts/chart.ts';
import { card, whenRead } from '../parts/card.ts';
import { GosipElement } from '../parts/element.ts';
import { formatBytes, formatTime } from '../format.ts';
import { look, stack } from '../parts/look.ts';
import '../parts/page.ts';
import { Shown } from '../shown.ts';
import { locale, t } from '../words.ts';

type Day = { readonly label: string; readonly value: number };

const days = 14;
const everyMs = 60_000;

/** How many calls began on each of the last days, the oldest first. */
async function readCalls(): Promise<readonly Day[]> {
  const midnight = new Date(clock.now());
  midnight.setHours(0, 0, 0, 0);
  const starts = Array.from({ length: days }, (_none, at) => {
    const day = new Date(midnight);
    day.setDate(day.getDate() - (days - 1 - at));
    return day;
  });
  return Promise.all(starts.map((from) => readDay(from)));
}

async function readDay(from: Date): Promise<Day> {
  const to = new Date(from);
  to.setDate(to.getDate() + 1);
  const query = { from: from.toISOString(), to: new Date(to.getTime() - 1).toISOString(), per_page: 1 };
  const { total } = await call(listCallRecords, { query });
  return {
    label: dateFormat(locale.value.tag, { weekday: 'short', day: 'numeric', month: 'numeric' }).format(from),
    value: total,
  };
}

/** How the house has been going: calls of the last days, and phones, memory and speed since the start. */
@customElement('gosip-metrics')
export class GosipMetrics extends GosipElement {
  private readonly calls = new Shown(this, readCalls, ['call.ended']);
  private readonly figures = new Shown(this, () => call(getHouseFigures), []);

  static override styles = [
    look,
    stack,
    chartStyles,
    css`
      .pair {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
        gap: 16px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.whileShown(this.figures.every(everyMs));
  }

  override render() {
    return html`<gosip-page heading=${t('page.metrics')}>
      <div class="stack">
        ${card(
          t('metrics.calls'),
          whenRead(this.calls, (calls) => renderBars(t('metrics.calls'), calls, String)),
        )}
        ${whenRead(this.figures, ({ figures }) => this.renderFigures(figures))}
      </div>
    </gosip-page>`;
  }

  private renderFigures(figures: HouseFigures) {
    const at = (one: HouseFigures[number]) => formatTime(Date.parse(one.at), locale.value);
    const whole = numberFormat(locale.value.tag);
    const milliseconds = numberFormat(locale.value.tag, {
      style: 'unit',
      unit: 'millisecond',
      maximumFractionDigits: 0,
    });
    const charts = [
      {
        name: t('metrics.phones'),
        of: (one: HouseFigures[number]) => one.registrations,
        show: (value: number) => whole.format(value),
      },
      {
        name: t('metrics.now'),
        of: (one: HouseFigures[number]) => one.callsInProgress,
        show: (value: number) => whole.format(value),
      },
      {
        name: t('metrics.memory'),
        of: (one: HouseFigures[number]) => one.memoryBytes,
        show: (value: number) => formatBytes(value, locale.value),
      },
      {
        name: t('metrics.delay'),
        of: (one: HouseFigures[number]) => one.delayMs,
        show: (value: number) => milliseconds.format(value),
      },
    ];
    return html`<div class="pair">
      ${charts.map(({ name, of, show }) =>
        card(
          name,
          renderLine(
            name,
            figures.map((one) => ({ label: at(one), value: of(one) })),
            show,
          ),
        ),
      )}
    </div>`;
  }
}
