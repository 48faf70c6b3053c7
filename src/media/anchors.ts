import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '#base/clock.ts';
import type { AnchorRequest } from '#sip/relay/media-port.ts';
import { RelayAnchor } from './relay-anchor.ts';
import type { RelayDeps } from './relay-anchor.ts';

type AnchorsDeps = RelayDeps & {
  readonly clock: Clock;
  /** UDP ports of the relay. */
  readonly ports: number;
};

const sweepSeconds = 60;
const maxListed = 100_000;
/** Routers drop a NAT binding after 30 s without packets, and providers end a call without RTP. */
const keepaliveSeconds = 5;

/** Ports reserved for two emergency calls: for the first trunk that is tried, and for the next one. A small relay reserves fewer. */
function reservedPorts(ports: number): number {
  if (ports >= 40) return 8;
  return ports >= 12 ? 4 : 0;
}

/** Every relayed call; none stays in the relay after its end. */
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

  /** Deletes all calls; resolves when the relay has done so. */
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

  /** The relay has died, and the media of its calls with it. */
  onRelayGone(): void {
    for (const anchor of [...this.#anchors.values()]) anchor.onRelayGone();
  }

  /** Deletes calls that only the relay knows: a delete got lost, or an offer that timed out here was executed after all. */
  async sweep(): Promise<number> {
    const control = this.#deps.control();
    const listed = await control?.request('list', { limit: maxListed });
    if (control === undefined || listed?.kind !== 'reply') return 0;
    const calls = listed.values.get('calls');
    const orphans = Array.isArray(calls) ? calls.filter((id) => !this.#anchors.has(String(id))) : [];
    for (const id of orphans) await control.request('delete', { 'call-id': String(id), 'delete-delay': 0 });
    if (orphans.length > 0) this.#deps.log.warn({ calls: orphans.length }, 'Deleted leftover calls from rtpengine');
    return orphans.length;
  }
}
