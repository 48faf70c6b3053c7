import type { Admission } from '../transaction/admission.ts';
import type { AppConnection, AppMessage, AppRouter, CommandReply, ProxyOptions } from '../control/app-link.ts';
import type { EngineClock } from '../runtime/clock.ts';
import type { Dialog } from './dialog.ts';
import type { DialogTable } from './dialog-table.ts';
import type { EngineLog } from '../runtime/engine-log.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { Limits } from '../runtime/limits.ts';
import type { SipMessage } from '../message/message.ts';
import type { ExpiringIds } from './expiring-ids.ts';
import type { ReliableProvisionals } from './reliable-provisional.ts';
import type { RouteRequest } from './request-routing.ts';
import type { ClientTransaction, ServerTransaction, Transactions } from '../transaction/transaction.ts';
import type { Flow, FlowCache, Transport } from '../transport/transport.ts';
import type { StartupBuffer } from './startup-buffer.ts';

/** The proxy as the user agent core sees it. */
export type ProxyHandler = {
  start(
    transaction: ServerTransaction,
    options: ProxyOptions,
    command: { readonly extra: AppMessage; readonly reply: CommandReply },
  ): void;
  cancelled(cancel: SipMessage, transaction: ServerTransaction): boolean;
  forwardInDialog(message: SipMessage, flow: Flow, transaction?: ServerTransaction): boolean;
  strayResponse(response: SipMessage, flow: Flow): boolean;
  forwardEarly(transaction: ServerTransaction): boolean;
  sizes(): Record<string, number>;
  stop(): void;
};

/** What the user agent core is built from. */
export type CoreDeps = {
  readonly clock: EngineClock;
  readonly log: EngineLog;
  readonly transport: Transport;
  readonly transactions: Transactions;
  readonly flowCache: FlowCache;
  readonly admission: Pick<Admission, 'admits' | 'accepted' | 'isEmergency' | 'refused' | 'standingOf'>;
  readonly router: AppRouter;
  readonly settings: EngineSettings;
  readonly limits: Limits;
  readonly proxy?: ProxyHandler | undefined;
  /** Routes new requests; absent: each goes to an application that subscribed to its method. */
  readonly routeRequest?: RouteRequest | undefined;
};

/** A request from the network that waits for the application's answer. */
export type UasRequest = {
  readonly transaction: ServerTransaction;
  readonly app: AppConnection;
  /** As in the echo of its responses; empty outside a dialog. */
  readonly dialogId: string;
  /** The dialog it came in, or the one it created. */
  dialog: Dialog | undefined;
  /** Our tag, once it is fixed. */
  localTag: string | undefined;
  /** When it is closed without the application, in ms of the monotonic clock. */
  deadline: number;
  /** Only for INVITE. */
  readonly invite: UasInviteState | undefined;
  /** Runs once after the application's final response was sent. */
  onAnswered?: (() => void) | undefined;
};

/** An INVITE from the network that waits for the application's answer, or whose answer waits for its ACK. */
export type UasInvite = UasRequest & { readonly invite: UasInviteState };

export function isUasInvite(incoming: UasRequest): incoming is UasInvite {
  return incoming.invite !== undefined;
}

export type UasInviteState = {
  readonly isInitial: boolean;
  state: 'unanswered' | 'early' | 'held' | 'answered';
  /** Contact of our first response that carried one. */
  contact: string | undefined;
  reliable: ReliableProvisionals | undefined;
  /** An UPDATE that came before the INVITE was answered and has no answer yet. */
  isUpdatePending: boolean;
};

/** A request of an application that waits for its final response. */
export type UacRequest = {
  readonly app: AppConnection;
  readonly method: string;
  readonly dialogId: string;
  readonly client: ClientTransaction;
  /** Set for INVITE. */
  readonly invite: UacInviteState | undefined;
};

export type UacInviteState = {
  isCancelled: boolean;
  isUpdatePending: boolean;
};

/** What the parts of the user agent core share: its tables, and the few actions that would otherwise make them import each other in a cycle. */
export type CoreContext = CoreDeps & {
  readonly dialogs: DialogTable;
  /** By transaction id. */
  readonly incoming: Map<string, UasRequest>;
  /** By transaction id. */
  readonly outgoing: Map<string, UacRequest>;
  /** INVITEs of the peer that have our tag but no answer, by Call-ID and tags. */
  readonly early: Map<string, UasRequest>;
  /** Reliable provisional responses that wait for their PRACK, by the RAck it will carry. */
  readonly reliable: Map<string, UasRequest>;
  /** INVITEs of ours that failed recently, by dialog id: another fork may still answer one, and that call must then be ended. */
  readonly failedInvites: ExpiringIds;
  /** Dialogs that we ended recently, by Call-ID and tags: the peer's BYE may have crossed ours (RFC 5407 section 3.2). */
  readonly endedDialogs: ExpiringIds;
  /** Requests that wait for the first application. */
  readonly startupBuffer: StartupBuffer;
  /** Our INVITEs without a final response, by dialog id. */
  readonly ringing: Map<string, UacRequest>;
  readonly actions: {
    /** Ends a confirmed dialog with a BYE of our own; the text goes to the peer, and to the application if there is one. */
    readonly hangUp: (dialog: Dialog, text: string) => void;
    readonly refreshSession: (dialog: Dialog) => void;
  };
};
