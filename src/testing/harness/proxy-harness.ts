import type { AppMessage, CdrRecord, CommandReply, MessageMeta, ProxyOptions } from '#sip-engine/control/app-link.ts';
import { silentLog } from '#sip-engine/runtime/engine-log.ts';
import { defaultSettings } from '#sip-engine/user-agent/engine-settings.ts';
import { defaultLimits } from '#sip-engine/runtime/limits.ts';
import { SipMessage } from '#sip-engine/message/message.ts';
import { ProxyCore } from '#sip-engine/proxy/proxy-core.ts';
import type { ServerTransaction } from '#sip-engine/transaction/transaction.ts';
import { FlowTable } from '#sip-engine/transport/flow-table.ts';
import { readText } from './fake-sip-transport.ts';
import type { Sent } from './fake-sip-transport.ts';
import { TransactionHarness } from './transaction-harness.ts';

/** What an application hears of a proxied request: statuses, `done`, or `NOK …`. */
export type ProxyReply = { readonly events: string[]; readonly metas: MessageMeta[]; readonly reply: CommandReply };

function proxyReply(): ProxyReply {
  const events: string[] = [];
  const metas: MessageMeta[] = [];
  const refuse = () => {
    throw new Error('a proxied request is not echoed');
  };
  return {
    events: events,
    metas,
    reply: {
      request: refuse,
      response: refuse,
      proxied(meta, message) {
        metas.push(meta);
        events.push(String(message.status));
      },
      proxyDone: () => events.push('done'),
      nok: (text) => events.push(`NOK ${text}`),
    },
  };
}

/** A proxy core on real transactions and a fake transport. We are 10.0.0.1, the caller is 10.0.0.9. */
export class ProxyHarness {
  readonly transactions: TransactionHarness;
  readonly core: ProxyCore;
  readonly cdrs: string[] = [];
  readonly flowCache: FlowTable;
  /** Requests that the proxy did not take. */
  readonly unhandled: string[] = [];

  constructor({ outboundProxy }: { readonly outboundProxy?: string } = {}) {
    this.transactions = new TransactionHarness();
    const { clock, layer, transport } = this.transactions;
    const isOurs = (host: string, port: number | undefined) => host === '10.0.0.1' && (port ?? 5060) === 5060;
    Object.assign(transport, { isOurs });
    const flowCache = new FlowTable({ clock, limit: 100 });
    this.flowCache = flowCache;
    this.core = new ProxyCore({
      clock,
      log: silentLog,
      transport,
      transactions: layer,
      flowCache,
      router: { pick: () => undefined, cdr: (record) => void this.cdrs.push(cdrText(record)) },
      settings: { ...defaultSettings, cdrs: true, outboundProxy },
      limits: defaultLimits,
    });
    this.#listen();
  }

  #listen(): void {
    const { layer, requests } = this.transactions;
    layer.setHandlers({
      onRequest: (transaction) => {
        if (!this.isHandled(transaction)) requests.push(transaction);
      },
      onAck: (ack, flow) => void (this.core.forwardInDialog(ack, flow) || this.unhandled.push('ACK')),
      onCancel: (cancel, invite) => void (this.core.cancelled(cancel, invite) || this.unhandled.push('CANCEL')),
      onStrayResponse: (response, flow) => void (this.core.strayResponse(response, flow) || this.unhandled.push('response')),
    });
  }

  isHandled(transaction: ServerTransaction): boolean {
    const { request, flow } = transaction;
    return (
      request.toTag !== undefined &&
      (this.core.forwardEarly(transaction) || this.core.forwardInDialog(request, flow, transaction))
    );
  }

  /** The application proxies a request to these destinations. */
  proxy(
    transaction: ServerTransaction,
    options: Partial<ProxyOptions> & { destinations: readonly string[] },
    extra: readonly string[] = [],
  ): ProxyReply {
    const recorded = proxyReply();
    const all: ProxyOptions = {
      remainInDialog: false,
      fullResponse: true,
      followRedirects: false,
      simultaneous: false,
      provisionalTimeoutMs: undefined,
      finalTimeoutMs: undefined,
      ...options,
    };
    const message = new SipMessage({ method: transaction.request.method, requestUri: 'sip:placeholder' });
    for (const line of extra) {
      const name = line.slice(0, line.indexOf(':'));
      message.append(name.toLowerCase(), line.slice(name.length + 1).trim(), name);
    }
    const command: AppMessage = { startLine: '', message };
    this.core.start(transaction, all, { extra: command, reply: recorded.reply });
    return recorded;
  }

  /** What was sent since the last call, as `INVITE 10.0.0.2` or `200 10.0.0.9`. */
  sent(): string[] {
    return this.transactions.transport.sent.splice(0).map(describeSent);
  }

  /** The last request with this method to an address. */
  requestTo(address: string, method = 'INVITE'): Sent {
    const found = this.#all.findLast(({ message, flow }) => message.method === method && flow.remoteAddress === address);
    if (found === undefined) throw new Error(`No ${method} went to ${address}`);
    return found;
  }

  /** The peer at an address answers the last INVITE it got. */
  answerFrom(address: string, status: number, more: { toTag?: string; headers?: readonly string[]; method?: string } = {}): void {
    const { message, flow } = this.requestTo(address, more.method);
    this.transactions.layer.receive(readText(answerText(message, status, more)), flow);
  }

  /** All that was sent, also what `sent` has already shown. */
  readonly #all: Sent[] = [];

  /** Keeps what is sent for `requestTo`, after `sent` has taken it. */
  recordSent(): this {
    const { transport } = this.transactions;
    const send = transport.send.bind(transport);
    Object.assign(transport, {
      send: (...parts: Parameters<typeof send>) => {
        send(...parts);
        this.#all.push(transport.last);
      },
    });
    return this;
  }

  get history(): readonly Sent[] {
    return this.#all;
  }
}

function describeSent({ message, flow }: Sent): string {
  return `${message.isRequest ? message.method : message.status} ${flow.remoteAddress}`;
}

function cdrText({ event, source, detail, message }: CdrRecord): string {
  return `${event} ${source} ${detail ?? ''} ${message.isRequest ? message.method : message.status}`.replace('  ', ' ');
}

function answerText(
  request: SipMessage,
  status: number,
  { toTag = 'callee', headers = [] }: { toTag?: string; headers?: readonly string[] },
): string {
  const to = request.get('to') ?? '';
  return [
    `SIP/2.0 ${status} Whatever`,
    ...request.getAll('via').map((via) => `Via: ${via}`),
    ...request.getAll('record-route').map((route) => `Record-Route: ${route}`),
    `From: ${request.get('from')}`,
    `To: ${to.includes('tag=') || status === 100 ? to : `${to};tag=${toTag}`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.get('cseq')}`,
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
