import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '#base/clock.ts';
import type { AnchorRequest } from '#sip/media-port.ts';
import { RelayAnchor } from './relay-anchor.ts';
import type { RelayDeps } from './relay-anchor.ts';

type AnchorsDeps = RelayDeps & {
  readonly clock: Clock;
  /** UDP ports of the relay. */
  readonly ports: number;
};

const sweepSeconds = 60;
const maxListed = 100_000;
/** Routers forget a way that is silent for 30 seconds, and providers end a call on which nothing comes. */
const keepaliveSeconds = 5;

/** Ports of two calls, so that a call for help finds one at once and its next trunk another; a relay for few calls keeps fewer. */
function reservedPorts(ports: number): number {
  if (ports >= 40) return 8;
  return ports >= 12 ? 4 : 0;
}

/** Every call that is relayed now, and the certainty that none stays in the relay when it is over. */
export class Anchors {
  readonly #deps: AnchorsDeps;
  readonly #anchors = new Map<string, RelayAnchor>();
  #timers: readonly Timer[] = [];

  constructor(deps: AnchorsDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#anchors.size;
  }

  start(): void {
    const { clock } = this.#deps;
    this.#timers = [
      clock.every(sweepSeconds * 1000, () => void this.sweep()),
      clock.every(keepaliveSeconds * 1000, () => this.#sendKeepalive()),
    ];
  }

  /** Deletes all; resolves when the relay has been told. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await Promise.all([...this.#anchors.values()].map((anchor) => anchor.deleteAndWait()));
  }

  open(request: AnchorRequest): RelayAnchor {
    const id = randomBytes(12).toString('hex');
    const anchor: RelayAnchor = new RelayAnchor({
      ...this.#deps,
      id,
      request,
      onDeleted: () => void this.#anchors.delete(id),
      areReserved: (more) => this.#portsHeld() + more > this.#deps.ports - reservedPorts(this.#deps.ports),
      makeRoom: () => this.#makeRoom(),
    });
    this.#anchors.set(id, anchor);
    return anchor;
  }

  #portsHeld(): number {
    let held = 0;
    for (const { ports } of this.#anchors.values()) held += ports;
    return held;
  }

  async #makeRoom(): Promise<boolean> {
    const youngest = [...this.#anchors.values()].findLast(({ ports, isEmergency }) => ports > 0 && !isEmergency);
    await youngest?.evict();
    return youngest !== undefined;
  }

  #sendKeepalive(): void {
    for (const anchor of this.#anchors.values()) void anchor.sendKeepalive();
  }

  /** The relay has died: its calls have lost their sound. */
  onRelayGone(): void {
    for (const anchor of [...this.#anchors.values()]) anchor.onRelayGone();
  }

  /** Takes out of the relay what no call of ours knows: a delete that got lost, or an offer that was given up and done all the same. */
  async sweep(): Promise<number> {
    const control = this.#deps.control();
    const listed = await control?.request('list', { limit: maxListed });
    if (control === undefined || listed?.kind !== 'reply') return 0;
    const calls = listed.values.get('calls');
    const orphans = Array.isArray(calls) ? calls.filter((id) => !this.#anchors.has(String(id))) : [];
    for (const id of orphans) await control.request('delete', { 'call-id': String(id), 'delete-delay': 0 });
    if (orphans.length > 0) this.#deps.log.warn({ calls: orphans.length }, 'rtpengine held calls that were over');
    return orphans.length;
  }
}
