import type { Clock } from '#base/clock.ts';
import { subscriberKey } from '#base/private-address.ts';

const allowedFailures = 5;
const windowMs = 60_000;
const lockMs = 15 * 60_000;
const maxAddresses = 10_000;

type Record = { readonly failures: number[]; lockedUntil: number };

/**
 * Remembers failed sign-ins per address: five within a minute lock the address for a quarter of an hour.
 * Only asked about wrong credentials, so that a person with the right ones is never locked out by a neighbour.
 */
export class SignInAttempts {
  // The oldest entry comes first, so that a flood of addresses drops the oldest ones.
  readonly #records = new Map<string, Record>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#records.size;
  }

  /** Seconds until `address` may fail again, or 0. */
  lockedSeconds(address: string): number {
    const record = this.#records.get(subscriberKey(address));
    return record === undefined ? 0 : Math.max(0, Math.ceil((record.lockedUntil - this.#clock.monotonic()) / 1000));
  }

  failed(address: string): void {
    const source = subscriberKey(address);
    const now = this.#clock.monotonic();
    const record = this.#records.get(source) ?? { failures: [], lockedUntil: 0 };
    const recent = [...record.failures.filter((at) => at > now - windowMs), now];
    const isLocked = recent.length >= allowedFailures;
    this.#records.delete(source);
    this.#records.set(source, { failures: isLocked ? [] : recent, lockedUntil: isLocked ? now + lockMs : record.lockedUntil });
    if (this.#records.size > maxAddresses) this.#makeRoom(now);
  }

  /** Forgets what has run out; call it now and then. */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [source, record] of this.#records) {
      const isFresh = record.lockedUntil > now || record.failures.some((at) => at > now - windowMs);
      if (!isFresh) this.#records.delete(source);
    }
  }

  // Dropping the oldest one alone would let a flood from elsewhere lift a lock, so unlocked ones go first.
  #makeRoom(now: number): void {
    let oldest: string | undefined;
    for (const [source, record] of this.#records) {
      oldest ??= source;
      if (record.lockedUntil <= now) {
        oldest = source;
        break;
      }
    }
    if (oldest !== undefined) this.#records.delete(oldest);
  }
}
