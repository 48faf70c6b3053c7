import { describe, expect, it } from 'vitest';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeResolver, FakeTransport, readText } from '#testing/harness/fake-sip-transport.ts';
import { createRng } from '#testing/harness/mutate.ts';
import { requestText } from '#testing/harness/transaction-harness.ts';
import { silentLog } from '../runtime/engine-log.ts';
import { newTag } from '../runtime/ids.ts';
import { defaultLimits } from '../runtime/limits.ts';
import { buildResponse } from '../message/response-builder.ts';
import { TransactionLayer } from './transaction-layer.ts';
import { defaultTimers } from './transaction.ts';
import type { ClientTransaction, ServerTransaction } from './transaction.ts';
import type { Flow, Protocol } from '../transport/transport.ts';

// Two transaction layers with a bad network between them: datagrams get lost, come twice and overtake each other. Whatever happens, a
// request reaches the other core at most once, ends here with exactly one final response, and nothing stays behind.

type Weather = { readonly loss: number; readonly twice: number; readonly maxDelayMs: number };

class Side {
  readonly transport: FakeTransport;
  readonly layer: TransactionLayer;
  readonly address: string;
  other: Side | undefined;

  constructor(address: string, clock: FakeClock, network: { random: () => number; weather: Weather }) {
    this.address = address;
    this.transport = new FakeTransport();
    const { transport } = this;
    this.layer = new TransactionLayer({
      clock,
      log: silentLog,
      transport,
      resolver: new FakeResolver(),
      timers: defaultTimers,
      limits: defaultLimits,
      admission: { standingOf: () => 'trunk', isEmergency: () => false, answered() {}, retransmitted() {} },
    });
    transport.send = (flow, bytes) => this.#send(clock, network, { text: bytes.toString('latin1'), protocol: flow.protocol });
  }

  #send(
    clock: FakeClock,
    { random, weather }: { random: () => number; weather: Weather },
    { text, protocol }: { text: string; protocol: Protocol },
  ): void {
    const deliver = () => {
      const { other } = this;
      if (other === undefined) return;
      const flow: Flow = other.transport.peer(protocol, this.address);
      other.layer.receive(readText(text), flow);
    };
    if (protocol !== 'udp') {
      clock.after(1, deliver);
      return;
    }
    const copies = random() < weather.loss ? 0 : random() < weather.twice ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) clock.after(random() * weather.maxDelayMs, deliver);
  }
}

type Call = {
  readonly callId: string;
  readonly method: string;
  transaction: ClientTransaction | undefined;
  heardOf: number;
  finals: number[];
  tags: Set<string>;
};

/** Runs many requests from one side to the other and returns what became of them. */
function run(
  seed: number,
  weather: Weather,
  protocol: Protocol,
): { calls: Call[]; leftovers: Record<string, number>[]; pending: number } {
  const clock = new FakeClock();
  const random = createRng(seed);
  const [near, far] = [new Side('10.0.0.1', clock, { random, weather }), new Side('10.0.0.2', clock, { random, weather })];
  near.other = far;
  far.other = near;
  const calls = new Map<string, Call>();
  far.layer.setHandlers({
    onRequest: (transaction) => {
      const call = calls.get(transaction.request.callId);
      if (call !== undefined) call.heardOf += 1;
      serve(transaction, clock, random);
    },
    onAck: (ack) => served.get(ack.callId)?.ackReceived(),
    onCancel: (_cancel, invite) =>
      void invite.respond(buildResponse(invite.request, 487, 'Request Terminated', { toTag: invite.toTag })),
    onStrayResponse: () => {},
  });
  near.layer.setHandlers({ onRequest: () => {}, onAck: () => {}, onCancel: () => {}, onStrayResponse: () => {} });
  for (let index = 0; index < 60; index += 1) {
    const method = random() < 0.6 ? 'INVITE' : 'MESSAGE';
    const call: Call = { callId: `${seed}-${index}`, method, transaction: undefined, heardOf: 0, finals: [], tags: new Set() };
    calls.set(call.callId, call);
    clock.after(random() * 20_000, () => place(near, call, { clock, random, protocol }));
  }
  clock.advance(20_000 + 185_000 + 3 * 32_000);
  served.clear();
  return { calls: [...calls.values()], leftovers: [near.layer.sizes(), far.layer.sizes()], pending: clock.pending };
}

