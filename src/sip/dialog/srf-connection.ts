import Srf from 'drachtio-srf';
import type { Log } from '#base/log.ts';
import { respond } from '#sip/message/respond.ts';
import type { SipDialog } from './dialog.ts';
import type {
  SrfRequestOptions,
  SrfRequest,
  SrfResponse,
  RequestListener,
  Responder,
  SendAck,
  SrfLike,
} from '#sip/message/srf-types.ts';

export type Control = { readonly host: string; readonly port: number; readonly secret: string };

type Handlers = {
  /** Requests outside our dialogs. */
  readonly onRequest: (request: SrfRequest, response: Responder) => void;
  /** Connected to the engine, for the first time or again; `hostports` such as `udp/192.0.2.1:5060,tcp/192.0.2.1:5060`. */
  readonly onConnected: (hostports: string) => void;
  /** Every dialog is lost: a new connection does not take over the old one's (the engine ends them on the network). */
  readonly onDisconnected: () => void;
};

/** `proto/host:port,…` as peers see them, the version, and the same as they are bound. */
type EngineGreeting = readonly (string | undefined)[];

const routedMethods = ['invite', 'register', 'options', 'subscribe', 'notify', 'message', 'info', 'publish', 'refer'];
const retryMaxDelayMs = 2000;
const pingIntervalMs = 15_000;

/**
 * The control connection to the SIP engine by drachtio-srf. Only its callbacks are used: its promises attach listeners one microtask
 * late and lose events that arrive in the same read.
 */
export class SrfConnection {
  readonly dialogs = new Map<string, SipDialog>();
  readonly #log: Log;
  readonly #handlers: Handlers;
  #srf: SrfLike | undefined;
  #isConnected = false;
  #listening = '';

  constructor(log: Log, handlers: Handlers) {
    this.#log = log;
    this.#handlers = handlers;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** `proto/host:port,…` of everything that the engine had bound when it was connected last; empty where it does not say. */
  get listening(): string {
    return this.#listening;
  }

  /** Resolves at the first connection; rejects where the engine rejects the secret. Reconnects by itself afterwards. */
  connect(control: Control): Promise<void> {
    const srf = new Srf() as unknown as SrfLike;
    this.#srf = srf;
    srf.use('*', (request, response) => this.#receive(request, response));
    // Subscribes to these methods outside dialogs; the handler above receives them all.
    for (const method of routedMethods) srf.use(method, (_request, _response, next) => next());
    return new Promise((resolve, reject) => {
      srf.on('error', (error: Error) => this.#log.debug({ err: error }, 'SIP engine unreachable'));
      srf.on('close', () => this.#onLost());
      srf.on('connect', (error: Error | null, ...[hostports, , listening]: EngineGreeting) => {
        if (error !== null) {
          this.#log.error('SIP engine rejected the control secret');
          reject(error);
          return;
        }
        this.#isConnected = true;
        this.#listening = listening ?? hostports ?? '';
        this.#handlers.onConnected(hostports ?? '');
        resolve();
      });
      srf.connect({ ...control, enablePing: true, pingInterval: pingIntervalMs, reconnect: { retryMaxDelay: retryMaxDelayMs } });
      this.#guard(srf);
    });
  }

  disconnect(): void {
    const srf = this.#srf;
    this.#srf = undefined;
    this.#isConnected = false;
    if (srf === undefined) return;
    const wire = srf.app.client?.wp;
    if (wire !== undefined) {
      wire.closing = true;
      clearTimeout(wire.reconnectVars?.retryTimer ?? undefined);
    }
    try {
      srf.disconnect();
    } catch (error) {
      this.#log.debug({ err: error }, 'SIP engine already disconnected');
    }
  }

  /** Sends a request, inside a dialog where `stackDialogId` is given. */
  send(request: SrfRequestOptions, listener: RequestListener): void {
    const client = this.#isConnected ? this.#srf?.app.client : undefined;
    if (client === undefined) {
      listener.failed(new Error('The SIP engine is not connected'));
      return;
    }
    try {
      client.request(request, (error, sent) => {
        if (error || sent === undefined) {
          listener.failed(error);
          return;
        }
        sent.on('response', (response: SrfResponse, ack: SendAck) => listener.response(response, this.#guarded(ack)));
        sent.on('update', (update: SrfRequest, response: Responder) => {
          if (listener.update === undefined) respond(response, 500, { headers: { 'Retry-After': '2' } });
          else listener.update(update, response);
        });
        listener.sent?.(sent);
      });
    } catch (error) {
      listener.failed(error);
    }
  }

  /** An exception while one message is handled, in drachtio-srf or in our listeners, must not end the process and every call with it. */
  #guard({ app }: SrfLike): void {
    const wire = app.client?.wp;
    if (wire === undefined) return;
    for (const handle of wire.listeners('msg')) {
      wire.off('msg', handle as () => void);
      wire.on('msg', (...frame: unknown[]) => {
        try {
          handle(...frame);
        } catch (error) {
          this.#log.error({ err: error }, 'SIP message handling failed');
        }
      });
    }
  }

  /** drachtio-srf asserts that its socket is alive. */
  #guarded(ack: SendAck): SendAck {
    return (options) => {
      try {
        ack(options ?? {});
      } catch (error) {
        this.#log.debug({ err: error }, 'ACK not sent: SIP engine disconnected');
      }
    };
  }

  #receive(request: SrfRequest, response: Responder): void {
    const id = request.stackDialogId ?? '';
    const dialog = this.dialogs.get(id);
    if (dialog !== undefined) dialog.receive(request, response);
    else if (id === '') this.#handlers.onRequest(request, response);
    // A BYE that crosses ours means the same (RFC 5407 section 3.2).
    else if (request.method !== 'ACK') respond(response, request.method === 'BYE' ? 200 : 481);
  }

  #onLost(): void {
    if (!this.#isConnected) return;
    this.#isConnected = false;
    this.#log.error('SIP engine disconnected; reconnecting');
    this.dialogs.clear();
    this.#handlers.onDisconnected();
  }
}
