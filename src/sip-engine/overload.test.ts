import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeResolver, FakeTransport, readText } from '#testing/harness/fake-sip-transport.ts';
import type { FakeFlow } from '#testing/harness/fake-sip-transport.ts';
import { buildResponse } from './message/response-builder.ts';
import { serialize } from './message/serialize.ts';
import { silentLog } from './runtime/engine-log.ts';
import { defaultLimits } from './runtime/limits.ts';
import { Admission } from './transaction/admission.ts';
import { TransactionLayer } from './transaction/transaction-layer.ts';
import { defaultTimers } from './transaction/transaction.ts';
import type { ServerTransaction } from './transaction/transaction.ts';
import { ReceivePipeline } from './transport/receive-pipeline.ts';
import { SourceLimits } from './transport/source-limits.ts';

// What the rate limits of a source drop while the machine is at its limit: nothing that belongs to calls we take part in, and as much of a
// flood as ever.

const seconds = 15;
const tickMs = 20;

type Peer = 'known' | 'sameAddress' | 'trunk' | 'untrusted';

const phone = { protocol: 'udp', address: '203.0.113.5', port: 5060 } as const;
const sources: Readonly<Record<Peer, { readonly address: string; readonly port: number }>> = {
  known: phone,
  sameAddress: { address: phone.address, port: 7_000 },
  trunk: { address: '192.0.2.9', port: 5060 },
  untrusted: { address: '198.51.100.7', port: 5060 },
};

/** One source in front of the limits, the transactions and a core that answers each request after a delay. */
class LoadedEngine {
  readonly clock = new FakeClock();
  readonly transport = new FakeTransport();
  readonly flow: FakeFlow;
  readonly #pipeline: ReceivePipeline;
  readonly #layer: TransactionLayer;
  #branches = 0;

  constructor(peer: Peer, { answerMs }: { readonly answerMs: number }) {
    const { clock, transport } = this;
    const limits = new SourceLimits({ clock, limits: defaultLimits });
    limits.known.trust(sources.trunk.address);
    limits.known.registrationAdded(phone);
    const admission = new Admission({ clock, log: silentLog, sources: limits, emergencyNumbers: [] });
    const common = { clock, log: silentLog, transport, limits: defaultLimits };
    this.#layer = new TransactionLayer({ ...common, resolver: new FakeResolver(), timers: defaultTimers, admission });
    this.#layer.setHandlers({
      onRequest: (transaction) => void clock.after(answerMs, () => this.#answer(transaction)),
      onAck() {},
      onCancel() {},
      onStrayResponse() {},
    });
    const send = (flow: FakeFlow, bytes: Buffer): void => transport.send(flow, bytes);
    this.#pipeline = new ReceivePipeline({
      log: silentLog,
      limits: defaultLimits,
      sources: limits,
      isBlocked: () => false,
      send,
    });
    this.#pipeline.handlers = { onMessage: (message, flow) => this.#layer.receive(message, flow), onFlowClosed() {} };
    this.flow = transport.peer('udp', sources[peer].address, sources[peer].port);
  }

  receive(bytes: Buffer): void {
    this.#pipeline.receive(bytes, this.flow);
  }

  /** A request of the peer, as bytes to send once or more often. */
  requestOfPeer(method: string): Buffer {
    const { remoteAddress, remotePort } = this.flow;
    this.#branches += 1;
    return requestBytes(method, `Via: SIP/2.0/UDP ${remoteAddress}:${remotePort};branch=z9hG4bKpeer${this.#branches}`);
  }

  /** Sends the peer a request, which it answers at once. Returns the last answer. */
  exchange(method: string, statuses: readonly number[]): Buffer {
    const message = readText(this.requestOfPeer(method).toString());
    message.remove('via');
    const sent = { message, nextHop: '', flow: this.flow, onSent() {}, onResponse() {} };
    const transaction = this.#layer.request(sent);
    if ('problem' in transaction) throw new Error(transaction.problem);
    const { request } = transaction;
    const answers = statuses.map((status) => serialize(buildResponse(request, status, 'Whatever', { toTag: 'their-tag' })));
    for (const answer of answers) this.receive(answer);
    this.transport.sent.length = 0;
    return answers.at(-1) ?? Buffer.alloc(0);
  }

  get dropped(): number {
    return this.#pipeline.counts.limited;
  }

  #answer(transaction: ServerTransaction): void {
    transaction.respond(buildResponse(transaction.request, 404, 'Not Found', { toTag: 'our-tag' }));
    this.transport.sent.length = 0;
  }
}

function requestBytes(method: string, via: string): Buffer {
  const lines = [
    `${method} sip:bob@10.0.0.1 SIP/2.0`,
    via,
    'From: <sip:alice@203.0.113.5>;tag=from',
    'To: <sip:bob@10.0.0.1>',
    'Call-ID: call-1',
    `CSeq: 1 ${method}`,
    'Max-Forwards: 70',
    'Content-Length: 0',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

function run(engine: LoadedEngine, eachSecond: number, act: () => void): void {
  const perTick = (eachSecond * tickMs) / 1_000;
  for (let passed = 0; passed < seconds * 1_000; passed += tickMs) {
    for (let index = 0; index < perTick; index += 1) act();
    engine.clock.advance(tickMs);
  }
}

describe('past saturation the rate limit of a known source', () => {
  it.each([
    ['known', 250],
    ['trunk', 600],
  ] as const)('drops no answer of a %s source to %i calls a second', (peer, callsPerSecond) => {
    const engine = new LoadedEngine(peer, { answerMs: 0 });
    run(engine, callsPerSecond, () => {
      engine.exchange('INVITE', [100, 180, 180, 200]);
      engine.exchange('BYE', [200]);
    });
    expect(engine.dropped).toBe(0);
  });

  it('drops no retransmission of requests that are answered late', () => {
    const engine = new LoadedEngine('known', { answerMs: 6_000 });
    // RFC 3261 section 17.1.2.2: a request that waits 6 s for its answer comes again after 0.5, 1.5 and 3.5 s.
    run(engine, 200, () => {
      const bytes = engine.requestOfPeer('OPTIONS');
      for (const delayMs of [0, 500, 1_500, 3_500, 5_500]) engine.clock.after(delayMs, () => engine.receive(bytes));
    });
    expect(engine.dropped).toBe(0);
  });
});

describe('a flood of retransmissions', () => {
  const offered = 3_000;

  it('of one answer by a known source is read at 500 a second', () => {
    const engine = new LoadedEngine('known', { answerMs: 0 });
    const bytes = engine.exchange('INVITE', [200]);
    run(engine, offered, () => engine.receive(bytes));
    expect(offered * seconds - engine.dropped).toBeLessThanOrEqual(500 * seconds + 4_000);
  });

  /** Messages read a second, and the burst at the beginning. */
  it.each([
    ['untrusted', 50, 200],
    ['sameAddress', 500, 2_000],
    ['trunk', 2_000, 8_000],
    ['known', 500 + 500, 4_000 + 4_000],
  ] as const)('of a source that is %s is read at %i a second', (peer, perSecond, burst) => {
    const engine = new LoadedEngine(peer, { answerMs: 3_600_000 });
    const bytes = engine.requestOfPeer('OPTIONS');
    run(engine, offered, () => engine.receive(bytes));
    const read = offered * seconds - engine.dropped;
    expect(read).toBeGreaterThan(perSecond * (seconds - 1));
    expect(read).toBeLessThanOrEqual(perSecond * seconds + burst);
  });
});
