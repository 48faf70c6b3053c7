import type { Limits } from '../runtime/limits.ts';
import { sourceKey, widePrefixKey } from './source-limits.ts';
import type { SourceLimits } from './source-limits.ts';

// Owns the slots for inbound connections, of all ports together, from accept to close, handshakes included.
// Called by every stream port.
// Must stay true: bounded in total and for each source; unauthenticated connections make room, oldest first; connections we open do not count.

/** The slot of one connection. */
export type ConnectionSlot = {
  /** A request on it was accepted: it no longer makes room for others. */
  markAuthenticated(): void;
  /** It is closed. Only the first call counts. */
  leave(): void;
};

type UnauthenticatedConnection = { readonly isTrusted: boolean; readonly close: () => void };

type InboundConnectionsDeps = {
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>;
  readonly sources: SourceLimits;
};

/** Many phones share the router of an office; a trunk opens many connections from one address. */
const trustedFactor = 4;
const widePrefixFactor = 2;

export class InboundConnections {
  readonly #limits: InboundConnectionsDeps['limits'];
  readonly #sources: SourceLimits;
  /** Unauthenticated connections of untrusted sources and of trusted ones or their addresses, oldest first. */
  readonly #untrusted = new Set<UnauthenticatedConnection>();
  readonly #trusted = new Set<UnauthenticatedConnection>();
  readonly #perSource = new Map<string, number>();
  #count = 0;

  constructor({ limits, sources }: InboundConnectionsDeps) {
    this.#limits = limits;
    this.#sources = sources;
  }

  /**
   * A slot for a connection from there, or undefined when its source has too many, connects too often, or no other connection may be closed
   * for it. `close` is called when it must make room; `leave` follows when it has closed.
   */
  open(
    from: { readonly address: string; readonly port: number; readonly protocol: 'tcp' | 'tls' | 'ws' | 'wss' },
    close: () => void,
  ): ConnectionSlot | undefined {
    const source = { protocol: from.protocol, remoteAddress: from.address, remotePort: from.port };
    const standing = this.#sources.standingOf(source);
    const isTrusted = standing !== 'untrusted';
    const keys = [`64 ${sourceKey(from.address)}`, `56 ${widePrefixKey(from.address)}`] as const;
    if (!this.#hasRoom(keys, isTrusted) || !this.#sources.admitMessage(source)) return undefined;
    if (this.#count >= this.#limits.connections && !this.#makeRoom(isTrusted)) return undefined;
    const held: UnauthenticatedConnection = { isTrusted, close };
    this.#setOf(held).add(held);
    this.#count += 1;
    for (const key of keys) this.#perSource.set(key, (this.#perSource.get(key) ?? 0) + 1);
    return this.#slotOf(held, keys);
  }

  sizes(): { connections: number; connectionSources: number; unauthenticatedConnections: number } {
    return {
      connections: this.#count,
      connectionSources: [...this.#perSource.keys()].filter((key) => key.startsWith('64 ')).length,
      unauthenticatedConnections: this.#untrusted.size + this.#trusted.size,
    };
  }

  #hasRoom([source, prefix]: readonly [string, string], isTrusted: boolean): boolean {
    const limit = this.#limits.connectionsPerAddress * (isTrusted ? trustedFactor : 1);
    return (this.#perSource.get(source) ?? 0) < limit && (this.#perSource.get(prefix) ?? 0) < limit * widePrefixFactor;
  }

  /** A new connection replaces the oldest untrusted one; a trusted one (or its address) is replaced only for another of its kind. */
  #makeRoom(isTrusted: boolean): boolean {
    const [oldest] = this.#untrusted.size > 0 || !isTrusted ? this.#untrusted : this.#trusted;
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

  #setOf({ isTrusted }: UnauthenticatedConnection): Set<UnauthenticatedConnection> {
    return isTrusted ? this.#trusted : this.#untrusted;
  }
}
