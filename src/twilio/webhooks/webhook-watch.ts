import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';

export type WebhookHealth = { readonly status: 'ok' | 'degraded'; readonly message: string };

/** A wrong signature on what names our account matters so long, unless a right one comes after it. */
const recentMs = 3_600_000;
/** One line of the log for many refusals. */
const logEveryMs = 60_000;

/** Counts what came to the webhooks, so that the person who runs the house sees why calls do not come in. */
export class WebhookWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  #accepted = 0;
  #refused = 0;
  #failed = 0;
  #acceptedAt: number | undefined;
  #refusedAt: number | undefined;
  /** By the monotonic time, of a request that named our account: most likely Twilio itself. */
  #ownRefusedAt: number | undefined;
  #ownAdvice = '';
  #missingParametersAt: number | undefined;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  get counts(): { readonly accepted: number; readonly refused: number; readonly failed: number } {
    return { accepted: this.#accepted, refused: this.#refused, failed: this.#failed };
  }

  recordAccepted(): void {
    this.#accepted += 1;
    this.#acceptedAt = this.#clock.now();
    this.#ownRefusedAt = undefined;
    this.#missingParametersAt = undefined;
  }

  /** Rightly signed, but its fields are gone: what a redirect makes of a POST. */
  recordMissingParameters(): void {
    this.#missingParametersAt = this.#clock.monotonic();
    this.#log.warn('A webhook came as a GET without its fields: something on the way redirects');
  }

  /** A handler failed; the caller or sender was served all the same. */
  recordFailed(): void {
    this.#failed += 1;
  }

  recordRefused(facts: {
    readonly path: string;
    readonly source: string;
    readonly isOwnAccount: boolean;
    readonly hasSignature: boolean;
    /** Why signatures of its kind do not fit, and what helps. */
    readonly advice: string;
  }): void {
    const now = this.#clock.monotonic();
    this.#refused += 1;
    this.#refusedAt = this.#clock.now();
    if (facts.isOwnAccount) {
      this.#ownRefusedAt = now;
      this.#ownAdvice = facts.advice;
    }
    if (now - this.#loggedAt < logEveryMs) return;
    this.#loggedAt = now;
    this.#log.warn({ ...facts, refused: this.#refused }, 'A webhook without a right signature was refused');
  }

  health(): WebhookHealth {
    const refused =
      this.#refusedAt === undefined
        ? 'no request was refused'
        : `${this.#refused} with a wrong signature refused, the last at ${isoTime(this.#refusedAt)}`;
    const failed = this.#failed === 0 ? '' : `; ${this.#failed} failed inside GoSIP, see its log`;
    if (this.#ownRefusedAt !== undefined && this.#clock.monotonic() - this.#ownRefusedAt < recentMs) {
      return { status: 'degraded', message: `Requests from Twilio fail the signature check: ${this.#ownAdvice} (${refused})` };
    }
    if (this.#missingParametersAt !== undefined && this.#clock.monotonic() - this.#missingParametersAt < recentMs) {
      const advice = 'something on the way redirects them, such as http to https: set the address it leads to as the public URL';
      return { status: 'degraded', message: `Requests from Twilio lose their fields: ${advice} (${refused})` };
    }
    const last =
      this.#acceptedAt === undefined ? 'nothing has come from Twilio yet' : `the last came at ${isoTime(this.#acceptedAt)}`;
    return { status: 'ok', message: `${last}; ${refused}${failed}` };
  }
}
