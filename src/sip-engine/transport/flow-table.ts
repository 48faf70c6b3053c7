import type { EngineClock, EngineTimer } from '../runtime/clock.ts';
import { contactKey, isFor } from './contact-key.ts';
import type { FlowBinding, Flow, FlowCache, RemoteEndpoint } from './transport.ts';

// Owns which connection belongs to which Contact: the one by which its REGISTER or SUBSCRIBE was accepted (RFC 5626 sections 5.3 and 7).
// Called by the user agent core: stored at a 200 to REGISTER or SUBSCRIBE, looked up for each outgoing request.
// Must stay true: bounded; every entry expires; a request to one owner is never sent over the connection of another.

type Entry = FlowBinding & { readonly expiresAt: number };

type FlowTableOptions = {
  readonly clock: EngineClock;
  readonly limit: number;
  /** A connection by which a peer had registered has closed. */
  readonly onRegisteredFlowClosed?: ((flow: Flow) => void) | undefined;
};

const sweepMs = 30_000;
/** Connections that name the same Contact; more are an error or an attack, and the oldest are dropped. */
const maxPerContact = 8;

export class FlowTable implements FlowCache {
  readonly #clock: EngineClock;
  readonly #limit: number;
  readonly #onRegisteredFlowClosed: FlowTableOptions['onRegisteredFlowClosed'];
  readonly #entries = new Map<string, readonly Entry[]>();
  /** The owner that last registered by a connection: after it has closed, the same owner may come by another. */
  readonly #owners = new WeakMap<Flow, string>();
  /** Flows by which an owner registered; each is removed when it closes. */
  readonly #registered = new Set<Flow>();
  #sweep: EngineTimer | undefined;

  constructor({ clock, limit, onRegisteredFlowClosed }: FlowTableOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onRegisteredFlowClosed = onRegisteredFlowClosed;
  }

  /** An expiry of 0 or less removes the binding of this owner. */
  remember(binding: FlowBinding, expiresSeconds: number): void {
    const { contact, flow, owner } = binding;
    const key = contactKey(contact);
    if (key === undefined) return;
    // A client that reconnects leaves its closed connections behind.
    const others = this.#at(key).filter((one) => one.flow !== flow && (one.owner !== owner || one.flow.isOpen));
    if (!(expiresSeconds > 0) || !flow.isOpen) return this.#put(key, others);
    this.#owners.set(flow, owner);
    if (!this.#entries.has(key)) this.#makeRoom();
    const expiresAt = this.#clock.monotonic() + expiresSeconds * 1000;
    this.#put(key, [...others, { ...binding, expiresAt }].slice(-maxPerContact));
    this.#sweep ??= this.#clock.every(sweepMs, () => this.#dropExpired());
  }

  find(uri: string): Flow | 'gone' | undefined {
    const known = this.#of(uri).filter(({ flow }) => isFor(uri, flow));
    const [open, another] = known.filter(({ flow }) => flow.isOpen);
    // Two owners claim it: ambiguous, so neither gets it.
    if (open === undefined || another !== undefined) return known.length === 0 ? undefined : 'gone';
    return open.flow;
  }

  isRegisteredBy(uri: string, flow: Flow): boolean {
    return this.#of(uri).some((one) => one.flow === flow);
  }

  wasRegisteredFrom(uri: string, { protocol, address, port }: RemoteEndpoint): boolean {
    return this.#of(uri).some(
      ({ flow }) => flow.protocol === protocol && flow.remoteAddress === address && flow.remotePort === port,
    );
  }

  successor(uri: string, flow: Flow): Flow | undefined {
    const owner = this.#owners.get(flow);
    return owner === undefined ? undefined : this.#of(uri).findLast((one) => one.owner === owner && one.flow.isOpen)?.flow;
  }

  registered(flow: Flow): void {
    if (!flow.isInbound) return;
    if (flow.isOpen) this.#registered.add(flow);
    else this.#onRegisteredFlowClosed?.(flow);
  }

  /** Its Contacts stay until they expire, so that requests to them fail as gone and are not looked up in DNS. */
  removeFlow(flow: Flow): void {
    if (this.#registered.delete(flow)) this.#onRegisteredFlowClosed?.(flow);
  }

  get size(): number {
    return this.#entries.size;
  }

  stop(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    this.#entries.clear();
    this.#registered.clear();
  }

  #of(uri: string): readonly Entry[] {
    if (this.#entries.size === 0) return [];
    const key = contactKey(uri);
    return key === undefined ? [] : this.#at(key);
  }

  #at(key: string): readonly Entry[] {
    const now = this.#clock.monotonic();
    return (this.#entries.get(key) ?? []).filter(({ expiresAt }) => expiresAt > now);
  }

  #put(key: string, entries: readonly Entry[]): void {
    if (entries.length === 0) this.#entries.delete(key);
    else this.#entries.set(key, entries);
  }

  #makeRoom(): void {
    if (this.#entries.size < this.#limit) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  #dropExpired(): void {
    for (const key of this.#entries.keys()) this.#put(key, this.#at(key));
    if (this.#entries.size > 0) return;
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }
}
