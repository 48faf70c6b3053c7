import { once } from 'node:events';
import Srf from 'drachtio-srf';
import { createEngine } from '#sip-engine/engine.ts';
import type { Engine, EngineDeps } from '#sip-engine/engine.ts';
import { silentLog } from '#sip-engine/runtime/engine-log.ts';
import { engineOptions } from '#sip-engine/engine-options.ts';
import type { GivenOptions } from '#sip-engine/engine-options.ts';
import { engineSystemClock } from '#sip-engine/runtime/system-clock.ts';
import type { Protocol } from '#sip-engine/transport/transport.ts';
import { makeCertificate } from '#testing/base/tls-certificate.ts';
import type { TestCertificate } from '#testing/base/tls-certificate.ts';

/** drachtio-srf's types leave out much of what it can do; tests use the parts they need. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnySrf = any;

export type EngineHarnessOptions = Omit<Partial<GivenOptions>, 'listeners'> & {
  readonly protocols?: readonly Protocol[];
  readonly address?: string;
  readonly deps?: Partial<EngineDeps>;
};

/** A real engine on loopback with free ports, and a connected drachtio-srf. */
export class EngineHarness implements AsyncDisposable {
  readonly engine: Engine;
  readonly srf: AnySrf;
  readonly address: string;
  readonly #ports: ReadonlyMap<Protocol, number>;
  readonly #secret: string;
  readonly #certificate: TestCertificate | undefined;

  private constructor(deps: {
    engine: Engine;
    srf: AnySrf;
    address: string;
    ports: ReadonlyMap<Protocol, number>;
    secret: string;
    certificate: TestCertificate | undefined;
  }) {
    this.engine = deps.engine;
    this.srf = deps.srf;
    this.address = deps.address;
    this.#ports = deps.ports;
    this.#secret = deps.secret;
    this.#certificate = deps.certificate;
  }

  static async start(options: EngineHarnessOptions = {}): Promise<EngineHarness> {
    const { protocols = ['udp'], address = '127.0.0.1', deps, secret = 'cymru', ...given } = options;
    const needsTls = protocols.some((protocol) => protocol === 'tls' || protocol === 'wss');
    const tls = needsTls ? makeCertificate() : undefined;
    const engine = createEngine(
      engineOptions({
        listeners: protocols.map((protocol) => ({ protocol, host: address, port: 0 })),
        secret,
        tls,
        trusted: ['127.0.0.0/8', '::1'],
        ...given,
      }),
      { clock: engineSystemClock, log: silentLog, ...deps },
    );
    await engine.start();
    const srf = await connect(engine, secret);
    const ports = new Map(protocols.map((protocol, index) => [protocol, engine.ports[index] ?? 0]));
    return new EngineHarness({ engine, srf, address, ports, secret, certificate: tls });
  }

  /** One more application. */
  connect(): Promise<AnySrf> {
    return connect(this.engine, this.#secret);
  }

  port(protocol: Protocol = 'udp'): number {
    return this.#ports.get(protocol) ?? 0;
  }

  /** Where a peer sends to. */
  at(protocol: Protocol = 'udp'): { address: string; port: number } {
    return { address: this.address, port: this.port(protocol) };
  }

  uri(user = 'bob', protocol: Protocol = 'udp'): string {
    const host = this.address.includes(':') ? `[${this.address}]` : this.address;
    return `sip:${user}@${host}:${this.port(protocol)}${protocol === 'udp' ? '' : `;transport=${protocol}`}`;
  }

  /** Resolves when these tables of the engine are empty; fails with what is left. Short-lived ones need a moment of network time. */
  async drained(names: readonly string[], limitSeconds = 20): Promise<void> {
    const left = () => Object.entries(this.engine.sizes()).filter(([name, size]) => size > 0 && names.includes(name));
    const signal = AbortSignal.timeout(limitSeconds * 1000);
    while (left().length > 0) {
      if (signal.aborted) throw new Error(`Still there after ${limitSeconds} s: ${left().join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.srf.disconnect();
    await this.engine.stop();
    this.#certificate?.remove();
  }
}

async function connect(engine: Engine, secret: string): Promise<AnySrf> {
  const srf: AnySrf = new Srf();
  const connected = once(srf, 'connect');
  srf.on('error', () => {});
  srf.connect({ host: '127.0.0.1', port: engine.controlPort, secret });
  await connected;
  return srf;
}
