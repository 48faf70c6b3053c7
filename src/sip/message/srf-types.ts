import type { EventEmitter } from 'node:events';

/** Header values by name. drachtio-srf lowers the names of headers it parses, except `X-…`, `P-…` and `Diversion`. */
export type HeaderMap = Readonly<Record<string, string>>;

/** A parsed SIP message as drachtio-srf holds it. Header lines of one name are joined by commas. */
export type SrfMessage = {
  readonly headers: HeaderMap;
  readonly body?: string;
};

/** A request from the network, or (`source` is `application`) a BYE that the engine itself sent. */
export type SrfRequest = EventEmitter & {
  readonly method: string;
  readonly uri: string;
  readonly headers: HeaderMap;
  readonly body?: string;
  readonly msg: SrfMessage;
  readonly source: 'network' | 'application';
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
  /** Empty outside a dialog. */
  readonly stackDialogId?: string;
  readonly stackTxnId: string;
};

export type SendOptions = { headers?: Record<string, string>; body?: string };

/** Sends the responses to an incoming request. */
export type Responder = {
  readonly msg: { headers: Record<string, string> };
  readonly finalResponseSent: boolean;
  /** `done` gets the engine's error, or undefined and the response as sent. Throws for an unknown status. */
  send(status: number, reason: string, options: SendOptions, done?: (error: unknown, sent?: SrfMessage) => void): void;
};

export type SendAck = (options?: { body?: string; headers?: Record<string, string> }) => void;

/** A response from the network to a request of ours. */
export type SrfResponse = {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderMap;
  readonly body?: string;
  readonly source_address: string;
  readonly source_port: number;
};

/** A request of ours as sent. */
export type SrfSentRequest = EventEmitter & {
  readonly headers: HeaderMap;
  cancel(options: SendOptions): void;
};

/** The events of a request of ours. All run synchronously while a frame is read, so that no later event is missed. */
export type RequestListener = {
  sent?(request: SrfSentRequest): void;
  /** Every response; 100 only to an INVITE that begins a call, from an engine that forwards it. `ack` acknowledges a 2xx to an INVITE. */
  response(response: SrfResponse, ack: SendAck): void;
  /** The request was not sent; no response follows. */
  failed(error: unknown): void;
  /** An UPDATE from the far side while this request is unanswered. */
  update?(request: SrfRequest, response: Responder): void;
};

export type SrfRequestOptions = {
  readonly method: string;
  readonly uri?: string;
  /** Next hop of a request outside a dialog. */
  readonly proxy?: string;
  readonly stackDialogId?: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
};

type Middleware = (request: SrfRequest, response: Responder, next: () => void) => void;

/** The part of `Srf` that we use: its own type declarations lack most of it. */
export type SrfLike = EventEmitter & {
  readonly app: {
    readonly client?: {
      request(request: SrfRequestOptions, done: (error: Error | null | undefined, sent?: SrfSentRequest) => void): void;
      readonly wp?: EventEmitter & { closing?: boolean; reconnectVars?: { retryTimer: NodeJS.Timeout | null } };
    };
  };
  use(method: string, run: Middleware): void;
  connect(options: {
    readonly host: string;
    readonly port: number;
    readonly secret: string;
    readonly enablePing?: boolean;
    readonly pingInterval?: number;
    readonly reconnect?: { readonly retryMaxDelay: number };
  }): void;
  disconnect(): void;
};
