import type { AppMessage, CommandReply, ProxyOptions } from '../control/app-link.ts';
import type { CoreDeps, ProxyHandler } from '../user-agent/core-context.ts';
import { receivedMeta } from '../control/message-meta.ts';
import type { SipMessage } from '../message/message.ts';
import { Challenges } from './challenges.ts';
import { forwardCdr, searchCdrs } from './cdr.ts';
import type { ForkTarget } from './fork.ts';
import { addExtraHeaders, copyFor, dropOwnRoutes, hopsLeft, isOwnRoute, nextHopOf, recordRoute } from './forwarding.ts';
import { ProxySearch } from './search.ts';
import type { SearchListener, SearchPlan } from './search.ts';
import { rememberFlows } from '../user-agent/register-flows.ts';
import { buildResponse } from '../message/response-builder.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

// Owns the proxied requests: those an application forwards, and those in dialogs that were record-routed here (RFC 3261 section 16).
// Called by the user agent core with requests that are not its own.
// Must stay true: every request here is answered or forwarded with one hop less, and leaves the tables when its last fork is answered.

type ProxyDeps = Pick<CoreDeps, 'clock' | 'log' | 'transport' | 'transactions' | 'flowCache' | 'router' | 'settings' | 'limits'>;
type Hops = number | { readonly status: number; readonly reason: string };

const rememberedChallenges = 1_000;
const earlyMethods = new Set(['PRACK', 'INFO', 'UPDATE']);
const silentReply = { proxied() {}, proxyDone() {} };

export class ProxyCore implements ProxyHandler {
  readonly #deps: ProxyDeps;
  readonly #challenges: Challenges;
  /** By the id of the caller's transaction. */
  readonly #searches = new Map<string, ProxySearch>();
  /** Proxied INVITEs by Call-ID and From tag, for requests of the caller before the answer. */
  readonly #calls = new Map<string, ProxySearch>();

  constructor(deps: ProxyDeps) {
    this.#deps = deps;
    this.#challenges = new Challenges(deps.clock, rememberedChallenges);
  }

