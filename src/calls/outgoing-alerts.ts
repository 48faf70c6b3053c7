import { alert, bindAlert } from '#contract/alert.ts';
import type { ActiveAlert, Alert } from '#contract/alert.ts';
import { describeRefusal } from './outgoing-refusals.ts';
import type { RecentRefusal } from './outgoing-refusals.ts';

export const outgoingRefused = alert({ alertId: 'outgoing-refused', title: 'Outbound calls of a phone were refused' });

/** One alert for each phone, with the newest of its refusals of the last day. */
export function outgoingAlerts(refusals: () => readonly RecentRefusal[]): readonly Alert[] {
  const active = () => {
    const byPhone = new Map<string, ActiveAlert>();
    for (const refusal of refusals())
      byPhone.set(refusal.deviceId, { about: refusal.deviceId, message: describeRefusal(refusal), values: valuesOf(refusal) });
    return [...byPhone.values()];
  };
  return [bindAlert(outgoingRefused, { active, changedBy: ['outgoing.refused'] })];
}

function valuesOf({ deviceName: phone, number, reason, times }: RecentRefusal): Record<string, string | number> {
  return { phone, number, reason, times };
}
