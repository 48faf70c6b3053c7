import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';

export const recordingSuspended = alert({ alertId: 'recording-suspended', title: 'Calls are not recorded' });

/** `space`: why there is too little room for recordings, in the user's words; undefined where there is enough. */
export function recordingAlerts(space: { readonly problem: string | undefined }): readonly Alert[] {
  const active = () => (space.problem === undefined ? [] : [{ about: 'disk', message: space.problem }]);
  return [bindAlert(recordingSuspended, { active, changedBy: ['recording.suspended', 'recording.resumed'] })];
}
