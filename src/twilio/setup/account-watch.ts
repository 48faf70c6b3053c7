import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { reportAccount } from './account.ts';
import type { AccountReport } from './account.ts';
import type { TwilioConnection } from '#twilio/api/connection.ts';
import { findDrift } from './drift.ts';
import type { Drift } from './drift.ts';
import { deferAdvice } from './messaging-services.ts';
import type { TwilioAlert } from '#twilio/api/records.ts';
import type { LiveTwilioSettings } from '#twilio/api/settings.ts';

export type AccountState = AccountReport & {
  /** Alerts of Twilio's debugger in the last day, the newest first. */
  readonly alerts: readonly TwilioAlert[];
  readonly drift: readonly Drift[];
  readonly lookedAt: number;
};

type AccountWatchDeps = {
  readonly settings: LiveTwilioSettings;
  readonly connection: TwilioConnection;
  readonly clock: Clock;
  readonly log: Log;
  /** Called whenever it was looked at. */
  readonly onChecked?: () => void;
};

export type AccountHealth = { readonly status: 'ok' | 'degraded' | 'down'; readonly message: string };

const periodMs = 3_600_000;
const dayMs = 24 * periodMs;

/** Checks the account every hour: its state, and drift from what setup wrote. */
export class AccountWatch {
  readonly #deps: AccountWatchDeps;
  #state: AccountState | undefined;
  #timer: Timer | undefined;

  constructor(deps: AccountWatchDeps) {
    this.#deps = deps;
  }

  /** Undefined before the first check, and without an account. */
  get state(): AccountState | undefined {
    return this.#state;
  }

  start(): void {
    this.#timer = this.#deps.clock.every(periodMs, () => void this.check());
    void this.check();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Checks now. Resolves with the state, undefined without an account. */
  async check(): Promise<AccountState | undefined> {
    const { settings, connection, clock, log } = this.#deps;
    const { accountSid, authToken, apiKey } = settings.current;
    if (accountSid === undefined || authToken === undefined) {
      this.#state = undefined;
      return undefined;
    }
    const asAccount = connection.clientFor({ accountSid, username: accountSid, password: authToken });
    const asKey =
      apiKey === undefined ? undefined : connection.clientFor({ accountSid, username: apiKey.sid, password: apiKey.secret });
    const report = await reportAccount(asAccount, asKey);
    const stops = report.problems.some(({ weight }) => weight === 'stops');
    const { account: api } = asKey ?? asAccount;
    const alerts = stops ? undefined : await api.listAlerts({ since: clock.now() - dayMs });
    const drift = stops ? { kind: 'ok' as const, value: [] } : await findDrift(api, settings.current);
    this.#state = {
      ...report,
      alerts: alerts?.kind === 'ok' ? alerts.value : (this.#state?.alerts ?? []),
      drift: drift.kind === 'ok' ? drift.value : (this.#state?.drift ?? []),
      lookedAt: clock.now(),
    };
    for (const { what, field, is } of this.#state.drift) log.warn({ what, field, is }, 'Twilio account drifted from the setup');
    this.#deps.onChecked?.();
    return this.#state;
  }

  health(): AccountHealth {
    if (this.#deps.settings.current.accountSid === undefined) return { status: 'ok', message: 'No account is set up' };
    if (this.#deps.settings.isLocked) return { status: 'down', message: 'The credentials cannot be decrypted: the key is lost' };
    const state = this.#state;
    if (state === undefined) return { status: 'ok', message: 'Not checked yet' };
    const stopping = state.problems.find(({ weight }) => weight === 'stops');
    if (stopping !== undefined) return { status: 'down', message: stopping.message };
    if (state.drift.length > 0) return { status: 'degraded', message: driftText(state.drift) };
    const limiting = state.problems.map(({ message }) => message).join(' ');
    return limiting === '' ? { status: 'ok', message: 'The account is active' } : { status: 'degraded', message: limiting };
  }
}

/** What differs, and what mends it. */
export function driftText(drift: readonly Drift[]): string {
  const changed = drift.filter(({ mend }) => mend === 'provision');
  const diverted = drift.filter(({ mend }) => mend === 'defer-messages').map(({ what, is }) => `${what} ${is}`);
  const parts = changed.map(({ what, field }) => (field === undefined ? `${what} is missing` : `${field} of ${what}`));
  const messages = [
    ...(parts.length === 0
      ? []
      : [`Settings at Twilio that setup wrote were changed: ${parts.join(', ')}. Run the setup again, or undo it.`]),
    ...(diverted.length === 0 ? [] : [`Inbound messages do not arrive: ${diverted.join('; ')}. ${deferAdvice}`]),
  ];
  return messages.join(' ');
}
