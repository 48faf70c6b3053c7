import type { Clock } from '#base/clock.ts';
import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';
import type { TrunkState } from './peers.ts';
import { trunkProblem } from './trunk-problem.ts';

export const trunkDown = alert({ alertId: 'trunk-down', title: 'No calls over a trunk' });

/** Restarts of a router and of the house are over by then. */
const patienceMs = 5 * 60_000;

export function trunkAlerts(trunks: { trunkStates(): readonly TrunkState[] }, clock: Pick<Clock, 'now'>): readonly Alert[] {
  const active = () =>
    trunks
      .trunkStates()
      .filter(({ isReady, status }) => !isReady && clock.now() - status.since >= patienceMs)
      .map((trunk) => ({
        about: trunk.name,
        message: `${trunkProblem(trunk)}: no calls come in or go out over it. Look at it under Trunks`,
        values: { state: trunk.status.kind },
      }));
  return [bindAlert(trunkDown, { active, changedBy: ['trunk.changed'] })];
}