  /** The application forwards a request that has no response yet (RFC 3261 section 16.6). */
  start(
    transaction: ServerTransaction,
    options: ProxyOptions,
    { extra, reply }: { readonly extra: AppMessage; readonly reply: CommandReply },
  ): void {
    const { request, flow } = transaction;
    const hops = this.#hops(request);
    if (typeof hops !== 'number') {
      transaction.respond(buildResponse(request, hops.status, hops.reason));
      reply.nok(`Rejected with ${hops.status} ${hops.reason} due to Max-Forwards value of ${request.get('max-forwards')}`);
      return;
    }
    const isOurs = this.#isOurs;
    const plan: SearchPlan = {
      ...this.#planFor(transaction, options),
      targets: this.#targetsFor(request, options),
      copyFor: (target) => {
        const message = copyFor(request, target, { isOurs, hops });
        return {
          message,
          ...this.#destinationOf(message, target),
          prepare: (copy, listener) => {
            addExtraHeaders(copy, extra.message, listener);
            if (options.remainInDialog) recordRoute(copy, flow.listener, listener);
          },
        };
      },
    };
    if (this.#run(plan, reply)) return;
    transaction.respond(buildResponse(request, 500, 'Server Internal Error'));
    reply.nok('error proxying request to ');
  }

  /** A CANCEL (RFC 3261 section 16.10). True when this INVITE is proxied: it is answered 487 then. */
  cancelled(cancel: SipMessage, transaction: ServerTransaction): boolean {
    const search = this.#searches.get(transaction.id);
    search?.cancelled(cancel);
    return search !== undefined;
  }

  /** Forwards a request in a dialog that was record-routed here (RFC 3261 section 16.4). False for any other. */
  forwardInDialog(message: SipMessage, _flow: Flow, transaction?: ServerTransaction): boolean {
    if (message.toTag === undefined || !isOwnRoute(message.get('route'), this.#isOurs)) return false;
    const copy = message.clone();
    dropOwnRoutes(copy, this.#isOurs);
    if (!copy.has('route') && this.#names(copy.requestUri)) return false;
    const search = this.#callOf(message);
    if (message.method === 'PRACK' && search?.rseqs.isUsed === true && search.rseqs.restore(copy) === undefined) {
      transaction?.respond(buildResponse(message, 481, 'Call/Transaction Does Not Exist'));
      return true;
    }
    const hasRoute = copy.has('route');
    const nextHop = nextHopOf(copy);
    this.#forward(copy, { nextHop, flow: hasRoute ? undefined : this.#registeredFlow(copy.requestUri), transaction });
    return true;
  }

  /** Forwards a PRACK, INFO or UPDATE of the caller for a pending proxied INVITE that was not record-routed. */
  forwardEarly(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    if (!earlyMethods.has(request.method) || isOwnRoute(request.get('route'), this.#isOurs)) return false;
    const search = this.#callOf(request);
    const dialog = search?.earlyDialog(request.toTag);
    if (search === undefined || dialog === undefined) return false;
    const copy = request.clone();
    dropOwnRoutes(copy, this.#isOurs);
    if (request.method === 'PRACK' && search.rseqs.isUsed && search.rseqs.restore(copy) === undefined) {
      transaction.respond(buildResponse(request, 481, 'Call/Transaction Does Not Exist'));
      return true;
    }
    if (this.#names(copy.requestUri)) copy.requestUri = dialog.contact ?? dialog.fork.sent?.requestUri ?? copy.requestUri;
    const flow = copy.has('route') ? undefined : dialog.fork.client?.flow;
    this.#forward(copy, { nextHop: nextHopOf(copy), flow: flow?.isOpen === true ? flow : undefined, transaction });
    return true;
  }

  /**
   * A response without a transaction. True when it was meant to be forwarded: our Via on top of another. It is dropped (RFC 6026 section 7.3),
   * because otherwise we would relay for any sender to any destination.
   */
  strayResponse(response: SipMessage, _flow: Flow): boolean {
    const via = response.topVia;
    return via !== undefined && this.#isOurs(via.host, via.port) && response.getAll('via').length > 1;
  }

  sizes(): Record<string, number> {
    return { proxiedRequests: this.#searches.size, proxiedCalls: this.#calls.size, proxyChallenges: this.#challenges.size };
  }

  stop(): void {
    for (const search of this.#searches.values()) search.stop();
    this.#searches.clear();
    this.#calls.clear();
  }

  /** Sends a request of a dialog to its single destination. */
  #forward(
    copy: SipMessage,
    destination: {
      readonly nextHop: string;
      readonly flow: Flow | undefined;
      readonly transaction: ServerTransaction | undefined;
    },
  ): void {
    const { transaction, ...there } = destination;
    const hops = this.#hops(copy);
    if (typeof hops !== 'number') {
      transaction?.respond(buildResponse(transaction.request, hops.status, hops.reason));
      return;
    }
    copy.set('max-forwards', String(hops));
    forwardCdr(this.#deps, copy);
    if (transaction === undefined) {
      this.#deps.transactions.sendStateless({ message: copy, ...there });
      return;
    }
    const plan: SearchPlan = {
      ...this.#planFor(transaction, undefined),
      targets: [{ uri: destination.nextHop, isRedirect: false }],
      copyFor: () => ({ message: copy, ...there }),
    };
    // Our transaction absorbs the peer's retransmissions, so it must be answered; without a next hop that happens here.
    if (!this.#run(plan, silentReply)) transaction.respond(buildResponse(transaction.request, 500, 'Server Internal Error'));
  }

  #planFor(transaction: ServerTransaction, options: ProxyOptions | undefined): Omit<SearchPlan, 'targets' | 'copyFor'> {
    const { limits, settings } = this.#deps;
    const { request } = transaction;
    return {
      transaction,
      isSimultaneous: options?.simultaneous ?? false,
      followRedirects: options?.followRedirects ?? false,
      rewritesRSeq: options?.remainInDialog === true && request.method === 'INVITE' && request.toTag === undefined,
      limits: { targets: limits.proxyTargets, redirects: limits.redirects, earlyDialogs: limits.earlyDialogsPerCall },
      timeouts: {
        provisionalMs: options?.provisionalTimeoutMs,
        finalMs: options?.finalTimeoutMs,
        timerCMs: request.method === 'INVITE' ? settings.timers.timerC : undefined,
      },
    };
  }

  #run(plan: SearchPlan, reply: Pick<CommandReply, 'proxied' | 'proxyDone'>): boolean {
    const { transaction } = plan;
    transaction.accept();
    if (transaction.request.method === 'INVITE') transaction.sendTrying();
    const key = callKey(transaction.request, transaction.request.fromTag);
    const isCall = transaction.request.method === 'INVITE' && transaction.request.toTag === undefined;
    const cdrs = isCall ? searchCdrs(this.#deps) : undefined;
    const listener: SearchListener = {
      onSent: (copy) => cdrs?.sent(copy),
      onTargetAnswered: (response, flow, target) => {
        cdrs?.received(response);
        this.#challenges.remember(response, target);
        reply.proxied(receivedMeta(response, flow), response);
      },
      onAnswered: (response) => {
        cdrs?.answered(response);
        this.#rememberFlow(transaction, response);
      },
      onDone: () => reply.proxyDone(),
      onClosed: () => this.#closed(search, key),
    };
    const search = new ProxySearch(plan, listener, this.#deps);
    this.#searches.set(transaction.id, search);
    if (isCall) this.#calls.set(key, search);
    if (search.start()) return true;
    this.#forget(search, key);
    return false;
  }

  /** The registrar behind us will send calls back by our Path: they must find the phone's connection. */
  #rememberFlow(transaction: ServerTransaction, response: SipMessage): void {
    const isRegistered = transaction.request.method === 'REGISTER' && response.status >= 200 && response.status < 300;
    if (isRegistered) rememberFlows(transaction, response, this.#deps.flowCache);
  }

  /** A PRACK may follow the answer; its RSeq must still be known then. */
  #closed(search: ProxySearch, key: string): void {
    if (!search.rseqs.isUsed) return this.#forget(search, key);
    this.#searches.delete(search.plan.transaction.id);
    this.#deps.clock.after(this.#deps.settings.timers.t1x64, () => this.#forget(search, key));
  }

  #forget(search: ProxySearch, key: string): void {
    this.#searches.delete(search.plan.transaction.id);
    if (this.#calls.get(key) === search) this.#calls.delete(key);
  }

  #targetsFor(request: SipMessage, options: ProxyOptions): readonly ForkTarget[] {
    const challenger = this.#challenges.targetOf(request);
    if (challenger !== undefined) return [challenger];
    // A copy to ourselves would loop until Max-Forwards is 0.
    return options.destinations.filter((uri) => !this.#names(uri)).map((uri) => ({ uri, isRedirect: false }));
  }

  #destinationOf(message: SipMessage, target: ForkTarget): { readonly nextHop: string; readonly flow: Flow | undefined } {
    const flow = this.#registeredFlow(message.requestUri) ?? this.#registeredFlow(target.uri);
    return { nextHop: this.#deps.settings.outboundProxy ?? target.uri, flow };
  }

  /** The connection by which the owner of this Contact registered. */
  #registeredFlow(uri: string): Flow | undefined {
    const flow = this.#deps.flowCache.find(uri);
    return flow === 'gone' ? undefined : flow;
  }

  #hops(request: SipMessage): Hops {
    const hops = hopsLeft(request);
    if (hops === 'none-left') return { status: 483, reason: 'Too Many Hops' };
    return hops === 'unreadable' ? { status: 400, reason: 'Bad Max-Forwards Header' } : hops;
  }

  #callOf(request: SipMessage): ProxySearch | undefined {
    return this.#calls.get(callKey(request, request.fromTag));
  }

  #names(uriText: string): boolean {
    const uri = parseUri(uriText);
    return uri !== undefined && uri.host !== '' && this.#isOurs(uri.host, uri.port);
  }

  readonly #isOurs = (host: string, port: number | undefined): boolean => this.#deps.transport.isOurs(host, port);
}

function callKey(request: SipMessage, tag: string | undefined): string {
  return `${request.callId};${tag ?? ''}`;
}
