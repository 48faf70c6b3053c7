import { defaultLimits } from '#sip-engine/runtime/limits.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import { parseMessage } from '#sip-engine/message/parse.ts';
import type {
  Flow,
  Listener,
  NoTransport,
  Protocol,
  Resolver,
  SendFailure,
  Target,
  Transport,
} from '#sip-engine/transport/transport.ts';

export type FakeFlow = { -readonly [Key in keyof Flow]: Flow[Key] };

export type Sent = {
  readonly flow: Flow;
  /** Read from the bytes that would have left. */
  readonly message: SipMessage;
  readonly text: string;
  /** Reports that these bytes did not leave. */
  readonly fail: (failure: SendFailure) => void;
};

function fakeListener(protocol: Protocol, port = 5060): Listener {
  const address = '10.0.0.1';
  return { protocol, family: 4, address, port, advertisedHost: address, advertisedPort: port };
}

/** A transport without sockets: what is sent waits in `sent`. Listens on UDP and TCP by default. */
export class FakeTransport implements Transport {
  readonly listeners: Listener[];
  readonly sent: Sent[] = [];
  readonly #flows = new Map<string, FakeFlow>();
  readonly #inbound = new Set<string>();
  #nextFlowId = 1;

  constructor(protocols: readonly Protocol[] = ['udp', 'tcp']) {
    this.listeners = protocols.map((protocol) => fakeListener(protocol));
  }

  setHandlers(): void {}

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  protocolsFor(uri: { scheme: string; transport: string | undefined }): readonly Protocol[] {
    const listening = this.listeners.map((listener) => listener.protocol);
    if (uri.transport !== undefined) return listening.filter((protocol) => protocol === uri.transport);
    return uri.scheme === 'sips' ? listening.filter((protocol) => protocol === 'tls') : listening;
  }

  listenerFor(protocol: Protocol, address: string): Listener | NoTransport {
    const found = this.listeners.find((listener) => listener.protocol === protocol && !address.includes(':'));
    return found ?? { problem: 'requested protocol/transport not available' };
  }

  flowTo(listener: Listener, target: Target): FakeFlow {
    const key = `${listener.protocol} ${target.address} ${target.port}`;
    const known = this.#flows.get(key);
    if (known?.isOpen === true) return known;
    const flow: FakeFlow = {
      id: this.#nextFlowId++,
      protocol: listener.protocol,
      listener,
      localAddress: listener.address,
      localPort: listener.port,
      remoteAddress: target.address,
      remotePort: target.port,
      isInbound: false,
      isOpen: true,
    };
    this.#flows.set(key, flow);
    return flow;
  }

  /** The flow from a peer. */
  peer(protocol: Protocol, address = '10.0.0.9', port = 5060): FakeFlow {
    this.#inbound.add(`${protocol} ${address} ${port}`);
    return this.flowTo(fakeListener(protocol), { protocol, address, port });
  }

  send(flow: Flow, bytes: Buffer, onFailure: (failure: SendFailure) => void = () => {}): void {
    this.sent.push({
      flow,
      get message() {
        return readBytes(bytes);
      },
      text: bytes.toString('latin1'),
      fail: onFailure,
    });
  }

  isOurs(): boolean {
    return false;
  }

  inboundFlow(protocol: Protocol, address: string, port: number): Flow | undefined {
    const key = `${protocol} ${address} ${port}`;
    const flow = this.#inbound.has(key) ? this.#flows.get(key) : undefined;
    return flow?.isOpen === true ? flow : undefined;
  }

  /** Start lines of all that was sent since the last call. */
  takeStartLines(): string[] {
    return this.sent.splice(0).map(({ text }) => text.slice(0, text.indexOf('\r\n')));
  }

  get last(): Sent {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('Nothing was sent');
    return last;
  }
}

/** Names and their targets; numeric hosts answer at once, names when the test says so, if it holds them back. */
export class FakeResolver implements Resolver {
  readonly names = new Map<string, readonly Target[]>();
  readonly failures: Target[] = [];
  holdsBack = false;
  readonly #waiting: (() => void)[] = [];

  resolve(
    uri: { host: string; port: number | undefined },
    protocols: readonly Protocol[],
    done: (targets: readonly Target[]) => void,
  ): void {
    const [protocol] = protocols;
    if (/^[\d.]+$/.test(uri.host) && protocol !== undefined) {
      done([{ protocol, address: uri.host, port: uri.port ?? 5060 }]);
      return;
    }
    const answer = () => done(this.names.get(uri.host) ?? []);
    if (this.holdsBack) this.#waiting.push(answer);
    else answer();
  }

  answer(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }

  reportFailure(target: Target): void {
    this.failures.push(target);
  }
}

/** A message from its text, or an error that names what is wrong with it. */
export function readText(text: string): SipMessage {
  return readBytes(Buffer.from(text, 'latin1'));
}

function readBytes(bytes: Buffer): SipMessage {
  const result = parseMessage(bytes, defaultLimits);
  if (result.kind !== 'message') throw new Error(`Not a message: ${JSON.stringify(result)}\n${bytes.toString()}`);
  return result.message;
}
