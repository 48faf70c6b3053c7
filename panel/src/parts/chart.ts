import { css, html, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../words.ts';

export type Point = { readonly label: string; readonly value: number };
type Show = (value: number) => string;

const width = 320;
const height = 96;

/** Small charts: drawn for those who look, and said in words and in a table for everybody. */
export const chartStyles = css`
  .chart {
    display: grid;
    gap: 8px;
    padding: 0 16px 16px;
  }
  .chart svg {
    display: block;
    width: 100%;
    height: 96px;
    fill: var(--accent);
    stroke: none;
  }
  .chart svg polyline {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
    vector-effect: non-scaling-stroke;
  }
  .chart .ends {
    display: flex;
    justify-content: space-between;
    gap: 8px;
    color: var(--quiet);
    font-size: 12px;
  }
  .chart table {
    border-collapse: collapse;
  }
  .chart th,
  .chart td {
    padding: 2px 16px 2px 0;
    font-weight: 400;
    text-align: start;
    font-variant-numeric: tabular-nums;
  }
  .chart .scroll {
    max-height: 240px;
    overflow: auto;
  }
`;

export function renderBars(name: string, points: readonly Point[], show: Show): TemplateResult {
  const most = Math.max(1, ...points.map(({ value }) => value));
  const step = width / Math.max(1, points.length);
  const bars = points.map(({ value }, at) => {
    const tall = (value / most) * height;
    return svg`<rect x=${at * step + 1} y=${height - tall} width=${Math.max(1, step - 2)} height=${tall} rx="2"></rect>`;
  });
  return framed(name, points, { show, drawing: svg`${bars}` });
}

export function renderLine(name: string, points: readonly Point[], show: Show): TemplateResult {
  const most = Math.max(1, ...points.map(({ value }) => value));
  const step = width / Math.max(1, points.length - 1);
  const line = points.map(({ value }, at) => `${at * step},${height - 2 - (value / most) * (height - 4)}`).join(' ');
  return framed(name, points, { show, drawing: svg`<polyline points=${line}></polyline>` });
}

function framed(name: string, points: readonly Point[], { show, drawing }: { readonly show: Show; readonly drawing: unknown }) {
  const last = points.at(-1);
  if (last === undefined) return html`<p class="chart quiet">${t('metrics.none')}</p>`;
  const most = Math.max(...points.map(({ value }) => value));
  const said = t('metrics.said', { last: show(last.value), most: show(most) });
  return html`<div class="chart">
    <p>${said}</p>
    <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${name}: ${said}">${drawing}</svg>
    <div class="ends" aria-hidden="true"><span>${points[0]?.label}</span><span>${last.label}</span></div>
    <details>
      <summary>${t('metrics.table')}</summary>
      <div class="scroll" tabindex="0" role="group" aria-label=${name}>
        <table>
          ${points.map(
            ({ label, value }) =>
              html`<tr>
                <th scope="row">${label}</th>
                <td>${show(value)}</td>
              </tr>`,
          )}
        </table>
      </div>
    </details>
  </div>`;
}
