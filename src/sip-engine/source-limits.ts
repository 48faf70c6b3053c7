import { addressBytes, isInNetwork, parseNetwork } from './addresses.ts';
import type { Network } from './addresses.ts';
import type { EngineClock } from './clock.ts';
import type { Limits } from './limits.ts';

// Owns how much one source address may ask of us: requests a second, and open connections.
// Called by the transport layer, and by the engine to trust the house's own trunks.
// Must stay true: its tables are bounded whatever addresses are forged; a trusted source is never limited.

type Bucket = { tokens: number; at: number };

type SourceLimitsOptions = {
  readonly clock: EngineClock;
  readonly limits: Pick<
    Limits,
    'requestsPerSecond' | 'requestBurst' | 'limitedSources' | 'connections' | 'connectionsPerAddress'
  >;
};

export class SourceLimits {
  readonly #clock: EngineClock;
  readonly #limits: SourceLimitsOptions['limits'];
  readonly #trusted = new Map<string, Network>();
  /** Two generations: when the newer is full the older is dropped, so an entry lives at least half a table of other sources. */
  #recent = new Map<string, Bucket>();
  #older = new Map<string, Bucket>();
  readonly #connections = new Map<string, number>();
  #connectionCount = 0;

  constructor({ clock, limits }: SourceLimitsOptions) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Takes an address or a network such as `54.172.60.0/30`; false if it is neither. */
  trust(addressOrNetwork: string): boolean {
    const network = parseNetwork(addressOrNetwork);
    if (network === undefined) return false;
    this.#trusted.set(addressOrNetwork, network);
    return true;
  }

  untrust(addressOrNetwork: string): void {
    this.#trusted.delete(addressOrNetwork);
  }

  isTrusted(address: string): boolean {
    if (this.#trusted.size === 0) return false;
    if (this.#trusted.has(address)) return true;
    for (const network of this.#trusted.values()) if (isInNetwork(address, network)) return true;
    return false;
  }

  /** Counts one request; false when the source has used up its burst and its rate. */
  admit(address: string): boolean {
    const key = sourceKey(address);
    const bucket = this.#bucket(key);
    const now = this.#clock.monotonic();
    const refill = ((now - bucket.at) / 1000) * this.#limits.requestsPerSecond;
    bucket.tokens = Math.min(this.#limits.requestBurst, bucket.tokens + Math.max(0, refill));
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return true;
    }
    return this.isTrusted(address);
  }

  /**
   * Counts a connection; false, uncounted, when there are too many from there or in total. It also costs as much as a request, so that
   * nobody can keep us busy with handshakes.
   */
  openConnection(address: string): boolean {
    const key = sourceKey(address);
    const open = this.#connections.get(key) ?? 0;
    // Whoever fills the table with connections that say nothing must not keep the house's own phones out.
    const most = this.#limits.connections * (this.isTrusted(address) ? 1.25 : 1);
    if (this.#connectionCount >= most) return false;
    if (open >= this.#limits.connectionsPerAddress && !this.isTrusted(address)) return false;
    if (!this.admit(address)) return false;
    this.#connections.set(key, open + 1);
    this.#connectionCount += 1;
    return true;
  }

  closeConnection(address: string): void {
    const key = sourceKey(address);
    const open = this.#connections.get(key);
    if (open === undefined) return;
    this.#connectionCount -= 1;
    if (open === 1) this.#connections.delete(key);
    else this.#connections.set(key, open - 1);
  }

  sizes(): { limitedSources: number; connectionSources: number; connections: number } {
    return {
      limitedSources: this.#recent.size + this.#older.size,
      connectionSources: this.#connections.size,
      connections: this.#connectionCount,
    };
  }

  #bucket(key: string): Bucket {
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const bucket = this.#older.get(key) ?? { tokens: this.#limits.requestBurst, at: this.#clock.monotonic() };
    this.#older.delete(key);
    if (this.#recent.size >= Math.max(1, this.#limits.limitedSources >> 1)) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, bucket);
    return bucket;
  }
}

/** One IPv6 subscriber has a whole /64: it counts as one source. */
function sourceKey(address: string): string {
  if (!address.includes(':')) return address;
  return addressBytes(address)?.slice(0, 8).join('.') ?? address;
}
