import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';

export const backupFailed = alert({ alertId: 'backup-failed', title: 'The last backup failed' });

/** Until the next one succeeds. */
export function backupAlerts(failed: () => string | undefined): readonly Alert[] {
  const active = () => {
    const problem = failed();
    return problem === undefined ? [] : [{ about: 'backup', message: `The last backup failed: ${problem}` }];
  };
  return [bindAlert(backupFailed, { active, changedBy: [] })];
}
