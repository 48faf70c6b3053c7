import { alert, bindAlert } from '#contract/alert.ts';
import type { Alert } from '#contract/alert.ts';

export const storageFailed = alert({ alertId: 'storage-failed', title: 'Nothing can be saved' });
export const outboxFailing = alert({ alertId: 'outbox-failing', title: 'Requests to a service outside fail' });

export type StorageAlertDeps = {
  /** Why nothing is kept on the disk, in the user's words; undefined where all is well. */
  readonly problem: () => string | undefined;
};

export function storageAlerts({ problem }: StorageAlertDeps): readonly Alert[] {
  const active = () => {
    const message = problem();
    return message === undefined ? [] : [{ about: 'database', message }];
  };
  return [bindAlert(storageFailed, { active, changedBy: ['storage.failed', 'storage.recovered'] })];
}

export type OutboxAlertDeps = {
  /** The services behind the outbox. */
  readonly services: readonly string[];
  /** Why one is not reached, at the third failure in a row and until it is again. */
  readonly problemOf: (service: string) => string | undefined;
};

export function outboxAlerts({ services, problemOf }: OutboxAlertDeps): readonly Alert[] {
  const active = () =>
    services.flatMap((about) => {
      const message = problemOf(about);
      return message === undefined ? [] : [{ about, message }];
    });
  return [bindAlert(outboxFailing, { active, changedBy: ['outbox.failing', 'outbox.recovered'] })];
}
