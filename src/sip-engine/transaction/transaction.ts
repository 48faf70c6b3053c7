import type { SipMessage } from '../message/message.ts';
import type { Flow, Listener } from '../transport/transport.ts';

/** The timer values of RFC 3261 (table 4) in milliseconds. */
export type SipTimers = {
  /** Round-trip time estimate: initial interval of Timers A, E and G. */
  readonly t1: number;
  /** Longest interval of Timers E and G. */
  readonly t2: number;
  /** Longest lifetime of a message in the network: Timers I and K. */
  readonly t4: number;
  /** 64·T1: Timers B, D, F, H, J, and L and M of RFC 6026. */
  readonly t1x64: number;
  /** Timer C (RFC 3261 section 16.6 step 11), more than 3 minutes. */
  readonly timerC: number;
};

export const defaultTimers: SipTimers = { t1: 500, t2: 4000, t4: 5000, t1x64: 32_000, timerC: 185_000 };

/** The server side of one request (RFC 3261 section 17.2, RFC 6026). It answers retransmissions itself. */
export type ServerTransaction = {
  /** A fresh UUID: the transaction id of the control protocol. */
  readonly id: string;
  readonly request: SipMessage;
  readonly flow: Flow;
  readonly state: 'trying' | 'proceeding' | 'completed' | 'accepted' | 'confirmed' | 'terminated';
  /** The last response sent, as a message. */
  readonly lastResponse: SipMessage | undefined;
  /**
   * The To tag of all our responses: that of the request, else of our first response above 100, else the one a 200 to a CANCEL already used;
   * undefined while none is fixed.
   */
  readonly toTag: string | undefined;
  /**
   * Sends a response built by the caller (Via, From, To, Call-ID, CSeq already right). After a final one later calls return 'answered'.
   * For INVITE, over UDP, the transaction retransmits a 300–699 (Timer G) and a 2xx (T1 doubling to T2) until the ACK. Returns 'closed' when
   * the connection is gone.
   */
  respond(response: SipMessage): 'sent' | 'answered' | 'closed';
  /** It waits for an application, and takes a place in the pool of its standing. */
  markPending(): void;
  /** An application accepted the request: from now on its responses are retransmitted as needed, and it cannot be evicted. */
  accept(): void;
  /** Its refusal is retransmitted until the ACK comes, though no application accepted it. */
  requireAck(): void;
  /** Sends 100 now, if nothing was sent yet. */
  sendTrying(): void;
  /** Ends without a response, so that the peer may retry; one that got 100 gets 503. */
  drop(): void;
  /** Sends a response again unchanged, without a change of state: reliable provisionals have a timer of their own (RFC 3262). */
  resend(response: SipMessage): void;
  /** The ACK to our 2xx came: stop retransmitting. */
  ackReceived(): void;
  /** Called once if no ACK to a 2xx came within 64·T1 (then the transaction is over). */
  onAckTimeout: (() => void) | undefined;
  /**
   * Called once, when the transaction terminates and is out of every table. For a non-INVITE that is within `respond` with a final; for an
   * INVITE within the ACK or after its timers.
   */
  onTerminated: (() => void) | undefined;
  /** Whatever the user agent core or the proxy keeps with it. */
  context: unknown;
};

export type OutgoingRequestOptions = {
  /** Complete except for Via and what `prepare` fills in. */
  readonly message: SipMessage;
  /** The SIP URI whose host decides the target: proxy, top Route, or the Request-URI. */
  readonly nextHop: string;
  /** Send on this flow and nowhere else. */
  readonly flow?: Flow | undefined;
  /** An address to use in place of resolving `nextHop` (NAT: the source of the peer's message). Same protocol rules. */
  readonly address?: { readonly address: string; readonly port: number } | undefined;
  /** Fills in what depends on the listener (`@localhost`, Contact, Record-Route). Runs once per target tried, on a fresh clone. */
  readonly prepare?: ((message: SipMessage, listener: Listener) => void) | undefined;
  /**
   * Exactly once, before any response; the flow is undefined when no target could be found. The message is as sent (Via on top). For a
   * numeric or pinned target it runs before `request` returns, so it gets the transaction.
   */
  readonly onSent: (message: SipMessage, flow: Flow | undefined, transaction: ClientTransaction) => void;
  /**
   * Every provisional and exactly one final (for INVITE: every further 2xx of other forks too, flagged by a new To tag; retransmitted
   * 2xx as well). Synthesised ones (408, 503, 410, 416) come without a flow.
   */
  readonly onResponse: (response: SipMessage, flow: Flow | undefined) => void;
  /** RFC 3261 16.6: a proxied INVITE has Timer C. Default true for INVITE. */
  readonly timerC?: boolean;
};

/** The client side of one request (RFC 3261 section 17.1, RFC 6026). */
export type ClientTransaction = {
  /** A fresh UUID: the transaction id of the control protocol. */
  readonly id: string;
  /** As sent last, with our Via. */
  readonly request: SipMessage;
  readonly flow: Flow | undefined;
  readonly hasFinal: boolean;
  readonly hasProvisional: boolean;
  /**
   * CANCEL with these extra headers, such as Reason: at once, or as soon as a provisional has come, or never if a final comes first. Its own
   * responses are absorbed. Without a final within 64·T1 a 408 is synthesised. Only the first call has an effect. Returns the CANCEL as sent or
   * to be sent.
   */
  cancel(extraHeaders: readonly { key: string; value: string }[]): SipMessage;
  /** Forget it: no more callbacks; a late 2xx becomes a stray response. */
  abandon(): void;
};

export type TransactionHandlers = {
  /** A new request other than ACK and CANCEL, of no known transaction. An INVITE without a response gets 100 Trying after 200 ms. */
  readonly onRequest: (transaction: ServerTransaction) => void;
  /** An ACK that belongs to no 300–699 of ours: for a 2xx, or to be proxied. */
  readonly onAck: (ack: SipMessage, flow: Flow) => void;
  /** A CANCEL for a pending INVITE; the 200 to the CANCEL was already sent with the INVITE's To tag. The core decides on the 487. */
  readonly onCancel: (cancel: SipMessage, invite: ServerTransaction) => void;
  /** A response of no client transaction, such as a late 2xx. */
  readonly onStrayResponse: (response: SipMessage, flow: Flow) => void;
};

export type Transactions = {
  setHandlers(handlers: TransactionHandlers): void;
  /** From the transport. */
  receive(message: SipMessage, flow: Flow): void;
  /** From the transport: a connection closed. */
  flowClosed(flow: Flow): void;
  /** Starts a client transaction, or returns why there is no transport. Not for CANCEL and ACK. */
  request(outgoing: OutgoingRequestOptions): ClientTransaction | { readonly problem: string };
  /**
   * Sends an ACK to a 2xx, or forwards a request statelessly, with a new Via branch. Same rules for `nextHop`, `flow`, `address`, `prepare`.
   */
  sendStateless(
    outgoing: Pick<OutgoingRequestOptions, 'message' | 'nextHop' | 'flow' | 'address' | 'prepare'> & {
      readonly onSent?: (message: SipMessage, flow: Flow | undefined) => void;
    },
  ): { readonly problem: string } | undefined;
  /** Forwards a response by its top Via, which the caller has already popped to the next one (stateless proxy), or over `flow`. */
  sendResponse(response: SipMessage, flow: Flow): void;
  /** Sends a message again unchanged, on the same flow. */
  resend(message: SipMessage, flow: Flow): void;
  /** Numbers for health, tests and metrics: every table by name. */
  sizes(): Record<string, number>;
  stop(): void;
};
