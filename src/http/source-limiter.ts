import type { Clock } from '#base/clock.ts';
import { isPrivate, subscriberKey } from '#base/private-address.ts';

export type SourceLimits = {
  /** Connections of one untrusted source at a time. */
  readonly connectionsPerSource: number;
  /** Bad requests of one untrusted source in a minute; its connections are refused for the rest of it. */
  readonly violationsPerMinute: number;
  /** Addresses remembered. */
  readonly maxSources: number;
};

export const defaultSourceLimits: SourceLimits = {
  connectionsPerSource: 20,
  violationsPerMinute: 60,
  maxSources: 10_000,
};

type SourceRecord = { open: number; violations: number; windowStart: number; trustedUntil: number };

const minuteMs = 60_000;
const trustMs = 3_600_000;

/**
 * A rate limit for each source address: keeps one bad source from using up the listener. Private addresses are never limited, because a reverse proxy there speaks for all
 * clients; Twilio's addresses are not known beforehand, they become trusted by their first valid signature.
 */
export class SourceLimiter {
  readonly #clock: Clock;
  readonly #limits: SourceLimits;
  readonly #sources = new Map<string, SourceRecord>();

  constructor(clock: Clock, limits: SourceLimits = defaultSourceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get size(): number {
    return this.#sources.size;
  }

  /** Whether a new connection may stay; `closed` must be called once for every one that may. */
  opened(address: string): { readonly isUntrusted: boolean } | undefined {
    if (isLocalAddress(address)) return { isUntrusted: false };
    const key = subscriberKey(address);
    const source = this.#of(key);
    if (source === undefined) return undefined;
    const isTrusted = source.trustedUntil > this.#clock.monotonic();
    if (!isTrusted && this.#isOverLimit(source)) {
      this.#forgetIfIdle(key, source);
      return undefined;
    }
    source.open += 1;
    return { isUntrusted: !isTrusted };
  }

  closed(address: string): void {
    const key = subscriberKey(address);
    const source = this.#sources.get(key);
    if (source === undefined) return;
    source.open = Math.max(0, source.open - 1);
    this.#forgetIfIdle(key, source);
  }

  recordViolation(address: string): void {
    if (isLocalAddress(address)) return;
    const source = this.#of(subscriberKey(address));
    if (source === undefined) return;
    const now = this.#clock.monotonic();
    if (now - source.windowStart >= minuteMs) {
      source.violations = 0;
      source.windowStart = now;
    }
    source.violations += 1;
  }

  markTrusted(address: string): void {
    if (isLocalAddress(address)) return;
    const source = this.#of(subscriberKey(address));
    if (source !== undefined) source.trustedUntil = this.#clock.monotonic() + trustMs;
  }

  sweep(): void {
    for (const [key, source] of this.#sources) this.#forgetIfIdle(key, source);
  }

  #isOverLimit({ open, violations, windowStart }: SourceRecord): boolean {
    const { connectionsPerSource, violationsPerMinute } = this.#limits;
    const isOverViolations = violations >= violationsPerMinute && this.#clock.monotonic() - windowStart < minuteMs;
    return isOverViolations || open >= connectionsPerSource;
  }

  /** Undefined where the table is full of sources that matter. */
  #of(key: string): SourceRecord | undefined {
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= this.#limits.maxSources) this.#makeRoom();
    if (this.#sources.size >= this.#limits.maxSources) return undefined;
    const source = { open: 0, violations: 0, windowStart: Number.NEGATIVE_INFINITY, trustedUntil: 0 };
    this.#sources.set(key, source);
    return source;
  }

  /** Forgets the oldest untrusted source without a connection; looks at a few only, which costs the same at any size. */
  #makeRoom(): void {
    let scanned = 0;
    for (const [key, source] of this.#sources) {
      if (source.open === 0 && source.trustedUntil <= this.#clock.monotonic()) {
        this.#sources.delete(key);
        return;
      }
      scanned += 1;
      if (scanned >= 64) return;
    }
  }

  #forgetIfIdle(key: string, { open, windowStart, violations, trustedUntil }: SourceRecord): void {
    const now = this.#clock.monotonic();
    const hasViolations = violations > 0 && now - windowStart < minuteMs;
    if (open === 0 && !hasViolations && trustedUntil <= now) this.#sources.delete(key);
  }
}

/** An empty address is a socket of this machine. */
function isLocalAddress(address: string): boolean {
  return address === '' || isPrivate(address);
}
