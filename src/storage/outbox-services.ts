import type { Clock } from '#base/clock.ts';
import { defaultDelays } from './outbox-decision.ts';
import type { DecisionFacts, OutboxDelays } from './outbox-decision.ts';
import type { AttemptOutcome, LookUpOutcome } from './outbox-item.ts';

type Service = {
  consecutiveFailures: number;
  consecutiveRateLimits: number;
  pausedUntil: number;
  isFailing: boolean;
  reason: string;
};

export type OutboxServicesOptions = {
  readonly clock: Clock;
  readonly onFailing?: (service: string, failures: number, reason: string) => void;
  readonly onRecovered?: (service: string) => void;
  readonly delays?: OutboxDelays;
  readonly random?: () => number;
};

/** Consecutive failures after which an alert is raised. */
const failureAlertThreshold = 3;

/** The state of every service behind the outbox: consecutive failures, and until when it is paused. */
export class OutboxServices {
  readonly #options: OutboxServicesOptions;
  readonly #services = new Map<string, Service>();

  constructor(options: OutboxServicesOptions) {
    this.#options = options;
  }

  /** Counts an outcome, emits alerts, and returns the facts for the decision about the item. */
  record(name: string, outcome: AttemptOutcome | LookUpOutcome): DecisionFacts {
    const { clock, delays = defaultDelays, random = Math.random } = this.#options;
    const service = this.#service(name);
    switch (outcome.kind) {
      case 'unreachable':
      case 'retry':
      case 'ambiguous':
      case 'unclear':
        this.#fail(name, service, outcome.message);
        break;
      case 'limited':
        // Available but busy: neither a failure nor a success.
        service.consecutiveRateLimits += 1;
        return { now: clock.now(), consecutiveFailures: service.consecutiveRateLimits, random: random(), delays };
      default:
        this.#succeed(name, service);
    }
    return { now: clock.now(), consecutiveFailures: Math.max(1, service.consecutiveFailures), random: random(), delays };
  }

  /** `until` by the clock, such as a decision says it. */
  pause(name: string, until: number): void {
    const { clock } = this.#options;
    const service = this.#service(name);
    service.pausedUntil = Math.max(service.pausedUntil, until - clock.now() + clock.monotonic());
  }

  /** By the clock; in the past where it is not paused. */
  pausedUntil(name: string): number {
    const { clock } = this.#options;
    return (this.#services.get(name)?.pausedUntil ?? 0) - clock.monotonic() + clock.now();
  }

  clearPause(name: string): void {
    this.#service(name).pausedUntil = 0;
  }

  problemOf(name: string): string | undefined {
    const service = this.#services.get(name);
    return service?.isFailing === true ? service.reason : undefined;
  }

  #fail(name: string, service: Service, reason: string): void {
    service.consecutiveFailures += 1;
    service.reason = reason;
    if (service.consecutiveFailures < failureAlertThreshold || service.isFailing) return;
    service.isFailing = true;
    this.#options.onFailing?.(name, service.consecutiveFailures, reason);
  }

  #succeed(name: string, service: Service): void {
    service.consecutiveFailures = 0;
    service.consecutiveRateLimits = 0;
    if (!service.isFailing) return;
    service.isFailing = false;
    this.#options.onRecovered?.(name);
  }

  #service(name: string): Service {
    const known = this.#services.get(name) ?? {
      consecutiveFailures: 0,
      consecutiveRateLimits: 0,
      pausedUntil: 0,
      isFailing: false,
      reason: '',
    };
    this.#services.set(name, known);
    return known;
  }
}
