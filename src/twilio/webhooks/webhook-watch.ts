import { isoTime } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';

export type WebhookHealth = { readonly status: 'ok' | 'degraded'; readonly message: string };

/** How long an invalid signature with our account SID counts, unless a valid one follows. */
const recentMs = 3_600_000;
/** Refusals are logged at most this often. */
const logEveryMs = 60_000;

/** Counts webhook requests, so that the health page shows why inbound calls do not arrive. */
export class WebhookWatch {
  readonly #clock: Clock;
  readonly #log: Log;
  #accepted = 0;
  #refused = 0;
  #failed = 0;
  #acceptedAt: number | undefined;
  #refusedAt: number | undefined;
  /** Monotonic time of a refused request with our account SID: most likely Twilio itself. */
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

  /** Validly signed, but without its fields: what a redirect makes of a POST. */
  recordMissingParameters(): void {
    this.#missingParametersAt = this.#clock.monotonic();
    this.#log.warn('Webhook arrived as GET without its fields: a proxy redirects it');
  }

  /** A handler failed; the fallback response was sent. */
  recordFailed(): void {
    this.#failed += 1;
  }

  recordRefused(facts: {
    readonly path: string;
    readonly source: string;
    readonly isOwnAccount: boolean;
    readonly hasSignature: boolean;
    /** Why signatures of its scheme do not match, and what to do. */
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
    this.#log.warn({ ...facts, refused: this.#refused }, 'Webhook with an invalid signature refused');
  }

  health(): WebhookHealth {
    const refused =
      this.#refusedAt === undefined
        ? 'no request was refused'
        : `${this.#refused} with an invalid signature refused, the last at ${isoTime(this.#refusedAt)}`;
    const failed = this.#failed === 0 ? '' : `; ${this.#failed} failed in GoSIP, see its log`;
    if (this.#ownRefusedAt !== undefined && this.#clock.monotonic() - this.#ownRefusedAt < recentMs) {
      return { status: 'degraded', message: `Requests from Twilio fail the signature check: ${this.#ownAdvice} (${refused})` };
    }
    if (this.#missingParametersAt !== undefined && this.#clock.monotonic() - this.#missingParametersAt < recentMs) {
      const advice = 'a proxy redirects them, such as http to https: set the URL it redirects to as the public URL';
      return { status: 'degraded', message: `Requests from Twilio lose their fields: ${advice} (${refused})` };
    }
    const last =
      this.#acceptedAt === undefined ? 'no webhook has arrived yet' : `the last webhook arrived at ${isoTime(this.#acceptedAt)}`;
    return { status: 'ok', message: `${last}; ${refused}${failed}` };
  }
}
