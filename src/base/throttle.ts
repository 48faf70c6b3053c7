import type { Clock } from './clock.ts';
import { subscriberKey } from './private-address.ts';

/** The source address of a login, and the account it names; none where the credentials name no account, such as a token. */
export type LoginSource = { readonly source: string; readonly account?: string };

/** `attemptId` is the same for what a client sends by itself after its user entered a password once, such as a Call-ID; without one each is a try. */
export type FailedLogin = LoginSource & { readonly attemptId?: string };

export type LoginThrottleOptions = {
  readonly clock: Clock;
  /** How long the lock lasts after the last failure. */
  readonly lockMs: number;
  /** Failures within a minute that lock. */
  readonly maxFailures?: number;
  /** Sources and accounts remembered. */
  readonly capacity?: number;
};

export type RestoredFailures = { readonly failures: number; readonly agoMs: number; readonly lockedMs: number };

type Failures = {
  /** The latest tries, at most `maxFailures`, oldest first; monotonic. */
  readonly times: readonly number[];
  readonly lockedUntil: number;
  readonly attemptId: string | undefined;
  /** Answers under this `attemptId`. */
  readonly answers: number;
};

const windowMs = 60_000;
/** baresip answers each 401 again, six times within 80 ms, and pjsua three times: their user has typed one password. */
const attempt = { ms: 10_000, answers: 8 } as const;
const none: Failures = { times: [], lockedUntil: 0, attemptId: undefined, answers: 0 };

/**
 * Counts failed logins for each source together with the account it tried, so that guessing is slow while everybody else logs in as
 * always. An account alone is never locked, because any source could lock its owner out. A caller that checks the lock before the
 * credentials makes right ones wait too; one that checks it after wrong ones does not.
 */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #lockMs: number;
  readonly #maxFailures: number;
  readonly #capacity: number;
  // Each in the order of the last failure, so that what runs out first comes first, and a flood of newcomers lifts no lock.
  readonly #locked = new Map<string, Failures>();
  readonly #open = new Map<string, Failures>();

  constructor({ clock, lockMs, maxFailures = 5, capacity = 10_000 }: LoginThrottleOptions) {
    this.#clock = clock;
    this.#lockMs = lockMs;
    this.#maxFailures = maxFailures;
    this.#capacity = capacity;
  }

  /** Whole seconds until the next try is allowed; 0 where it is now. */
  lockedSeconds(login: LoginSource): number {
    if (this.#locked.size === 0) return 0;
    const { lockedUntil } = this.#locked.get(keyOf(login)) ?? none;
    return Math.max(0, Math.ceil((lockedUntil - this.#clock.monotonic()) / 1000));
  }

  /** Counts a failure. Whether it is a try of its own, not another answer of the last one. */
  failed(login: FailedLogin): boolean {
    const key = keyOf(login);
    const now = this.#clock.monotonic();
    const before = this.#locked.get(key) ?? this.#open.get(key) ?? none;
    const attemptId = login.attemptId === undefined ? undefined : copyShort(login.attemptId);
    const isNew = !isSameAttempt(before, attemptId, now);
    const recent = before.times.filter((at) => at > now - windowMs);
    const times = isNew ? [...recent, now].slice(-this.#maxFailures) : before.times;
    const isLocked = times.length >= this.#maxFailures || before.lockedUntil > now;
    this.#forget(key);
    this.#makeRoom(now);
    const after = { times, lockedUntil: isLocked ? now + this.#lockMs : 0, attemptId, answers: isNew ? 1 : before.answers + 1 };
    (isLocked ? this.#locked : this.#open).set(key, after);
    return isNew;
  }

  /** Takes back the last failure, where it was not found out whether it is one. */
  withdraw(login: LoginSource): void {
    const key = keyOf(login);
    const before = this.#locked.get(key) ?? this.#open.get(key);
    if (before === undefined) return;
    this.#forget(key);
    if (before.times.length > 1) this.#open.set(key, { ...before, times: before.times.slice(0, -1), lockedUntil: 0 });
  }

  /** What to keep of it over a restart: tries that count, and milliseconds until the next one is allowed. */
  stateOf(login: LoginSource): { readonly failures: number; readonly lockedMs: number } {
    const key = keyOf(login);
    const { times, lockedUntil } = this.#locked.get(key) ?? this.#open.get(key) ?? none;
    return { failures: times.length, lockedMs: Math.max(0, lockedUntil - this.#clock.monotonic()) };
  }

  /** Puts back what was known before a restart; `agoMs`: when the last try failed. */
  restore(login: LoginSource, { failures, agoMs, lockedMs }: RestoredFailures): void {
    const now = this.#clock.monotonic();
    const times = Array.from({ length: Math.min(failures, this.#maxFailures) }, () => now - agoMs);
    const isLocked = lockedMs > 0;
    const restored = { times, lockedUntil: isLocked ? now + lockedMs : 0, attemptId: undefined, answers: 0 };
    (isLocked ? this.#locked : this.#open).set(keyOf(login), restored);
  }

  /** Forgets earlier failures. */
  succeeded(login: LoginSource): void {
    if (this.size > 0) this.#forget(keyOf(login));
  }

  /** Sources and accounts remembered. */
  get size(): number {
    return this.#locked.size + this.#open.size;
  }

  #makeRoom(now: number): void {
    dropWhile(this.#locked, ({ lockedUntil }) => lockedUntil <= now);
    dropWhile(this.#open, ({ times }) => (times.at(-1) ?? 0) <= now - windowMs);
    if (this.size < this.#capacity) return;
    const [oldest] = (this.#open.size > 0 ? this.#open : this.#locked).keys();
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forget(key: string): void {
    this.#locked.delete(key);
    this.#open.delete(key);
  }
}

export type LogThrottleOptions = {
  readonly clock: Clock;
  /** Lines within a minute. */
  readonly maxPerMinute?: number;
};

/** Keeps unauthenticated sources from filling the log: each line once a minute, and only so many different ones. */
export class LogThrottle {
  readonly #clock: Clock;
  readonly #maxPerMinute: number;
  readonly #logged = new Set<string>();
  #since = Number.NEGATIVE_INFINITY;

  constructor({ clock, maxPerMinute = 20 }: LogThrottleOptions) {
    this.#clock = clock;
    this.#maxPerMinute = maxPerMinute;
  }

  /** Whether the line of this key is to be written now; then it counts as written. */
  shouldLog(key: string): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#since >= windowMs) {
      this.#logged.clear();
      this.#since = now;
    }
    if (this.#logged.size >= this.#maxPerMinute || this.#logged.has(key)) return false;
    this.#logged.add(key);
    return true;
  }
}

function isSameAttempt({ times, attemptId, answers }: Failures, given: string | undefined, now: number): boolean {
  const startedAt = times.at(-1);
  if (startedAt === undefined || given === undefined || given !== attemptId) return false;
  return now - startedAt < attempt.ms && answers < attempt.answers;
}

function keyOf({ source, account = '' }: LoginSource): string {
  return `${subscriberKey(source)} ${copyShort(account)}`;
}

/** Cut, and copied out of its message: what an attacker writes must not fill the table with text. */
function copyShort(text: string): string {
  return Buffer.from(text.slice(0, 64)).toString();
}

function dropWhile(records: Map<string, Failures>, isOver: (record: Failures) => boolean): void {
  for (const [key, record] of records) {
    if (!isOver(record)) return;
    records.delete(key);
  }
}
