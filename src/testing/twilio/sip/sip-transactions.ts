import type { Clock, Timer } from '#base/clock.ts';
import { parseVia } from '#sip-engine/message/fields.ts';
import { SipMessage } from '#sip-engine/message/message.ts';
import { responseTo } from './sip-build.ts';
import type { SipTrace } from './sip-trace.ts';
import type { WireFlow } from './sip-wire.ts';

// Transactions of the emulated edge (RFC 3261 section 17): retransmission, matching, the ACK of a refusal.
// Called by the emulator's SIP side.
// Must stay true: a response whose Via headers came back changed is a breach and is not taken.

const t1Ms = 500;
const t2Ms = 4000;

export type EdgeServerTransaction = {
  readonly request: SipMessage;
  readonly flow: WireFlow;
  /** A 2xx to INVITE goes out again until `acknowledged` is called. */
  readonly respond: (response: SipMessage) => void;
  readonly acknowledged: () => void;
  /** The final response was not acknowledged. */
  onUnacknowledged: () => void;
  onCancel: () => void;
};

export type ClientHandlers = {
  readonly onProvisional?: (response: SipMessage) => void;
  /** A 2xx to INVITE comes as often as it is sent; a local time-out is 408, a broken flow 503. */
  readonly onFinal: (response: SipMessage) => void;
};

export type SipHandlers = {
  readonly onRequest: (transaction: EdgeServerTransaction) => void;
  /** An ACK of a 2xx. */
  readonly onAck: (ack: SipMessage, flow: WireFlow) => void;
};

type Client = { readonly vias: readonly string[]; readonly receive: (response: SipMessage) => void };
type Server = EdgeServerTransaction & { readonly repeat: () => void; readonly acknowledge: () => void };

export class SipTransactions {
  readonly #clock: Clock;
  readonly #trace: SipTrace;
  readonly #lifeMs: number;
  readonly #handlers: SipHandlers;
  readonly #clients = new Map<string, Client>();
  readonly #servers = new Map<string, Server>();
  readonly #timers = new Set<Timer>();
  #isStopped = false;

  /** `lifeMs`: 64·T1 in the RFC. */
  constructor({ clock, trace, lifeMs }: { clock: Clock; trace: SipTrace; lifeMs: number }, handlers: SipHandlers) {
    this.#clock = clock;
    this.#trace = trace;
    this.#lifeMs = lifeMs;
    this.#handlers = handlers;
  }

  receive(message: SipMessage, flow: WireFlow): void {
    if (!message.isRequest) this.#receiveResponse(message);
    else if (message.method === 'ACK') this.#receiveAck(message, flow);
    else this.#receiveRequest(message, flow);
  }

