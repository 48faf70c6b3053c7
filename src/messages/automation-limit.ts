// Owns how many text messages automations may send, so that one that runs away, or that answers a machine, does not empty the account.
// Called by the command and the entity that send messages for automations; what people write has no such limit.
// Must stay true: what was refused for another reason takes no room from an alarm.
import type { Clock } from '#base/clock.ts';
import { spokenError } from '#base/errors.ts';
import { tooManyByAutomations } from './spoken-words.ts';

export type AutomationLimitDeps = { readonly clock: Pick<Clock, 'monotonic'> };

/** As automatic replies have it. */
const maxPerHour = 60;
const hourMs = 3_600_000;

export class AutomationLimit {
  readonly #clock: AutomationLimitDeps['clock'];
  /** Monotonic, oldest first. */
  #times: readonly number[] = [];

  constructor({ clock }: AutomationLimitDeps) {
    this.#clock = clock;
  }

  /** Throws `rate-limited` where the last hour had as many as it may. */
  async within<Value>(send: () => Promise<Value>): Promise<Value> {
    const now = this.#clock.monotonic();
    this.#times = this.#times.filter((at) => at > now - hourMs);
    const [oldest = now] = this.#times;
    if (this.#times.length >= maxPerHour) {
      const retryAfterSeconds = Math.ceil((oldest + hourMs - now) / 1000);
      throw spokenError('rate-limited', tooManyByAutomations, { retryAfterSeconds });
    }
    this.#times = [...this.#times, now];
    try {
      return await send();
    } catch (error) {
      this.#times = this.#times.toSpliced(this.#times.indexOf(now), 1);
      throw error;
    }
  }
}
