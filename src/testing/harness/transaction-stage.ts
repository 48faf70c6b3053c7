import { defaultLimits } from '#sip-engine/runtime/limits.ts';
import type { Limits } from '#sip-engine/runtime/limits.ts';
import type { Standing } from '#sip-engine/transport/known-sources.ts';
import { silentLog } from '#sip-engine/runtime/engine-log.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import { TransactionLayer } from '#sip-engine/transaction/transaction-layer.ts';
import { defaultTimers } from '#sip-engine/transaction/transaction.ts';
import type { ClientTransaction, OutgoingRequest, ServerTransaction } from '#sip-engine/transaction/transaction.ts';
import type { Flow, Protocol } from '#sip-engine/transport/transport.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeResolver, FakeTransport, readText } from './fake-sip-transport.ts';

export type RequestParts = {
  readonly method: string;
  readonly branch?: string;
  readonly via?: string;
  readonly toTag?: string;
  readonly headers?: readonly string[];
  readonly callId?: string;
};

/** The text of a request from a peer at 10.0.0.9. */
export function requestText({
  method,
  branch = 'z9hG4bKone',
  via,
  toTag,
  headers = [],
  callId = 'call-1',
}: RequestParts): string {
  const cseqMethod = method;
  return [
    `${method} sip:bob@10.0.0.1 SIP/2.0`,
    via ?? `Via: SIP/2.0/UDP 10.0.0.9:5060;branch=${branch};received=10.0.0.9;rport=5060`,
    'From: <sip:alice@10.0.0.9>;tag=from',
    `To: <sip:bob@10.0.0.1>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: 1 ${cseqMethod}`,
    'Max-Forwards: 70',
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

type TransactionStageOptions = {
  readonly limits?: Partial<Limits>;
  readonly protocols?: readonly Protocol[];
  readonly standing?: Standing;
  readonly isEmergency?: (request: SipMessage) => boolean;
};

/** A transaction layer between a fake transport and a core that only writes down what it gets. */
export class TransactionStage {
  readonly clock = new FakeClock();
  readonly transport: FakeTransport;
  readonly resolver = new FakeResolver();
  readonly layer: TransactionLayer;
  readonly requests: ServerTransaction[] = [];
  readonly acks: SipMessage[] = [];
  readonly cancels: { readonly cancel: SipMessage; readonly invite: ServerTransaction }[] = [];
  readonly strays: SipMessage[] = [];

  /** What arrives was accepted by somebody, unless a test names the standing of the peers. */
  constructor({ limits = {}, protocols, standing, isEmergency = () => false }: TransactionStageOptions = {}) {
    this.transport = new FakeTransport(protocols);
    this.layer = new TransactionLayer({
      clock: this.clock,
      log: silentLog,
      transport: this.transport,
      resolver: this.resolver,
      timers: defaultTimers,
      limits: { ...defaultLimits, ...limits },
      admission: { standingOf: () => standing ?? 'trunk', isEmergency },
    });
    this.layer.setHandlers({
      onRequest: (transaction) => {
        if (standing === undefined) transaction.accept();
        this.requests.push(transaction);
      },
      onAck: (ack) => void this.acks.push(ack),
      onCancel: (cancel, invite) => void this.cancels.push({ cancel, invite }),
      onStrayResponse: (response) => void this.strays.push(response),
    });
  }

  /** A request arrives; returns the transaction of the newest request the core has seen. */
  arrive(parts: RequestParts, flow: Flow = this.transport.peer('udp')): ServerTransaction {
    this.layer.receive(readText(requestText(parts)), flow);
    const newest = this.requests.at(-1);
    if (newest === undefined) throw new Error('No request reached the core');
    return newest;
  }

  receive(parts: RequestParts, flow: Flow = this.transport.peer('udp')): void {
    this.layer.receive(readText(requestText(parts)), flow);
  }

  /** The peer answers a request we sent, by default the last one. */
  answer(status: number, options: { request?: SipMessage; flow?: Flow; toTag?: string } = {}): void {
    const { request = this.transport.last.message, flow = this.transport.last.flow, toTag = 'peer' } = options;
    const vias = request.getAll('via').map((via) => `Via: ${via}`);
    const to = request.get('to') ?? '';
    const text = [
      `SIP/2.0 ${status} Whatever`,
      ...vias,
      `From: ${request.get('from')}`,
      `To: ${to.includes('tag=') || status === 100 ? to : `${to};tag=${toTag}`}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${request.get('cseq')}`,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
    this.layer.receive(readText(text), flow);
  }

  /** Start lines sent at each moment, as seconds after the call: `0.5 INVITE …`. */
  schedule(seconds: number): string[] {
    const begin = this.clock.now();
    const seen: string[] = [];
    for (let passed = 0; passed < seconds * 1000; passed += 100) {
      this.clock.advance(100);
      for (const line of this.transport.takeStartLines()) seen.push(`${(this.clock.now() - begin) / 1000} ${line}`);
    }
    return seen;
  }

  /** All tables of the layer that hold something. */
  leftovers(): string[] {
    return Object.entries(this.layer.sizes())
      .filter(([, size]) => size > 0)
      .map(([name, size]) => `${name}: ${size}`);
  }
}

export type Heard = {
  readonly transaction: ClientTransaction;
  readonly responses: string[];
  readonly sent: { readonly message: SipMessage; readonly flow: Flow | undefined }[];
};

/** Sends a request and collects what comes of it. */
export function sendRequest(
  stage: TransactionStage,
  method: string,
  more: Partial<OutgoingRequest> & { headers?: readonly string[] } = {},
): Heard {
  const { headers = [], ...outgoing } = more;
  const responses: string[] = [];
  const sent: Heard['sent'] = [];
  const message = readText(requestText({ method, headers, callId: `out-${method}` }));
  message.remove('via');
  const transaction = stage.layer.request({
    message,
    nextHop: 'sip:10.0.0.9',
    onSent: (asSent, flow) => void sent.push({ message: asSent, flow }),
    onResponse: (response, flow) =>
      void responses.push(`${response.status} ${flow === undefined ? 'synthesised' : flow.protocol}`),
    ...outgoing,
  });
  if ('problem' in transaction) throw new Error(transaction.problem);
  return { transaction, responses, sent };
}
