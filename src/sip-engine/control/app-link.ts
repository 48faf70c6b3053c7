import type { SipMessage } from '../message/message.ts';
import type { Flow } from '../transport/transport.ts';

/** What the control protocol reports about a message: leader tokens 2 to 7 (1.7 of the specification). */
export type MessageMeta = {
  readonly source: 'network' | 'application';
  /** Bytes of the message; 0 for a synthesised one. */
  readonly bytes: number;
  /** 'unknown' while DNS is pending. */
  readonly protocol: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss' | 'unknown' | '';
  readonly address: string;
  readonly port: number;
};

/** What an application gets: a `sip` frame. */
export type Delivery = {
  readonly meta: MessageMeta;
  readonly transactionId: string;
  /** Empty outside a dialog. */
  readonly dialogId: string;
  /** Local bound `host`, `port` of a new request outside a dialog. */
  readonly receivedOn?: { readonly host: string; readonly port: number } | undefined;
  readonly message: SipMessage;
};

/** One connected application. Frames of one Call-ID keep their order and are paced (1.1.6). */
export type AppConnection = {
  readonly id: string;
  readonly isOpen: boolean;
  deliver(delivery: Delivery): void;
};

export type CdrRecord = {
  readonly event: 'attempt' | 'start' | 'stop';
  readonly source: 'network' | 'application';
  /** `role` of start (`uas uac proxy-uac proxy-uas`) or `reason` of stop (`normal-release call-rejected call-canceled session-expired …`). */
  readonly detail?: string | undefined;
  readonly message: SipMessage;
};

/** The control side as the user agent core sees it. */
export type AppRouter = {
  /** The next application, round robin, of those that registered this lower-case verb. */
  pick(verb: string, tag?: string): AppConnection | undefined;
  /** Sends to one application routed for `cdr:<event>`, if CDRs are on. */
  cdr(record: CdrRecord): void;
  /** Reports every verb that an application registers from now on. */
  watch?(onVerb: (verb: string) => void): void;
};

/** How a command is answered. Each command gets exactly one of ok or nok; a proxy command gets any number of `proxied`, then `done`. */
export type CommandReply = {
  /** Reply to a request from the application (1.8.3). */
  request(meta: MessageMeta, transactionId: string, message: SipMessage): void;
  /** Reply to a response from the application (1.8.4). */
  response(meta: MessageMeta, transactionId: string, dialogId: string, message: SipMessage): void;
  /** A proxied final response as received, our Via on top (4.5). */
  proxied(meta: MessageMeta, message: SipMessage): void;
  proxyDone(): void;
  /** NOK with a text of 1.2.3; the connection stays. */
  nok(text: string): void;
};

/**
 * A message from the application, split and checked for syntax by the control side: start line and headers of 2.2 are legal, header names are
 * lower-case long keys, immutable headers (2.1) are still there. `startLine` is the raw first line.
 */
export type AppMessage = {
  readonly startLine: string;
  readonly message: SipMessage;
};

export type ProxyOptions = {
  readonly remainInDialog: boolean;
  readonly fullResponse: boolean;
  readonly followRedirects: boolean;
  readonly simultaneous: boolean;
  readonly provisionalTimeoutMs: number | undefined;
  readonly finalTimeoutMs: number | undefined;
  readonly destinations: readonly string[];
};

/** The user agent core as the control side sees it. No method throws for bad input: the reply reports it. */
export type Core = {
  respond(app: AppConnection, transactionId: string, response: AppMessage, reply: CommandReply): void;
  /** dialogId '' and transactionId '' for a new request; transactionId for CANCEL; dialogId for a request in a dialog. */
  request(
    app: AppConnection,
    ids: { readonly transactionId: string; readonly dialogId: string; readonly proxy: string },
    request: AppMessage,
    reply: CommandReply,
  ): void;
  proxy(app: AppConnection, transactionId: string, options: ProxyOptions, extra: AppMessage, reply: CommandReply): void;
  /** The application's connection ended (1.5.3). */
  appDisconnected(app: AppConnection): void;
  sizes(): Record<string, number>;
  stop(): void;
};

export type { Flow };
