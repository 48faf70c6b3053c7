import type { Limits } from '../runtime/limits.ts';
import { sourceKey, widePrefixKey } from './source-limits.ts';
import type { SourceLimits } from './source-limits.ts';

// Owns the places for connections that peers open, of all ports together, from accept to close, handshakes included.
// Called by every stream port.
// Must stay true: bounded in total and for each source; whoever has proved nothing makes room, longest here first; nothing here counts what we open.

/** The place of one connection. */
export type ConnectionPlace = {
  /** Something on it was accepted: it no longer makes room for others. */
  prove(): void;
  /** It is closed. Only the first call counts. */
  leave(): void;
};

type Held = { readonly isNeighbour: boolean; readonly close: () => void };

type Options = {
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>;
  readonly sources: SourceLimits;
};

/** Many phones sit behind the router of an office; a trunk opens many connections from one address. */
const trustedFactor = 4;
const widePrefixFactor = 2;

export class InboundConnections {
  readonly #limits: Options['limits'];
  readonly #sources: SourceLimits;
  /** Those that have proved nothing yet, oldest first. */
  readonly #strangers = new Set<Held>();
  readonly #neighbours = new Set<Held>();
  readonly #perSource = new Map<string, number>();
  #count = 0;

  constructor({ limits, sources }: Options) {
    this.#limits = limits;
    this.#sources = sources;
  }

  /**
   * A place for a connection from there, or undefined when its source has too many, comes too often, or everybody else has proved more. `close`
   * is called when it must make room; `leave` follows from the closing.
   */
  open(
    from: { readonly address: string; readonly port: number; readonly protocol: 'tcp' | 'tls' | 'ws' | 'wss' },
    close: () => void,
  ): ConnectionPlace | undefined {
    const comer = { protocol: from.protocol, remoteAddress: from.address, remotePort: from.port };
    const standing = this.#sources.standingOf(comer);
    const isTrusted = standing !== 'stranger';
    const keys = [`64 ${sourceKey(from.address)}`, `56 ${widePrefixKey(from.address)}`] as const;
    if (!this.#hasRoom(keys, isTrusted) || !this.#sources.admitMessage(comer)) return undefined;
    if (this.#count >= this.#limits.connections && !this.#makeRoom(isTrusted)) return undefined;
    const held: Held = { isNeighbour: isTrusted, close };
    this.#setOf(held).add(held);
    this.#count += 1;
    for (const key of keys) this.#perSource.set(key, (this.#perSource.get(key) ?? 0) + 1);
    return this.#placeOf(held, keys);
  }

  sizes(): { connections: number; connectionSources: number; unprovenConnections: number } {
    return {
      connections: this.#count,
      connectionSources: [...this.#perSource.keys()].filter((key) => key.startsWith('64 ')).length,
      unprovenConnections: this.#strangers.size + this.#neighbours.size,
    };
  }

  #hasRoom([source, prefix]: readonly [string, string], isTrusted: boolean): boolean {
    const most = this.#limits.connectionsPerAddress * (isTrusted ? trustedFactor : 1);
    return (this.#perSource.get(source) ?? 0) < most && (this.#perSource.get(prefix) ?? 0) < most * widePrefixFactor;
  }

  /** A newcomer takes the place of the stranger that is here longest; of a neighbour only if it is one itself. */
  #makeRoom(isTrusted: boolean): boolean {
    const [oldest] = this.#strangers.size > 0 || !isTrusted ? this.#strangers : this.#neighbours;
    if (oldest === undefined) return false;
    this.#setOf(oldest).delete(oldest);
    oldest.close();
    return true;
  }

  #placeOf(held: Held, keys: readonly string[]): ConnectionPlace {
    let isHere = true;
    return {
      prove: () => void this.#setOf(held).delete(held),
      leave: () => {
        if (!isHere) return;
        isHere = false;
        this.#setOf(held).delete(held);
        this.#count -= 1;
        for (const key of keys) {
          const left = (this.#perSource.get(key) ?? 1) - 1;
          if (left === 0) this.#perSource.delete(key);
          else this.#perSource.set(key, left);
        }
      },
    };
  }

  #setOf({ isNeighbour }: Held): Set<Held> {
    return isNeighbour ? this.#neighbours : this.#strangers;
  }
}
