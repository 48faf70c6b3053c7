import { BlockList, isIPv6 } from 'node:net';
import type { Clock } from '#base/clock.ts';

export type SourceLimits = {
  /** Connections of one stranger at a time. */
  readonly connectionsEach: number;
  /** Connections of all strangers at a time; the rest is for those who proved themselves and for our own proxies. */
  readonly connectionsOfStrangers: number;
  /** Bad requests of one stranger in a minute; its connections are refused for the rest of it. */
  readonly badPerMinute: number;
  /** Addresses remembered. */
  readonly mostSources: number;
};

export const usualSourceLimits: SourceLimits = {
  connectionsEach: 20,
  connectionsOfStrangers: 384,
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
  #strangers = 0;

  constructor(clock: Clock, limits: SourceLimits = usualSourceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get size(): number {
    return this.#sources.size;
  }

  /** Whether a new connection may stay; `closed` must be called once for every one that may, with the value returned. */
  opened(address: string): { readonly isStranger: boolean } | undefined {
    const key = keyOf(address);
    if (isOfHouse(address)) return { isStranger: false };
    const source = this.#of(key);
    if (source === undefined) return undefined;
    const isTrusted = source.trustedUntil > this.#clock.now();
    if (!isTrusted && this.#isTooMuch(source)) {
      this.#forgetIfIdle(key, source);
      return undefined;
    }
    source.open += 1;
    if (!isTrusted) this.#strangers += 1;
    return { isStranger: !isTrusted };
  }

  closed(address: string, { isStranger }: { readonly isStranger: boolean }): void {
    if (isStranger) this.#strangers -= 1;
    const key = keyOf(address);
    const source = this.#sources.get(key);
    if (source === undefined) return;
    source.open = Math.max(0, source.open - 1);
    this.#forgetIfIdle(key, source);
  }

  wasBad(address: string): void {
    if (isOfHouse(address)) return;
    const source = this.#of(keyOf(address));
    if (source === undefined) return;
    const now = this.#clock.now();
    if (now - source.badSince >= minuteMs) {
      source.bad = 0;
      source.badSince = now;
    }
    source.bad += 1;
  }

  wasTrusted(address: string): void {
    if (isOfHouse(address)) return;
    const source = this.#of(keyOf(address));
    if (source !== undefined) source.trustedUntil = this.#clock.now() + trustMs;
  }

  sweep(): void {
    for (const [key, source] of this.#sources) this.#forgetIfIdle(key, source);
  }

  #isTooMuch({ open, bad, badSince }: Source): boolean {
    const { connectionsEach, connectionsOfStrangers, badPerMinute } = this.#limits;
    const isBad = bad >= badPerMinute && this.#clock.now() - badSince < minuteMs;
    return isBad || open >= connectionsEach || this.#strangers >= connectionsOfStrangers;
  }

  /** Undefined where the table is full of sources that matter. */
  #of(key: string): Source | undefined {
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= this.#limits.mostSources) this.#makeRoom();
    if (this.#sources.size >= this.#limits.mostSources) return undefined;
    const source = { open: 0, bad: 0, badSince: 0, trustedUntil: 0 };
    this.#sources.set(key, source);
    return source;
  }

  /** The oldest strangers without a connection are forgotten first; a few looks are enough, and cost the same at any size. */
  #makeRoom(): void {
    let looks = 0;
    for (const [key, source] of this.#sources) {
      if (source.open === 0 && source.trustedUntil <= this.#clock.now()) {
        this.#sources.delete(key);
        return;
      }
      looks += 1;
      if (looks >= 64) return;
    }
  }

  #forgetIfIdle(key: string, { open, badSince, bad, trustedUntil }: Source): void {
    const now = this.#clock.now();
    const isBad = bad > 0 && now - badSince < minuteMs;
    if (open === 0 && !isBad && trustedUntil <= now) this.#sources.delete(key);
  }
}

const ofHouse = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
] as const) {
  ofHouse.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  ofHouse.addSubnet(network, bits, 'ipv6');
}

function isOfHouse(address: string): boolean {
  const plain = withoutMapping(address);
  return plain === '' || ofHouse.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/** A line at home has a whole /64 of IPv6 addresses: it counts as one source. */
function keyOf(address: string): string {
  const plain = withoutMapping(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left.slice(0, 4).join(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right];
  return groups.slice(0, 4).join(':');
}

function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
