import { addressBytes, areBytesIn, parseNetwork } from '../message/addresses.ts';
import type { Network } from '../message/addresses.ts';
import type { EngineClock } from '../runtime/clock.ts';
import type { Flow, FlowPlace } from './transport.ts';

// Owns who is known: trunks by their networks, phones by what they proved with their digest.
// Called by the source limits for every message, and by the engine with what applications accept and say.
// Must stay true: an address alone makes nobody known; every table is bounded.

/**
 * `trunk`: of a network that the house named. `known`: a phone at the very place from which it proved itself, a connection on which it did,
 * or a peer that we call. `neighbour`: somebody at the address of a phone. `stranger`: everybody else.
 */
export type Standing = 'trunk' | 'known' | 'neighbour' | 'stranger';

/** What the standing of a flow depends on. A stream tells by itself whether something on it was accepted. */
export type Comer = Pick<Flow, 'protocol' | 'remoteAddress' | 'remotePort'> & {
  readonly isProven?: boolean | undefined;
  /** We opened it, or sent a request there. */
  readonly isOurs?: boolean | undefined;
};

/** Longer than a registration lasts. */
const provenMs = 2 * 3_600_000;

export class KnownSources {
  readonly #clock: EngineClock;
  readonly #limit: number;
  readonly #networks = new Map<string, Network>();
  /** Where registered phones are, as the application says, and how many of them share it. */
  readonly #places = new Map<string, number>();
  readonly #addresses = new Map<string, number>();
  /** Places over UDP from which a request was accepted, and until when that counts; the oldest first. */
  readonly #proven = new Map<string, number>();

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
  phoneCame(place: FlowPlace): void {
    count(this.#places, placeKey(place), 1);
    count(this.#addresses, place.address, 1);
  }

  /** It is no longer registered from there, or may no longer be. */
  phoneLeft(place: FlowPlace): void {
    count(this.#places, placeKey(place), -1);
    count(this.#addresses, place.address, -1);
    this.#proven.delete(placeKey(place));
  }

  /** An application accepted something that came by this flow. A connection remembers that itself. */
  prove({ protocol, remoteAddress: address, remotePort: port }: Comer): void {
    if (protocol !== 'udp') return;
    const key = placeKey({ protocol, address, port });
    this.#proven.delete(key);
    this.#proven.set(key, this.#clock.monotonic() + provenMs);
    if (this.#proven.size <= this.#limit) return;
    for (const oldest of this.#proven.keys()) {
      this.#proven.delete(oldest);
      return;
    }
  }

  standingOf(comer: Comer): Standing {
    const { protocol, remoteAddress: address, remotePort: port } = comer;
    if (this.#isTrunk(address)) return 'trunk';
    if (comer.isOurs === true || comer.isProven === true) return 'known';
    if (protocol === 'udp' && this.#isProvenPlace(placeKey({ protocol, address, port }))) return 'known';
    return this.#addresses.has(address) ? 'neighbour' : 'stranger';
  }

  get size(): number {
    return this.#proven.size;
  }

  #isProvenPlace(key: string): boolean {
    return this.#places.has(key) || (this.#proven.get(key) ?? 0) > this.#clock.monotonic();
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

function placeKey({ protocol, address, port }: FlowPlace): string {
  return `${protocol} ${address} ${port}`;
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + change;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}
