import type { Clock } from '#base/clock.ts';
import { subscriberKey } from '#base/private-address.ts';

/** An answer to a challenge that was wrong. */
export type WrongAnswer = { readonly source: string; readonly username: string; readonly callId: string };

export type WrongPasswordsOptions = {
  readonly clock: Clock;
  /** Tries within a minute that close the pair for a minute. */
  readonly most?: number;
  /** Pairs remembered. */
  readonly capacity?: number;
};

type Tries = { count: number; since: number; closedUntil: number; callId: string; triedAt: number; answers: number };

const windowMs = 60_000;
/** baresip answers each 401 anew, six times within 80 ms, and pjsua three times: their user has typed one password. */
const oneTry = { ms: 10_000, answers: 8 } as const;

/**
 * Counts wrong passwords per pair of source and device, so that guessing is slow while everybody else in the house registers as always.
 * What a phone answers by itself in one go, under one Call-ID, is one try of its user.
 */
export class WrongPasswords {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #capacity: number;
  readonly #pairs = new Map<string, Tries>();

  constructor({ clock, most = 5, capacity = 10_000 }: WrongPasswordsOptions) {
    this.#clock = clock;
    this.#most = most;
    this.#capacity = capacity;
  }

  /** Seconds until the pair may try again; 0 where it may now. */
  waitSeconds(source: string, username: string): number {
    const tries = this.#pairs.get(pair(source, username));
    if (tries === undefined) return 0;
    return Math.max(0, Math.ceil((tries.closedUntil - this.#clock.monotonic()) / 1000));
  }

  /** Whether this is a try of its own, not more of the last one. */
  add({ source, username, callId }: WrongAnswer): boolean {
    const key = pair(source, username);
    const now = this.#clock.monotonic();
    const known = this.#pairs.get(key);
    const tries = known === undefined || now - known.since >= windowMs ? newTries(now) : known;
    const isNew = !isMoreOf(tries, short(callId), now);
    if (isNew) Object.assign(tries, { callId: short(callId), triedAt: now, answers: 0, count: tries.count + 1 });
    tries.answers += 1;
    if (tries.count >= this.#most) tries.closedUntil = now + windowMs;
    // To the end, so that the pair that tried last is forgotten last.
    this.#pairs.delete(key);
    this.#makeRoom(now);
    this.#pairs.set(key, tries);
    return isNew;
  }

  forget(source: string, username: string): void {
    if (this.#pairs.size > 0) this.#pairs.delete(pair(source, username));
  }

  /** Pairs remembered. */
  get size(): number {
    return this.#pairs.size;
  }

  #makeRoom(now: number): void {
    for (const [key, { since, closedUntil }] of this.#pairs) {
      const isOver = now - since >= windowMs && closedUntil <= now;
      if (!isOver && this.#pairs.size < this.#capacity) return;
      this.#pairs.delete(key);
    }
  }
}

function newTries(now: number): Tries {
  return { count: 0, since: now, closedUntil: 0, callId: '', triedAt: now, answers: 0 };
}

function isMoreOf({ count, callId, triedAt, answers }: Tries, given: string, now: number): boolean {
  return count > 0 && callId === given && now - triedAt < oneTry.ms && answers < oneTry.answers;
}

function pair(source: string, username: string): string {
  return `${subscriberKey(source)} ${short(username)}`;
}

/** Cut, and copied out of its message: what an attacker writes must not fill the table with text. */
function short(text: string): string {
  return Buffer.from(text.slice(0, 64)).toString();
}
