import type { Clock } from '#base/clock.ts';
import { subscriberKey } from '#base/private-address.ts';

/** A brute force attack on a device's password, from many sources: failures and households they came from, within an hour. */
export type BruteForceTarget = { readonly username: string; readonly tries: number; readonly sources: number };

export type BruteForceDetectorOptions = {
  readonly clock: Clock;
  /** Called once an hour for a device that is being guessed. */
  readonly onDetected: (target: BruteForceTarget) => void;
};

type Attempts = { since: number; tries: number; readonly sources: Set<string>; isReported: boolean };

const hourMs = 3_600_000;
/** Beyond a household's mistakes: a phone with an old password comes from one source, and its owner from few. */
const threshold = { tries: 20, sources: 3 } as const;
const maxSources = 1000;

/**
 * Sees what LoginThrottle, which locks one source, cannot: the password of one device tried from many. It locks nothing, because that
 * would lock the owner out; it counts only devices that exist, so its memory is bounded by them.
 */
export class BruteForceDetector {
  readonly #clock: Clock;
  readonly #onDetected: BruteForceDetectorOptions['onDetected'];
  readonly #attempts = new Map<string, Attempts>();

  constructor({ clock, onDetected }: BruteForceDetectorOptions) {
    this.#clock = clock;
    this.#onDetected = onDetected;
  }

  /** A failed login for a device of the house. */
  add(username: string, source: string): void {
    const now = this.#clock.monotonic();
    const known = this.#attempts.get(username);
    const attempts = known === undefined || now - known.since >= hourMs ? newAttempts(now) : known;
    attempts.tries += 1;
    if (attempts.sources.size < maxSources) attempts.sources.add(subscriberKey(source));
    this.#attempts.set(username, attempts);
    if (attempts.isReported || !isBruteForce(attempts)) return;
    attempts.isReported = true;
    this.#onDetected(toTarget(username, attempts));
  }

  /** Devices being guessed within this hour. */
  list(): readonly BruteForceTarget[] {
    const now = this.#clock.monotonic();
    const targets: BruteForceTarget[] = [];
    for (const [username, attempts] of this.#attempts) {
      if (now - attempts.since >= hourMs) this.#attempts.delete(username);
      else if (isBruteForce(attempts)) targets.push(toTarget(username, attempts));
    }
    return targets;
  }
}

function newAttempts(since: number): Attempts {
  return { since, tries: 0, sources: new Set(), isReported: false };
}

function isBruteForce({ tries, sources }: Attempts): boolean {
  return tries >= threshold.tries && sources.size >= threshold.sources;
}

function toTarget(username: string, { tries, sources }: Attempts): BruteForceTarget {
  return { username, tries, sources: sources.size };
}
