import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Verdict } from './verdict.ts';

type Allowance = { left: number; since: number };

const mostAtOnce = 30;
/** One more after each such time. */
const oneEachMs = 10_000;
const tellAfterMs = 60_000;

/**
 * Who may still have refused calls written down: a forged trunk, or whoever has a phone's password, is refused hundreds of times in a
 * second, and must not fill disk and log with it. A call that somebody of the house missed is none of these.
 */
export class RefusedCalls {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #allowances = new Map<string, Allowance>();
  readonly #skipped = new Map<string, number>();
  #timer: Timer | undefined;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** `by` is the phone or trunk that the call came from. */
  mayRecord(by: string, { result, reason }: Verdict): boolean {
    if (result !== 'failed' && result !== 'blocked') return true;
    const now = this.#clock.monotonic();
    const allowance = this.#allowances.get(by) ?? { left: mostAtOnce, since: now };
    this.#allowances.set(by, allowance);
    const more = Math.floor((now - allowance.since) / oneEachMs);
    allowance.left = Math.min(mostAtOnce, allowance.left + more);
    allowance.since += more * oneEachMs;
    if (allowance.left > 0) {
      allowance.left -= 1;
      return true;
    }
    this.#skip(`${by} ${reason}`);
    return false;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#tell();
  }

  #skip(what: string): void {
    this.#skipped.set(what, (this.#skipped.get(what) ?? 0) + 1);
    this.#timer ??= this.#clock.after(tellAfterMs, () => this.#tell());
  }

  #tell(): void {
    this.#timer = undefined;
    for (const [what, calls] of this.#skipped) {
      const [from, reason] = what.split(/ (?=[^ ]*$)/);
      this.#log.warn({ from, reason, calls }, 'More calls were refused than are written down');
    }
    this.#skipped.clear();
  }
}
