import { isoTime } from '#base/clock.ts';
import { alert, bindAlert } from '#contract/alert.ts';
import type { ActiveAlert, Alert } from '#contract/alert.ts';
import type { LoginAttempts } from './login-attempt-store.ts';

export const loginLocked = alert({ alertId: 'login-locked', title: 'Logins from an address failed too often' });

/** A flood from very many addresses is one alert more, not one for each. */
const maxShown = 20;

/** One alert for each address that has to wait. Whose name was tried is not said: it may be a password typed in the wrong field. */
export function loginAlerts(lockouts: () => readonly LoginAttempts[]): readonly Alert[] {
  const active = () => {
    // Those that wait longest come last: who is shown stays so until it is over.
    const waiting = lockouts().toReversed();
    const more = waiting.length - maxShown;
    return [...waiting.slice(0, maxShown).map(toActive), ...(more > 0 ? [others(more)] : [])];
  };
  return [bindAlert(loginLocked, { active, changedBy: ['login.locked', 'login.unlocked'] })];
}

function toActive({ id, source, kind, failures, lockedUntil = 0 }: LoginAttempts): ActiveAlert {
  const what = kind === 'password' ? 'logins by password' : 'requests with an API token';
  return {
    about: `${source} (${kind})`,
    message:
      `${failures} ${what} from ${source} failed, and it has to wait until ${isoTime(lockedUntil)}. If it is one of yours, ` +
      `DELETE /api/auth/lockouts/${id} lets it in at once.`,
    values: { source, kind, failures, until: isoTime(lockedUntil) },
  };
}

function others(count: number): ActiveAlert {
  return {
    about: 'other addresses',
    message: `${count} more addresses have to wait: GET /api/auth/lockouts shows them. Is the panel open to the internet?`,
    values: { others: count },
  };
}
