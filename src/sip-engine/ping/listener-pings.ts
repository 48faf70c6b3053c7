import type { EngineClock } from '../runtime/clock.ts';
import type { Protocol, RemoteEndpoint } from '../transport/transport.ts';
import { pingListener } from './options-ping.ts';
import type { PingOptions, PingOutcome } from './options-ping.ts';

// Owns how the listeners of the engine were when they were last asked.
// Called by app/sip-engine.ts, whose probe may be asked by anybody at any time.
// Must stay true: however often it is asked, each listener gets one OPTIONS in `keptMs`.

export type ListenerPingsDeps = {
  readonly clock: EngineClock;
  /** Where it listens now, as `proto/host:port,…`. */
  readonly listening: () => string;
  readonly announce: PingOptions['announce'];
};

export type PingedListener = RemoteEndpoint & { readonly outcome: PingOutcome };

const keptMs = 5_000;
/** Beyond so many addresses of a machine the first of them stand for all. */
const maxListeners = 64;

export class ListenerPings {
  readonly #deps: ListenerPingsDeps;
  #last: { readonly at: number; readonly results: Promise<readonly PingedListener[]> } | undefined;

  constructor(deps: ListenerPingsDeps) {
    this.#deps = deps;
  }

  /** Not older than a few seconds. */
  latest(): Promise<readonly PingedListener[]> {
    const now = this.#deps.clock.monotonic();
    if (this.#last === undefined || now - this.#last.at >= keptMs) this.#last = { at: now, results: this.#ping() };
    return this.#last.results;
  }

  #ping(): Promise<readonly PingedListener[]> {
    const { listening } = this.#deps;
    const targets = [...new Set(listening().split(','))].flatMap((one) => parseHostport(one) ?? []).slice(0, maxListeners);
    return Promise.all(targets.map(async (target) => ({ ...target, outcome: await pingListener(target, this.#deps) })));
  }
}

/** `udp/192.0.2.5:5060`, IPv6 in brackets; undefined for anything else. An address for all is reached by loopback. */
function parseHostport(text: string): RemoteEndpoint | undefined {
  const [, protocol, host = '', port] = /^(udp|tcp|tls|ws|wss)\/(.+):(\d+)$/.exec(text) ?? [];
  if (protocol === undefined) return undefined;
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const reached = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return { protocol: protocol as Protocol, address: reached, port: Number(port) };
}
