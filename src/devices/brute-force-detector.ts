import type { Clock } from '#base/clock.ts';
import { subscriberKey } from '#base/private-address.ts';

/** A phone whose password is tried from many places: wrong tries and households they came from, within an hour. */
export type BruteForceTarget = { readonly username: string; readonly tries: number; readonly sources: number };

export type BruteForceDetectorOptions = {
  readonly clock: Clock;
  /** The first time in an hour that somebody guesses this phone's password. */
  readonly onDetected: (phone: BruteForceTarget) => void;
};

type Attempts = { since: number; tries: number; readonly sources: Set<string>; isReported: boolean };

const hourMs = 3_600_000;
/** More than a household gets wrong: a phone with an old password comes from one place, and its owner from few. */
const threshold = { tries: 20, sources: 3 } as const;
const maxSources = 1000;

/** Sees what no limit of one source sees: the password of one phone tried from many. */
export class BruteForceDetector {
  readonly #clock: Clock;
  readonly #onDetected: BruteForceDetectorOptions['onDetected'];
  readonly #attempts = new Map<string, Attempts>();

  constructor({ clock, onDetected: found }: BruteForceDetectorOptions) {
    this.#clock = clock;
    this.#onDetected = found;
  }

  /** A wrong try for a phone of the house. */
  add(username: string, source: string): void {
    const now = this.#clock.monotonic();
    const known = this.#attempts.get(username);
    const guesses = known === undefined || now - known.since >= hourMs ? newAttempts(now) : known;
    guesses.tries += 1;
    if (guesses.sources.size < maxSources) guesses.sources.add(subscriberKey(source));
    this.#attempts.set(username, guesses);
    if (guesses.isReported || !isBruteForce(guesses)) return;
    guesses.isReported = true;
    this.#onDetected(toTarget(username, guesses));
  }

  /** Those that are guessed now. */
  list(): readonly BruteForceTarget[] {
    const now = this.#clock.monotonic();
    const phones: BruteForceTarget[] = [];
    for (const [username, guesses] of this.#attempts) {
      if (now - guesses.since >= hourMs) this.#attempts.delete(username);
      else if (isBruteForce(guesses)) phones.push(toTarget(username, guesses));
    }
    return phones;
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
