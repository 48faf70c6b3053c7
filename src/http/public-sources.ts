import type { Clock } from '#base/clock.ts';
import { isPrivate, subscriberOf } from '#base/private-address.ts';

export type SourceLimits = {
  /** Connections of one stranger at a time. */
  readonly connectionsEach: number;
  /** Bad requests of one stranger in a minute; its connections are refused for the rest of it. */
  readonly badPerMinute: number;
  /** Addresses remembered. */
  readonly mostSources: number;
};

export const usualSourceLimits: SourceLimits = {
  connectionsEach: 20,
  badPerMinute: 60,
  mostSources: 10_000,
};

type Source = { open: number; bad: number; badSince: number; trustedUntil: number };

const minuteMs = 60_000;
const trustMs = 3_600_000;

/**
 * Keeps one bad source from using up the listener. A proxy of ours speaks for everybody, so addresses of the house are never limited
 * by what comes through them; Twilio's addresses are not known beforehand, they prove themselves by their first signature.
 */
export class PublicSources {
  readonly #clock: Clock;
  readonly #limits: SourceLimits;
  readonly #sources = new Map<string, Source>();

  constructor(clock: Clock, limits: SourceLimits = usualSourceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get size(): number {
    return this.#sources.size;
  }

  /** Whether a new connection may stay; `closed` must be called once for every one that may. */
  opened(address: string): { readonly isStranger: boolean } | undefined {
    if (isOfHouse(address)) return { isStranger: false };
    const key = subscriberOf(address);
    const source = this.#of(key);
    if (source === undefined) return undefined;
    const isTrusted = source.trustedUntil > this.#clock.monotonic();
    if (!isTrusted && this.#isTooMuch(source)) {
      this.#forgetIfIdle(key, source);
      return undefined;
    }
    source.open += 1;
    return { isStranger: !isTrusted };
  }

  closed(address: string): void {
    const key = subscriberOf(address);
    const source = this.#sources.get(key);
    if (source === undefined) return;
    source.open = Math.max(0, source.open - 1);
    this.#forgetIfIdle(key, source);
  }

  wasBad(address: string): void {
    if (isOfHouse(address)) return;
    const source = this.#of(subscriberOf(address));
    if (source === undefined) return;
    const now = this.#clock.monotonic();
    if (now - source.badSince >= minuteMs) {
      source.bad = 0;
      source.badSince = now;
    }
    source.bad += 1;
  }

  wasTrusted(address: string): void {
    if (isOfHouse(address)) return;
    const source = this.#of(subscriberOf(address));
    if (source !== undefined) source.trustedUntil = this.#clock.monotonic() + trustMs;
  }

  sweep(): void {
    for (const [key, source] of this.#sources) this.#forgetIfIdle(key, source);
  }

  #isTooMuch({ open, bad, badSince }: Source): boolean {
    const { connectionsEach, badPerMinute } = this.#limits;
    const isBad = bad >= badPerMinute && this.#clock.monotonic() - badSince < minuteMs;
    return isBad || open >= connectionsEach;
  }

  /** Undefined where the table is full of sources that matter. */
  #of(key: string): Source | undefined {
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= this.#limits.mostSources) this.#makeRoom();
    if (this.#sources.size >= this.#limits.mostSources) return undefined;
    const source = { open: 0, bad: 0, badSince: Number.NEGATIVE_INFINITY, trustedUntil: 0 };
    this.#sources.set(key, source);
    return source;
  }

  /** The oldest strangers without a connection are forgotten first; a few looks are enough, and cost the same at any size. */
  #makeRoom(): void {
    let looks = 0;
    for (const [key, source] of this.#sources) {
      if (source.open === 0 && source.trustedUntil <= this.#clock.monotonic()) {
        this.#sources.delete(key);
        return;
      }
      looks += 1;
      if (looks >= 64) return;
    }
  }

  #forgetIfIdle(key: string, { open, badSince, bad, trustedUntil }: Source): void {
    const now = this.#clock.monotonic();
    const isBad = bad > 0 && now - badSince < minuteMs;
    if (open === 0 && !isBad && trustedUntil <= now) this.#sources.delete(key);
  }
}

/** Whose address cannot be told is behind a socket of this machine. */
function isOfHouse(address: string): boolean {
  return address === '' || isPrivate(address);
}
