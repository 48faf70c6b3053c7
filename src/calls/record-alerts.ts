import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';

export const callRecordsFailing = alert({
  alertId: 'call-records-failing',
  title: 'Call records cannot be written; calls go on',
});

const message = 'Records of calls are kept in memory and written once that is possible again: look at storage in the health';

export function recordAlerts(calls: { readonly isRecordFailing: boolean }): readonly Alert[] {
  const active = () => (calls.isRecordFailing ? [{ about: 'call records', message }] : []);
  return [bindAlert(callRecordsFailing, { active, changedBy: ['storage.failed', 'call.ended'] })];
}