const served = new Map<string, ServerTransaction>();

/** Rings or not, takes its time or not, and answers anything. */
function serve(transaction: ServerTransaction, clock: FakeClock, random: () => number): void {
  served.set(transaction.request.callId, transaction);
  const isInvite = transaction.request.method === 'INVITE';
  if (isInvite && random() < 0.5) transaction.respond(buildResponse(transaction.request, 180, 'Ringing'));
  const status = [200, 200, 404, 486, 603][Math.floor(random() * 5)] ?? 200;
  const answer = () => {
    transaction.respond(buildResponse(transaction.request, status, 'Final', { toTag: transaction.toTag ?? newTag() }));
  };
  if (random() < 0.95) clock.after(random() * (isInvite ? 20_000 : 3_000), answer);
  else if (isInvite) clock.after(150_000, answer);
}

function place(
  near: Side,
  call: Call,
  { clock, random, protocol }: { clock: FakeClock; random: () => number; protocol: Protocol },
): void {
  const message = readText(requestText({ method: call.method, callId: call.callId }));
  message.remove('via');
  const nextHop = `sip:10.0.0.2;transport=${protocol}`;
  const transaction = near.layer.request({
    message,
    nextHop,
    onSent: () => {},
    onResponse: (response) => {
      if (response.status < 200) return;
      call.finals.push(response.status);
      call.tags.add(response.toTag ?? '');
      if (call.method === 'INVITE' && response.status < 300) acknowledge(near, call, nextHop);
    },
  });
  if ('problem' in transaction) throw new Error(transaction.problem);
  call.transaction = transaction;
  if (call.method === 'INVITE' && random() < 0.3) clock.after(random() * 10_000, () => void transaction.cancel([]));
}

function acknowledge(near: Side, call: Call, nextHop: string): void {
  const ack = readText(requestText({ method: 'ACK', callId: call.callId, toTag: 'x' }));
  ack.remove('via');
  near.layer.sendStateless({ message: ack, nextHop });
}

const weathers: readonly (readonly [string, Weather, Protocol])[] = [
  ['fair', { loss: 0, twice: 0, maxDelayMs: 20 }, 'udp'],
  ['a stream', { loss: 0, twice: 0, maxDelayMs: 1 }, 'tcp'],
  ['losing a third', { loss: 0.33, twice: 0, maxDelayMs: 100 }, 'udp'],
  ['doubling half', { loss: 0, twice: 0.5, maxDelayMs: 100 }, 'udp'],
  ['late and out of order', { loss: 0.1, twice: 0.2, maxDelayMs: 3_000 }, 'udp'],
  ['nearly dead', { loss: 0.9, twice: 0.1, maxDelayMs: 500 }, 'udp'],
  ['dead', { loss: 1, twice: 0, maxDelayMs: 1 }, 'udp'],
];

describe.each(weathers)('a network that is %s', (_name, weather, protocol) => {
  it.each([1, 2, 3, 4, 5])('seed %i: once there, one final here, nothing left', (seed) => {
    const { calls, leftovers, pending } = run(seed, weather, protocol);
    for (const call of calls) {
      expect.soft(call.heardOf, `${call.callId} ${call.method} reached the other core`).toBeLessThanOrEqual(1);
      // A 2xx may come again, always the same one; any other final comes once.
      const expected = call.finals.every((status) => status === 200 && call.method === 'INVITE') ? call.finals.length : 1;
      expect.soft(call.finals.length, `${call.callId} ${call.method} ${call.finals.join(' ')}`).toBe(expected);
      expect.soft(call.finals.length, `${call.callId} ${call.method}`).toBeGreaterThan(0);
      expect.soft(call.tags.size, `${call.callId} ${call.method}`).toBe(1);
      expect.soft(call.transaction?.hasFinal).toBe(true);
    }
    const empty = Object.fromEntries(Object.keys(leftovers[0] ?? {}).map((name) => [name, 0]));
    expect(leftovers).toEqual([empty, empty]);
    expect(pending).toBe(0);
  });
});
