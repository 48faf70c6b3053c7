// Owns which addresses have to wait because logins from there failed: five within a minute, then 15 minutes.
// Called by login and first setup for passwords, and by http for API tokens.
// Must stay true: it survives a restart; it stops only new logins, never a session or a token that is valid.
import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Events } from '#base/events.ts';
import type { NewId } from '#base/ids.ts';
import type { Log } from '#base/log.ts';
import { subscriberKey } from '#base/private-address.ts';
import { LoginThrottle } from '#base/throttle.ts';
import type { Facts } from '#contract/facts.ts';
import type { WriteBatch } from '#storage/write-batch.ts';
import type { LoginAttempts, LoginAttemptStore, LoginKind } from './login-attempt-store.ts';

const lockMs = 15 * 60_000;
const windowMs = 60_000;

export type LoginLockoutsDeps = {
  readonly attempts: LoginAttemptStore;
  readonly writes: WriteBatch;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
};

/** Passwords and tokens are counted apart: a script with an old token keeps nobody beside it from signing in. */
export type LoginFrom = { readonly source: string; readonly kind: LoginKind };

export class LoginLockouts {
  readonly #deps: LoginLockoutsDeps;
  readonly #throttle: LoginThrottle;

  constructor(deps: LoginLockoutsDeps) {
    this.#deps = deps;
    this.#throttle = new LoginThrottle({ clock: deps.clock, lockMs });
    const now = deps.clock.now();
    for (const { source, kind, failures, failedAt, lockedUntil = 0 } of deps.attempts.all()) {
      const agoMs = Math.max(0, now - failedAt);
      if (lockedUntil > now || agoMs < windowMs) {
        this.#throttle.restore({ source, account: kind }, { failures, agoMs, lockedMs: Math.min(lockMs, lockedUntil - now) });
      }
    }
  }

  /**
   * Runs a check of credentials and resolves with what it finds, undefined where they are wrong. The try counts while it runs: many at the
   * same time are no more than one after the other. Rejects with `rate-limited` where the address has to wait.
   */
  async attempt<Found>(from: LoginFrom, check: () => Promise<Found | undefined>): Promise<Found | undefined> {
    this.assertOpen(from);
    const login = { source: from.source, account: from.kind };
    this.#throttle.failed(login);
    let found: Found | undefined;
    try {
      found = await check();
    } catch (error) {
      this.#throttle.withdraw(login);
      throw error;
    }
    if (found === undefined) this.#note(from);
    else {
      this.#throttle.succeeded(login);
      this.#forget(from);
    }
    return found;
  }

  /** Throws `rate-limited` where the address has to wait. */
  assertOpen({ source, kind }: LoginFrom): void {
    const seconds = this.#throttle.lockedSeconds({ source, account: kind });
    if (seconds === 0) return;
    const minutes = Math.ceil(seconds / 60);
    const message = `Too many logins from this address failed: wait ${minutes} minutes, or ask an administrator to unlock it`;
    throw new AppError('rate-limited', message, { ...because('locked-out', { minutes }), retryAfterSeconds: seconds });
  }

  /** Counts credentials that are wrong. */
  failed(from: LoginFrom): void {
    this.#throttle.failed({ source: from.source, account: from.kind });
    this.#note(from);
  }

  /** Those who have to wait. */
  list(): readonly LoginAttempts[] {
    return this.#deps.attempts.locked(this.#deps.clock.now());
  }

  /** Rejects with `not-found`. */
  async unlock(id: string): Promise<void> {
    const { attempts, writes, events } = this.#deps;
    const { source, kind } = await writes.write(() => {
      const locked = attempts.byId(id);
      if (locked === undefined) throw new AppError('not-found', 'There is no such lockout');
      attempts.delete(locked.id);
      this.#throttle.succeeded({ source: locked.source, account: locked.kind });
      return locked;
    });
    events.emit('login.unlocked', { source, kind });
  }

  #note({ source: address, kind }: LoginFrom): void {
    const { attempts, clock, newId, events } = this.#deps;
    const source = subscriberKey(address);
    const now = clock.now();
    const { failures, lockedMs } = this.#throttle.stateOf({ source: address, account: kind });
    const lockedUntil = lockedMs === 0 ? undefined : now + lockedMs;
    const written = this.#write(() => {
      attempts.tidy(now - windowMs, now);
      attempts.put({ id: newId('lockout'), source, kind, failures, failedAt: now, lockedUntil });
    });
    if (lockedUntil === undefined) return;
    this.#deps.log.warn({ source, kind }, 'Too many failed logins: address locked out');
    // Whoever hears of it finds it in the list.
    void written.then(() => events.emit('login.locked', { source, kind, until: isoTime(lockedUntil) }));
  }

  #forget({ source, kind }: LoginFrom): void {
    void this.#write(() => this.#deps.attempts.deleteOf(subscriberKey(source), kind));
  }

  /** A full disk keeps nobody from signing in; what is in memory counts until the restart. */
  #write(run: () => void): Promise<void> {
    const { writes, log } = this.#deps;
    return writes.write(run).catch((error: unknown) => log.warn({ err: error }, 'Failed login not stored'));
  }
}