  /** Sends a request that has its Via headers and waits for the end of it. */
  request(request: SipMessage, flow: WireFlow, handlers: ClientHandlers): void {
    const key = clientKey(request, request.method);
    const isInvite = request.method === 'INVITE';
    let isAnswered = false;
    let hasProvisional = false;
    const again = this.#repeat(
      flow,
      () => request,
      () => isAnswered || (isInvite && hasProvisional),
    );
    const limit = this.#after(this.#lifeMs, () => {
      // An INVITE that rings is ended by the call, not by the transaction.
      if (isAnswered || (isInvite && hasProvisional)) return;
      finish(responseTo(request, 408));
    });
    const finish = (response: SipMessage): void => {
      if (!isAnswered) this.#after(this.#lifeMs, () => this.#clients.delete(key));
      isAnswered = true;
      again.cancel();
      limit.cancel();
      handlers.onFinal(response);
    };
    const receive = (response: SipMessage): void => {
      if (response.status < 200) {
        hasProvisional = true;
        if (!isAnswered) handlers.onProvisional?.(response);
        return;
      }
      const isRefusal = isInvite && response.status >= 300;
      if (isRefusal) flow.send(ackOf(request, response));
      if (!isAnswered || (isInvite && !isRefusal)) finish(response);
    };
    this.#clients.set(key, { vias: request.getAll('via'), receive });
    if (flow.isOpen()) flow.send(request);
    else this.#after(0, () => finish(responseTo(request, 503)));
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#clients.clear();
    this.#servers.clear();
  }

  #receiveResponse(response: SipMessage): void {
    const client = this.#clients.get(clientKey(response, response.cseq?.method ?? ''));
    if (client === undefined) {
      this.#trace.breach(`A ${response.status} came for a request that was never sent, or whose Via branch was changed`);
      return;
    }
    const problem = viaProblem(client.vias, response.getAll('via'));
    if (problem === undefined) client.receive(response);
    else this.#trace.breach(`${response.status} to ${response.get('cseq') ?? ''}: ${problem}`);
  }

  #receiveAck(ack: SipMessage, flow: WireFlow): void {
    const server = this.#servers.get(serverKey(ack, 'INVITE'));
    if (server) server.acknowledge();
    else this.#handlers.onAck(ack, flow);
  }

  #receiveRequest(request: SipMessage, flow: WireFlow): void {
    const key = serverKey(request, request.method);
    const known = this.#servers.get(key);
    if (known) {
      known.repeat();
      return;
    }
    const transaction = this.#open(key, request, flow);
    if (request.method === 'INVITE') transaction.respond(responseTo(request, 100));
    if (request.method === 'CANCEL') this.#cancel(transaction);
    else this.#handlers.onRequest(transaction);
  }

  #cancel(transaction: EdgeServerTransaction): void {
    const invite = this.#servers.get(serverKey(transaction.request, 'INVITE'));
    transaction.respond(responseTo(transaction.request, invite ? 200 : 481));
    invite?.onCancel();
  }

  #open(key: string, request: SipMessage, flow: WireFlow): Server {
    let last: SipMessage | undefined;
    let again: Timer | undefined;
    const quiet = (): void => again?.cancel();
    const server: Server = {
      request,
      flow,
      respond: (response) => {
        if (last !== undefined && last.status >= 200) return;
        last = response;
        flow.send(response);
        if (response.status < 200) return;
        this.#after(this.#lifeMs, () => this.#servers.delete(key));
        if (request.method === 'INVITE') again = this.#repeatFinal(server, response);
      },
      repeat: () => {
        if (last) flow.send(last);
      },
      acknowledged: quiet,
      acknowledge: quiet,
      onUnacknowledged: () => {},
      onCancel: () => {},
    };
    this.#servers.set(key, server);
    return server;
  }

  #repeatFinal(server: Server, response: SipMessage): Timer {
    // RFC 3261 section 13.3.1.4: a 2xx is repeated on every transport.
    const again = this.#repeat(
      server.flow,
      () => response,
      () => false,
      response.status < 300,
    );
    const limit = this.#after(this.#lifeMs, () => {
      again.cancel();
      server.onUnacknowledged();
    });
    return {
      cancel: () => {
        again.cancel();
        limit.cancel();
      },
    };
  }

  #repeat(flow: WireFlow, message: () => SipMessage, isDone: () => boolean, always = false): Timer {
    let timer: Timer | undefined;
    let isCancelled = false;
    const wait = (delayMs: number): void => {
      timer = this.#after(delayMs, () => {
        if (isCancelled || isDone()) return;
        flow.send(message());
        wait(message().method === 'INVITE' ? delayMs * 2 : Math.min(delayMs * 2, t2Ms));
      });
    };
    if (flow.protocol === 'udp' || always) wait(t1Ms);
    return {
      cancel: () => {
        isCancelled = true;
        timer?.cancel();
      },
    };
  }

  #after(delayMs: number, run: () => void): Timer {
    if (this.#isStopped) return { cancel: () => {} };
    const timer = this.#clock.after(delayMs, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
    return timer;
  }
}

function clientKey(message: SipMessage, method: string): string {
  return `${message.topVia?.params.get('branch') ?? ''} ${method}`;
}

function serverKey(message: SipMessage, method: string): string {
  const via = message.topVia;
  return `${via?.params.get('branch') ?? ''} ${via?.host ?? ''}:${via?.port ?? ''} ${method}`;
}

/** Only `received` and a value for `rport` may be added, and only on top (RFC 3261 section 8.2.6.2). */
function viaProblem(sent: readonly string[], got: readonly string[]): string | undefined {
  if (sent.length !== got.length) return `${sent.length} Via headers went out, ${got.length} came back`;
  for (const [index, via] of got.entries()) {
    const original = sent[index] ?? '';
    if (via !== original && (index > 0 || !isSameTopVia(original, via))) return `the Via "${original}" came back as "${via}"`;
  }
  return undefined;
}

function isSameTopVia(sent: string, got: string): boolean {
  const [one, two] = [parseVia(sent), parseVia(got)];
  if (one === undefined || two === undefined) return false;
  const added = new Set(['received', 'rport']);
  const rest = (params: ReadonlyMap<string, string | null>) => JSON.stringify([...params].filter(([name]) => !added.has(name)));
  return (
    one.transport === two.transport && one.host === two.host && one.port === two.port && rest(one.params) === rest(two.params)
  );
}

// RFC 3261 section 17.1.1.3.
function ackOf(invite: SipMessage, response: SipMessage): SipMessage {
  const ack = new SipMessage({ method: 'ACK', requestUri: invite.requestUri });
  ack.append('via', invite.get('via') ?? '');
  for (const route of invite.getAll('route')) ack.append('route', route);
  ack.append('max-forwards', '70');
  ack.append('from', invite.get('from') ?? '');
  ack.append('to', response.get('to') ?? '');
  ack.append('call-id', invite.callId);
  ack.append('cseq', `${invite.cseq?.number ?? 1} ACK`);
  return ack;
}
