import { isoTime } from '#base/clock.ts';
import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';
import type { Escalation } from './escalation.ts';

export const escalationExhausted = alert({ alertId: 'escalation-exhausted', title: 'Nobody took an escalation' });

/** `current`: those that go on, and those that nobody took. */
export function escalationAlerts(current: () => readonly Escalation[]): readonly Alert[] {
  const active = () =>
    current()
      .filter(({ state, plan }) => state.phase === 'exhausted' && plan.ifNobody === 'alert')
      .map(({ id, plan: { name }, startedAt }) => ({
        about: id,
        message: `Nobody took “${name}” of ${isoTime(startedAt)}. See to it, then take or cancel it`,
        values: { name, at: isoTime(startedAt) },
      }));
  return [
    bindAlert(escalationExhausted, {
      active,
      changedBy: ['escalation.exhausted', 'escalation.taken', 'escalation.cancelled'],
    }),
  ];
}
