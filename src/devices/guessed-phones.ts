import type { Clock } from '#base/clock.ts';
import { subscriberOf } from '#base/private-address.ts';

/** A phone whose password is tried from many places: wrong tries and households they came from, within an hour. */
export type GuessedPhone = { readonly username: string; readonly tries: number; readonly sources: number };

export type GuessedPhonesOptions = {
  readonly clock: Clock;
  /** The first time in an hour that somebody guesses this phone's password. */
  readonly found: (phone: GuessedPhone) => void;
};

type Guesses = { since: number; tries: number; readonly sources: Set<string>; isTold: boolean };

const hourMs = 3_600_000;
/** More than a household gets wrong: a phone with an old password comes from one place, and its owner from few. */
const guessing = { tries: 20, sources: 3 } as const;
const mostSources = 1000;

/** Sees what no limit of one source sees: the password of one phone tried from many. */
export class GuessedPhones {
  readonly #clock: Clock;
  readonly #found: GuessedPhonesOptions['found'];
  readonly #guesses = new Map<string, Guesses>();

  constructor({ clock, found }: GuessedPhonesOptions) {
    this.#clock = clock;
    this.#found = found;
  }

  /** A wrong try for a phone of the house. */
  add(username: string, source: string): void {
    const now = this.#clock.monotonic();
    const known = this.#guesses.get(username);
    const guesses = known === undefined || now - known.since >= hourMs ? newGuesses(now) : known;
    guesses.tries += 1;
    if (guesses.sources.size < mostSources) guesses.sources.add(subscriberOf(source));
    this.#guesses.set(username, guesses);
    if (guesses.isTold || !isGuessing(guesses)) return;
    guesses.isTold = true;
    this.#found(told(username, guesses));
  }

  /** Those that are guessed now. */
  list(): readonly GuessedPhone[] {
    const now = this.#clock.monotonic();
    const phones: GuessedPhone[] = [];
    for (const [username, guesses] of this.#guesses) {
      if (now - guesses.since >= hourMs) this.#guesses.delete(username);
      else if (isGuessing(guesses)) phones.push(told(username, guesses));
    }
    return phones;
  }
}

function newGuesses(since: number): Guesses {
  return { since, tries: 0, sources: new Set(), isTold: false };
}

function isGuessing({ tries, sources }: Guesses): boolean {
  return tries >= guessing.tries && sources.size >= guessing.sources;
}

function told(username: string, { tries, sources }: Guesses): GuessedPhone {
  return { username, tries, sources: sources.size };
}
