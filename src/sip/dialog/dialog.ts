import { respond } from '#sip/message/respond.ts';
import type { ChallengeResponder } from '#sip/message/digest-credentials.ts';
import { tokens } from '#sip/message/headers.ts';
import type { SrfRequestOptions, HeaderMap, SrfRequest, RequestListener, Responder } from '#sip/message/srf-types.ts';

/** The control connection as a dialog needs it. */
export type DialogConnection = {
  readonly dialogs: Map<string, SipDialog>;
  send(request: SrfRequestOptions, listener: RequestListener): void;
};

export type DialogOwner = {
  /** A request from the far side other than ACK, BYE and PRACK. */
  request(dialog: SipDialog, request: SrfRequest, response: Responder): void;
  /** A BYE from the far side, or from the engine (`source` is `application`). The dialog is gone; `done` answers the BYE. */
  bye(dialog: SipDialog, request: SrfRequest, done: () => void): void;
};

type DialogIdentity = {
  readonly role: 'uas' | 'uac';
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
};

type InDialogRequest = { readonly method: string; readonly headers?: Record<string, string>; readonly body?: string | undefined };

/** A side that never sends its ACK must not make us queue requests without bound. */
const maxWaiting = 8;

/**
 * One SIP dialog in the engine. Its id is `<Call-ID>;from-tag=<From tag of the INVITE>`: it is known, and the dialog registered, before
 * the first message, so that no early request is lost.
 */
export class SipDialog {
  readonly id: string;
  readonly role: 'uas' | 'uac';
  readonly callId: string;
  owner: DialogOwner | undefined;
  credentials: ChallengeResponder | undefined;
  /** The last session description from the far side, and ours to it. */
  remoteSdp = '';
  localSdp = '';
  /** The far side's Contact. */
  remoteTarget = 'sip:placeholder';
  /** Runs before our BYE, for an ACK that is still due. */
  beforeBye: (() => void) | undefined;
  /** The negotiated session timer, as the Session-Expires value of our own requests; undefined: none. */
  sessionExpires: string | undefined;
  readonly localTag: string;
  remoteTag: string;
  /** The methods the far side allows, in upper case; undefined where it sent no Allow. */
  #allowed: ReadonlySet<string> | undefined;
  readonly #connection: DialogConnection;
  #isOver = false;
  #isAcknowledged: boolean;
  #ackListener: ((body: string) => void) | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(connection: DialogConnection, { role, callId, localTag, remoteTag }: DialogIdentity) {
    this.#connection = connection;
    this.role = role;
    this.callId = callId;
    this.localTag = localTag;
    this.remoteTag = remoteTag;
    this.#isAcknowledged = role === 'uac';
    this.id = `${callId};from-tag=${role === 'uas' ? remoteTag : localTag}`;
    connection.dialogs.set(this.id, this);
  }

  /** Reads the far side's Allow header, where there is one. */
  learnAllow(headers: HeaderMap): void {
    const allow = headers['allow'];
    if (allow !== undefined) this.#allowed = new Set(tokens(allow).map((method) => method.toUpperCase()));
  }

  allows(method: string): boolean {
    return this.#allowed?.has(method) ?? true;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether `to-tag` and `from-tag` of a Replaces header name this dialog from the far side's view (RFC 3891 section 3). */
  matchesReplaces(toTag: string, fromTag: string): boolean {
    return !this.#isOver && this.localTag === toTag && this.remoteTag === fromTag;
  }

  /** Forgets the dialog without sending anything. */
  drop(): void {
    this.#isOver = true;
    this.#waiting.length = 0;
    if (this.#connection.dialogs.get(this.id) === this) this.#connection.dialogs.delete(this.id);
  }

  /** After our 200 to an INVITE: `run` gets the body of its ACK. Until then we must not send requests (RFC 3261 sections 14.1 and 15). */
  expectAck(run: ((body: string) => void) | undefined): void {
    this.#ackListener = run;
  }

  /** Runs now, or once the far side has sent the ACK to its first INVITE. */
  whenAcknowledged(run: () => void): void {
    if (this.#isOver) return;
    if (this.#isAcknowledged) run();
    else if (this.#waiting.length < maxWaiting) this.#waiting.push(run);
  }

  /** Sends a request; answers one challenge where there are credentials. */
  request(request: InDialogRequest, listener: RequestListener): void {
    this.#send(
      request,
      {},
      {
        ...listener,
        response: (response, ack) => {
          const isChallenge = response.status === 401 || response.status === 407;
          const authorization = isChallenge
            ? this.credentials?.(response.headers, { method: request.method, uri: this.remoteTarget })
            : undefined;
          if (authorization === undefined) listener.response(response, ack);
          else this.#send(request, { [authorization.name]: authorization.value }, listener);
        },
      },
    );
  }

  /** Ends the dialog. `headers` such as Reason. */
  bye(headers: Record<string, string> = {}): void {
    if (this.#isOver) return;
    this.beforeBye?.();
    this.beforeBye = undefined;
    this.whenAcknowledged(() => {
      this.request({ method: 'BYE', headers }, { response: () => {}, failed: () => {} });
      this.drop();
    });
  }

  receive(request: SrfRequest, response: Responder): void {
    switch (request.method) {
      case 'ACK':
        this.#acknowledged(request.body ?? '');
        return;
      case 'PRACK':
        respond(response, 200);
        return;
      case 'BYE':
        this.drop();
        if (this.owner === undefined) respond(response, 200);
        else this.owner.bye(this, request, () => respond(response, 200));
        return;
      default:
        if (this.owner === undefined) respond(response, 481);
        else this.owner.request(this, request, response);
    }
  }

  #acknowledged(body: string): void {
    const run = this.#ackListener;
    this.#ackListener = undefined;
    this.#isAcknowledged = true;
    run?.(body);
    for (const next of this.#waiting.splice(0)) next();
  }

  #send({ method, headers, body }: InDialogRequest, extra: Record<string, string>, listener: RequestListener): void {
    this.#connection.send(
      { method, stackDialogId: this.id, headers: { ...headers, ...extra }, ...(body ? { body } : {}) },
      listener,
    );
  }
}
