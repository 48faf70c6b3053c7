// Owns the hashes of passwords: makes and compares them, by bcrypt, on other threads than the one that phones wait for.
// Called by people and login.
// Must stay true: few comparisons run at a time, because they share their threads with files and names; the rest waits, but not without end.
import type { hash, verify } from '@node-rs/bcrypt';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';

/** 70 ms on a server of 2025, some 200 ms on a Raspberry Pi 4. */
const cost = 10;
/** The threads are four, and reading files and looking up names need them too. */
const maxRunning = 2;
const maxWaiting = 30;

/** Of a random text, with the same cost: comparing with it takes as long as with that of a person. */
const nobodysHash = '$2b$10$447t7NDTyRAng1hEI5/eCOAeUg42fQ/PYCoXa0dLIkVsYFwp9xJES';

type Bcrypt = { readonly hash: typeof hash; readonly verify: typeof verify };

export class PasswordHasher {
  readonly #load: () => Promise<Bcrypt>;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(load: () => Promise<Bcrypt> = loadBcrypt) {
    this.#load = load;
  }

  /** Rejects with `unavailable` where too many wait already, as `verify` does. */
  hash(password: string): Promise<string> {
    return this.#inTurn(async () => (await this.#load()).hash(password, cost));
  }

  /** Whether it is the password of this hash; without a hash it takes as long, and is not. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const isSame = await this.#inTurn(async () => (await this.#load()).verify(password, hash ?? nobodysHash));
    return isSame && hash !== undefined;
  }

  async #inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
    if (this.#running >= maxRunning) await this.#wait();
    else this.#running += 1;
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** Who waited takes over the turn of who is done. */
  #wait(): Promise<void> {
    if (this.#waiting.length >= maxWaiting) {
      throw new AppError('unavailable', 'Too many people are signing in at this moment: try again', {
        ...because('many-sign-ins'),
        retryAfterSeconds: 5,
      });
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** Loaded when a password is first needed: most starts need none. */
function loadBcrypt(): Promise<Bcrypt> {
  return import('@node-rs/bcrypt');
}
