import type { Limits } from '../runtime/limits.ts';
import { sourceKey, widePrefixKey } from './source-limits.ts';
import type { SourceLimits } from './source-limits.ts';

// Owns the places for connections that peers open, of all ports together, from accept to close, handshakes included.
// Called by every stream port.
// Must stay true: bounded in total and for each source; whoever has proved nothing makes room, longest here first; nothing here counts what we open.

/** The place of one connection. */
export type ConnectionSlot = {
  /** Something on it was accepted: it no longer makes room for others. */
  markAuthenticated(): void;
  /** It is closed. Only the first call counts. */
  leave(): void;
};

type UnauthenticatedConnection = { readonly isNeighbour: boolean; readonly close: () => void };

type InboundConnectionsDeps = {
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>;
  readonly sources: SourceLimits;
};

/** Many phones sit behind the router of an office; a trunk opens many connections from one address. */
const trustedFactor = 4;
const widePrefixFactor = 2;

export class InboundConnections {
  readonly #limits: InboundConnectionsDeps['limits'];
  readonly #sources: SourceLimits;
  /** Those that have proved nothing yet, oldest first. */
  readonly #untrusted = new Set<UnauthenticatedConnection>();
  readonly #neighbours = new Set<UnauthenticatedConnection>();
  readonly #perSource = new Map<string, number>();
  #count = 0;

  constructor({ limits, sources }: InboundConnectionsDeps) {
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
  ): ConnectionSlot | undefined {
    const source = { protocol: from.protocol, remoteAddress: from.address, remotePort: from.port };
    const standing = this.#sources.standingOf(source);
    const isTrusted = standing !== 'stranger';
    const keys = [`64 ${sourceKey(from.address)}`, `56 ${widePrefixKey(from.address)}`] as const;
    if (!this.#hasRoom(keys, isTrusted) || !this.#sources.admitMessage(source)) return undefined;
    if (this.#count >= this.#limits.connections && !this.#makeRoom(isTrusted)) return undefined;
    const held: UnauthenticatedConnection = { isNeighbour: isTrusted, close };
    this.#setOf(held).add(held);
    this.#count += 1;
    for (const key of keys) this.#perSource.set(key, (this.#perSource.get(key) ?? 0) + 1);
    return this.#slotOf(held, keys);
  }

  sizes(): { connections: number; connectionSources: number; unauthenticatedConnections: number } {
    return {
      connections: this.#count,
      connectionSources: [...this.#perSource.keys()].filter((key) => key.startsWith('64 ')).length,
      unauthenticatedConnections: this.#untrusted.size + this.#neighbours.size,
    };
  }

  #hasRoom([source, prefix]: readonly [string, string], isTrusted: boolean): boolean {
    const limit = this.#limits.connectionsPerAddress * (isTrusted ? trustedFactor : 1);
    return (this.#perSource.get(source) ?? 0) < limit && (this.#perSource.get(prefix) ?? 0) < limit * widePrefixFactor;
  }

  /** A newcomer takes the place of the stranger that is here longest; of a neighbour only if it is one itself. */
  #makeRoom(isTrusted: boolean): boolean {
    const [oldest] = this.#untrusted.size > 0 || !isTrusted ? this.#untrusted : this.#neighbours;
    if (oldest === undefined) return false;
    this.#setOf(oldest).delete(oldest);
    oldest.close();
    return true;
  }

  #slotOf(held: UnauthenticatedConnection, keys: readonly string[]): ConnectionSlot {
    let isHere = true;
    return {
      markAuthenticated: () => void this.#setOf(held).delete(held),
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

  #setOf({ isNeighbour }: UnauthenticatedConnection): Set<UnauthenticatedConnection> {
    return isNeighbour ? this.#neighbours : this.#untrusted;
  }
}
