import { handle } from '#contract/endpoint.ts';
import type { Route } from '#contract/endpoint.ts';
import { getHealth, getStatus } from '#contract/system.ts';
import type { Health } from './health.ts';

export function systemRoutes(health: Health): Route[] {
  return [handle(getHealth, () => health.report()), handle(getStatus, async () => ({ status: await health.status() }))];
}
