import { addressBytes, areBytesIn, parseNetwork } from '../message/addresses.ts';
import type { Network } from '../message/addresses.ts';
import type { EngineClock } from '../runtime/clock.ts';
import type { Flow, RemoteEndpoint } from './transport.ts';

// Owns which sources are known: trunks by their networks, phones by their digest authentication.
// Called by the source limits for every message, and by the engine with what applications accept and report.
// Must stay true: an address alone makes no source known; every table is bounded.

/**
 * `trunk`: of a network that the options name. `known`: the address and port from which a phone authenticated, a connection on which it
 * did, or a peer that we call. `sameAddress`: another source at the address of a registered phone. `untrusted`: all others.
 */
export type Standing = 'trunk' | 'known' | 'sameAddress' | 'untrusted';

/** What the standing of a flow depends on. A stream remembers itself whether something on it was accepted. */
export type MessageSource = Pick<Flow, 'protocol' | 'remoteAddress' | 'remotePort'> & {
  readonly isAuthenticated?: boolean | undefined;
  /** We opened it, or sent a request there. */
  readonly isOurs?: boolean | undefined;
};

/** Longer than a registration lasts. */
const authenticatedMs = 2 * 3_600_000;

export class KnownSources {
  readonly #clock: EngineClock;
  readonly #limit: number;
  readonly #networks = new Map<string, Network>();
  /** The endpoints of registered phones, as the application reports them, and how many phones share each. */
  readonly #endpoints = new Map<string, number>();
  readonly #addresses = new Map<string, number>();
  /** UDP endpoints from which a request was accepted, and until when that counts; the oldest first. */
  readonly #authenticated = new Map<string, number>();

  constructor({ clock, limit }: { readonly clock: EngineClock; readonly limit: number }) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Takes an address or a network such as `54.172.60.0/30`; false if it is neither. */
  trust(addressOrNetwork: string): boolean {
    const network = parseNetwork(addressOrNetwork);
    if (network === undefined) return false;
    this.#networks.set(addressOrNetwork, network);
    return true;
  }

  untrust(addressOrNetwork: string): void {
    this.#networks.delete(addressOrNetwork);
  }

  /** A phone registered from there. */
  registrationAdded(endpoint: RemoteEndpoint): void {
    count(this.#endpoints, endpointKey(endpoint), 1);
    count(this.#addresses, endpoint.address, 1);
  }

  /** It is no longer registered from there, or may no longer be. */
  registrationRemoved(endpoint: RemoteEndpoint): void {
    count(this.#endpoints, endpointKey(endpoint), -1);
    count(this.#addresses, endpoint.address, -1);
    this.#authenticated.delete(endpointKey(endpoint));
  }

  /** An application accepted something that came by this flow. A connection remembers that itself. */
  markAuthenticated({ protocol, remoteAddress: address, remotePort: port }: MessageSource): void {
    if (protocol !== 'udp') return;
    const key = endpointKey({ protocol, address, port });
    this.#authenticated.delete(key);
    this.#authenticated.set(key, this.#clock.monotonic() + authenticatedMs);
    if (this.#authenticated.size <= this.#limit) return;
    for (const oldest of this.#authenticated.keys()) {
      this.#authenticated.delete(oldest);
      return;
    }
  }

  standingOf(source: MessageSource): Standing {
    const { protocol, remoteAddress: address, remotePort: port } = source;
    if (this.#isTrunk(address)) return 'trunk';
    if (source.isOurs === true || source.isAuthenticated === true) return 'known';
    if (protocol === 'udp' && this.#isAuthenticatedEndpoint(endpointKey({ protocol, address, port }))) return 'known';
    return this.#addresses.has(address) ? 'sameAddress' : 'untrusted';
  }

  get size(): number {
    return this.#authenticated.size;
  }

  #isAuthenticatedEndpoint(key: string): boolean {
    return this.#endpoints.has(key) || (this.#authenticated.get(key) ?? 0) > this.#clock.monotonic();
  }

  #isTrunk(address: string): boolean {
    if (this.#networks.size === 0) return false;
    if (this.#networks.has(address)) return true;
    const bytes = addressBytes(address);
    if (bytes === undefined) return false;
    for (const network of this.#networks.values()) if (areBytesIn(bytes, network)) return true;
    return false;
  }
}

function endpointKey({ protocol, address, port }: RemoteEndpoint): string {
  return `${protocol} ${address} ${port}`;
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + change;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}
