import { defaultLimits } from '#sip-engine/runtime/limits.ts';
import type { Limits } from '#sip-engine/runtime/limits.ts';
import type { Standing } from '#sip-engine/transport/known-sources.ts';
import { silentLog } from '#sip-engine/runtime/engine-log.ts';
import type { SipMessage } from '#sip-engine/message/message.ts';
import { TransactionLayer } from '#sip-engine/transaction/transaction-layer.ts';
import { defaultTimers } from '#sip-engine/transaction/transaction.ts';
import type { ClientTransaction, OutgoingRequestOptions, ServerTransaction } from '#sip-engine/transaction/transaction.ts';
import type { Flow, Protocol } from '#sip-engine/transport/transport.ts';
import { FakeClock } from '#testing/base/fake-clock.ts';
import { FakeResolver, FakeTransport, readText } from './fake-sip-transport.ts';

export type RequestTextOptions = {
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
}: RequestTextOptions): string {
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

type TransactionHarnessOptions = {
  readonly limits?: Partial<Limits>;
  readonly protocols?: readonly Protocol[];
  readonly standing?: Standing;
  readonly isEmergency?: (request: SipMessage) => boolean;
};

/** A transaction layer between a fake transport and a core that only writes down what it gets. */
export class TransactionHarness {
  readonly clock = new FakeClock();
  readonly transport: FakeTransport;
  readonly resolver = new FakeResolver();
  readonly layer: TransactionLayer;
  readonly requests: ServerTransaction[] = [];
  readonly acks: SipMessage[] = [];
  readonly cancels: { readonly cancel: SipMessage; readonly invite: ServerTransaction }[] = [];
  readonly strayResponses: SipMessage[] = [];

  /** What arrives was accepted by a handler, unless a test names the trust of the peers. */
  constructor({ limits = {}, protocols, standing, isEmergency = () => false }: TransactionHarnessOptions = {}) {
    this.transport = new FakeTransport(protocols);
    this.layer = new TransactionLayer({
      clock: this.clock,
      log: silentLog,
      transport: this.transport,
      resolver: this.resolver,
      timers: defaultTimers,
      limits: { ...defaultLimits, ...limits },
      admission: { standingOf: () => standing ?? 'trunk', isEmergency, answered() {}, retransmitted() {} },
    });
    this.layer.setHandlers({
      onRequest: (transaction) => {
        if (standing === undefined) transaction.accept();
        this.requests.push(transaction);
      },
      onAck: (ack) => void this.acks.push(ack),
      onCancel: (cancel, invite) => void this.cancels.push({ cancel, invite }),
      onStrayResponse: (response) => void this.strayResponses.push(response),
    });
  }

  /** A request arrives; returns the transaction of the newest request the core has seen. */
  receiveRequest(options: RequestTextOptions, flow: Flow = this.transport.peer('udp')): ServerTransaction {
    this.layer.receive(readText(requestText(options)), flow);
    const newest = this.requests.at(-1);
    if (newest === undefined) throw new Error('No request reached the core');
    return newest;
  }

  receive(options: RequestTextOptions, flow: Flow = this.transport.peer('udp')): void {
    this.layer.receive(readText(requestText(options)), flow);
  }

  /** The peer answers a request we sent, by default the last one. */
  receiveResponse(status: number, options: { request?: SipMessage; flow?: Flow; toTag?: string } = {}): void {
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

export type ClientTransactionLog = {
  readonly transaction: ClientTransaction;
  readonly responses: string[];
  readonly sent: { readonly message: SipMessage; readonly flow: Flow | undefined }[];
};

/** Sends a request and collects what comes of it. */
export function sendRequest(
  harness: TransactionHarness,
  method: string,
  more: Partial<OutgoingRequestOptions> & { headers?: readonly string[] } = {},
): ClientTransactionLog {
  const { headers = [], ...outgoing } = more;
  const responses: string[] = [];
  const sent: ClientTransactionLog['sent'] = [];
  const message = readText(requestText({ method, headers, callId: `out-${method}` }));
  message.remove('via');
  const transaction = harness.layer.request({
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
