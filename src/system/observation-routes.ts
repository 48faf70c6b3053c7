import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { getConfig, getHouseFigures, getMetrics, listAlerts, listLogs } from '#contract/observation.ts';
import type { AlertWatch } from './alert-watch.ts';
import type { FigureHistory } from './figure-history.ts';
import type { LogRing } from './log-ring.ts';
import type { Metrics } from './metrics.ts';
import { shownOptions } from './shown-options.ts';

export type ObservationDeps = {
  readonly metrics: Metrics;
  readonly figures: FigureHistory;
  readonly ring: LogRing;
  /** Undefined until every room is there. */
  readonly alerts: () => AlertWatch | undefined;
  readonly options: object;
  readonly version: string;
  readonly nodeVersion: string;
};

export function observationRoutes({ metrics, figures, ring, alerts, options, version, nodeVersion }: ObservationDeps): Route[] {
  return [
    handle(listLogs, ({ query: { limit, ...filter } }) => ({
      lines: ring.find(filter).slice(0, limit),
      rooms: [...ring.rooms()],
    })),
    handle(listAlerts, () => ({ open: [...(alerts()?.open ?? [])], past: [...(alerts()?.past ?? [])] })),
    handle(getHouseFigures, () => ({ figures: figures.all() })),
    handle(getConfig, () => ({ version, nodeVersion, options: shownOptions(options) as Record<string, unknown> })),
    handle(getMetrics, async () => {
      const text = await metrics.text();
      return { contentType: 'text/plain; version=0.0.4', fileName: 'metrics.txt', read: () => [text] };
    }),
  ];
}
