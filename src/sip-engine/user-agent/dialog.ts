import type { AppConnection } from '../control/app-link.ts';
import type { EngineTimer } from '../runtime/clock.ts';
import type { SipMessage } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';

/** An agreement on a session timer (RFC 4028). */
export type SessionAgreement = { readonly seconds: number; readonly isOurs: boolean };

/** A 2xx to an INVITE of ours, from its arrival until it can no longer be retransmitted. */
export type AnsweredInvite = {
  readonly cseq: number;
  /** The INVITE carried the offer, so that an ACK without a body is right. */
  readonly hadOffer: boolean;
  /** Runs until the ACK is sent. */
  ackTimer: EngineTimer | undefined;
  /** The ACK as sent, to send again for a retransmitted 2xx. */
  ack: { readonly message: SipMessage; readonly flow: Flow | undefined } | undefined;
  /** The call ends right after the ACK: with this Reason text for the application, or silently. */
  endAfterAck: { readonly text: string | undefined } | undefined;
};

/** Our own INVITE within the dialog, as long as it has no final response. */
export type OwnInvite = {
  cancel(): void;
  /** Synthesises a final response for the application when none comes in time. */
  settle(status: number, reason: string): void;
};

/** A 2xx of ours to an INVITE that waits for its ACK. */
export type UnacknowledgedAnswer = { readonly transaction: ServerTransaction; readonly isInitial: boolean };

export type DialogOptions = Pick<
  Dialog,
  | 'id'
  | 'kind'
  | 'role'
  | 'app'
  | 'callId'
  | 'localTag'
  | 'remoteTag'
  | 'local'
  | 'remote'
  | 'localCSeq'
  | 'remoteCSeq'
  | 'target'
  | 'routes'
  | 'contact'
  | 'flow'
  | 'isPinned'
  | 'isBoundToFlow'
>;

/** One dialog (RFC 3261 section 12), early or confirmed. */
export class Dialog {
  /** `<Call-ID>;from-tag=<From tag of the request that created it>`: the id of the control protocol; the same for all forks. */
  readonly id: string;
  readonly kind: 'INVITE' | 'SUBSCRIBE';
  readonly role: 'uac' | 'uas';
  readonly app: AppConnection;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** The From value of our requests, with our tag. */
  readonly local: string;
  /** The To value of our requests, with the peer's tag. */
  readonly remote: string;
  /** CSeq number of our last request. */
  localCSeq: number;
  /** CSeq number of the peer's last request. */
  remoteCSeq: number | undefined;
  /** The remote target: a URI. */
  target: string;
  /** The route set (RFC 3261 section 12.1): Route values in the order in which our requests carry them. */
  routes: readonly string[];
  /** Our Contact value. */
  contact: string;
  /** The flow by which the peer's last Contact came. */
  flow: Flow | undefined;
  /** Our requests go to the source of `flow` instead of the remote target (NAT). */
  isPinned: boolean;
  /** They go there whatever Contact, Route or maddr the peer names. */
  readonly isBoundToFlow: boolean;

  isConfirmed = false;
  isEnded = false;
  /** The application sent a BYE. */
  hasAppSentBye = false;
  /** The session description we last sent, for session refreshes by the engine. */
  description: { readonly body: Buffer; readonly type: string } | undefined;
  session: SessionAgreement | undefined;
  sessionTimer: EngineTimer | undefined;
  /** When a subscription expires, in ms of the monotonic clock. */
  expiresAt: number | undefined;
  ownInvite: OwnInvite | undefined;
  /** 2xx of the peer that wait for the application's ACK, oldest first. */
  readonly awaitingAck: AnsweredInvite[] = [];
  /** The last one acknowledged; 'refused' after a 300–699, which needs no ACK of the application. */
  lastAnswer: AnsweredInvite | 'refused' | undefined;
  /** Our 2xx by CSeq number. */
  readonly unacknowledged = new Map<number, UnacknowledgedAnswer>();
  /** Transaction ids of the peer's requests that the application has not answered. */
  readonly pendingRequests = new Set<string>();
  /** RSeq of the last reliable provisional response received (RFC 3262 section 4). */
  lastRSeq: number | undefined;

  constructor(options: DialogOptions) {
    this.id = options.id;
    this.kind = options.kind;
    this.role = options.role;
    this.app = options.app;
    this.callId = options.callId;
    this.localTag = options.localTag;
    this.remoteTag = options.remoteTag;
    this.local = options.local;
    this.remote = options.remote;
    this.localCSeq = options.localCSeq;
    this.remoteCSeq = options.remoteCSeq;
    this.target = options.target;
    this.routes = options.routes;
    this.contact = options.contact;
    this.flow = options.flow;
    this.isPinned = options.isPinned;
    this.isBoundToFlow = options.isBoundToFlow;
  }
}

/** Keeps the session description of an INVITE, UPDATE, 2xx or ACK of ours. */
export function keepDescription(dialog: Dialog, message: SipMessage): void {
  if (message.body.length > 0)
    dialog.description = { body: message.body, type: message.get('content-type') ?? 'application/sdp' };
}

/** The dialog id of the control protocol. */
export function dialogIdOf(request: SipMessage): string {
  return `${request.callId};from-tag=${request.fromTag ?? ''}`;
}
