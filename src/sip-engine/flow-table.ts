import type { EngineClock, EngineTimer } from './clock.ts';
import type { Flow, FlowCache } from './transport.ts';

// Owns which connection reaches a client that registered through one (it sits behind NAT and cannot be dialled).
// Called by the user agent core: it remembers at a 200 to REGISTER or SUBSCRIBE and looks up for each outgoing request.
// Must stay true: bounded; every entry ends by its expiry; a closed connection is never handed out.

type Entry = { flow: Flow | undefined; readonly expiresAt: number };

type FlowTableOptions = {
  readonly clock: EngineClock;
  readonly limit: number;
  /** A connection by which a peer had registered is closed. */
  readonly onPhoneGone?: ((flow: Flow) => void) | undefined;
};

const sweepMs = 30_000;

export class FlowTable implements FlowCache {
  readonly #clock: EngineClock;
  readonly #limit: number;
  readonly #onPhoneGone: FlowTableOptions['onPhoneGone'];
  readonly #entries = new Map<string, Entry>();
  readonly #keysOfFlow = new Map<Flow, Set<string>>();
  /** By which somebody registered; each leaves when it closes. */
  readonly #registered = new Set<Flow>();
  #sweep: EngineTimer | undefined;

  constructor({ clock, limit, onPhoneGone }: FlowTableOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onPhoneGone = onPhoneGone;
  }

  /** An expiry of 0 or less removes the entry. */
  remember(userAtHost: string, flow: Flow, expiresSeconds: number): void {
    this.#remove(userAtHost);
    if (!(expiresSeconds > 0) || !flow.isOpen) return;
    this.#makeRoom();
    this.#entries.set(userAtHost, { flow, expiresAt: this.#clock.monotonic() + expiresSeconds * 1000 });
    const keys = this.#keysOfFlow.get(flow) ?? new Set();
    this.#keysOfFlow.set(flow, keys.add(userAtHost));
    this.#sweep ??= this.#clock.every(sweepMs, () => this.#dropExpired());
  }

  find(userAtHost: string): Flow | 'gone' | undefined {
    const entry = this.#entries.get(userAtHost);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= this.#clock.monotonic()) {
      this.#remove(userAtHost);
      return undefined;
    }
    return entry.flow?.isOpen ? entry.flow : 'gone';
  }

  registered(flow: Flow): void {
    if (!flow.isInbound) return;
    if (flow.isOpen) this.#registered.add(flow);
    else this.#onPhoneGone?.(flow);
  }

  /** Keeps the names until they expire, so that what was sent to them fails as gone and is not looked up in DNS. */
  forgetFlow(flow: Flow): void {
    for (const key of this.#keysOfFlow.get(flow) ?? []) {
      const entry = this.#entries.get(key);
      if (entry?.flow === flow) entry.flow = undefined;
    }
    this.#keysOfFlow.delete(flow);
    if (this.#registered.delete(flow)) this.#onPhoneGone?.(flow);
  }

  get size(): number {
    return this.#entries.size;
  }

  stop(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
    this.#entries.clear();
    this.#keysOfFlow.clear();
    this.#registered.clear();
  }

  #makeRoom(): void {
    if (this.#entries.size < this.#limit) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#remove(oldest.value);
  }

  #remove(userAtHost: string): void {
    const flow = this.#entries.get(userAtHost)?.flow;
    this.#entries.delete(userAtHost);
    if (flow === undefined) return;
    const keys = this.#keysOfFlow.get(flow);
    keys?.delete(userAtHost);
    if (keys?.size === 0) this.#keysOfFlow.delete(flow);
  }

  #dropExpired(): void {
    const now = this.#clock.monotonic();
    for (const [key, entry] of this.#entries) if (entry.expiresAt <= now) this.#remove(key);
    if (this.#entries.size > 0) return;
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }
}
