import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';
import { driftText } from './account-watch.ts';
import type { AccountState } from './account-watch.ts';

export const numberSettingsDrifted = alert({
  alertId: 'number-settings-drifted',
  title: 'Settings at Twilio are not as they were set up',
});

export function accountAlerts(state: () => AccountState | undefined): readonly Alert[] {
  const active = () => {
    const drift = state()?.drift ?? [];
    return drift.length === 0 ? [] : [{ about: 'Twilio', message: driftText(drift) }];
  };
  return [bindAlert(numberSettingsDrifted, { active, changedBy: ['twilio.changed'] })];
}
