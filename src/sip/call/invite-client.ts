import type { Log } from '#base/log.ts';
import type { CancelReason } from '#calls/ports.ts';
import { capabilities } from '#sip/message/capabilities.ts';
import type { SipDialog } from '#sip/dialog/dialog.ts';
import { parseHeaderInteger } from '#sip/message/headers.ts';
import { respondToEarlyUpdate } from '#sip/dialog/in-dialog-forwarder.ts';
import { formatFrom } from './invite-destination.ts';
import type { InviteDestination } from './invite-destination.ts';
import { timerOffer } from '#sip/message/session-timer.ts';
import type { SrfConnection } from '#sip/dialog/srf-connection.ts';
import type { SendAck, SrfResponse, SrfSentRequest } from '#sip/message/srf-types.ts';

type InviteClientDeps = { readonly connection: SrfConnection; readonly log: Log; readonly sessionSeconds: number };

type InviteClientOptions = {
  readonly dialog: SipDialog;
  readonly destination: InviteDestination;
  readonly maxForwards: number;
  readonly onResponse: (response: SrfResponse, ack: SendAck) => void;
  /** The INVITE never left. */
  readonly onSendFailure: () => void;
};

const cancelReasons: Readonly<Record<CancelReason, string | undefined>> = {
  elsewhere: 'SIP;cause=200;text="Call completed elsewhere"',
  'no-answer': 'SIP;cause=480;text="No answer"',
  'caller-gone': undefined,
  stopped: 'SIP;cause=480;text="Ended by the house"',
  unregistered: 'SIP;cause=480;text="Ended by the house"',
};

const maxTries = 3;

/** The Reason header of a CANCEL or BYE (RFC 3326). */
export function reasonHeaders(why: CancelReason): Record<string, string> {
  const reason = cancelReasons[why];
  return reason === undefined ? {} : { Reason: reason };
}

/**
 * An INVITE of ours on the wire: sent again with credentials (RFC 3261 section 22) or a longer session interval (RFC 4028 section 7.3),
 * and cancelled.
 */
export class InviteClient {
  readonly #deps: InviteClientDeps;
  readonly #options: InviteClientOptions;
  #sent: SrfSentRequest | undefined;
  #cancelled: CancelReason | undefined;
  #tries = 0;

  constructor(deps: InviteClientDeps, options: InviteClientOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  get isCancelled(): boolean {
    return this.#cancelled !== undefined;
  }

  /** `extraHeaders` are those of `retryHeaders`; an empty offer leaves it to the callee. */
  send(offer: string, extraHeaders: Record<string, string>): void {
    const { dialog, destination, maxForwards, onResponse } = this.#options;
    const { uri, proxy, headers } = destination;
    this.#tries += 1;
    this.#deps.connection.send(
      {
        method: 'INVITE',
        uri,
        ...(proxy === undefined ? {} : { proxy }),
        headers: {
          From: `${formatFrom(destination)};tag=${dialog.localTag}`,
          'Call-ID': dialog.callId,
          'Max-Forwards': String(maxForwards),
          ...capabilities,
          ...timerOffer(this.#deps.sessionSeconds),
          ...headers,
          ...extraHeaders,
        },
        ...(offer === '' ? {} : { body: offer }),
      },
      {
        sent: (sent) => this.#onSent(sent),
        response: onResponse,
        update: respondToEarlyUpdate,
        failed: (error) => {
          this.#deps.log.debug({ err: error, uri }, 'INVITE not sent');
          this.#options.onSendFailure();
        },
      },
    );
  }

  /** Before the INVITE has left, the CANCEL waits for it. Only the first reason counts. */
  cancel(why: CancelReason): void {
    if (this.#cancelled !== undefined) return;
    this.#cancelled = why;
    if (this.#sent !== undefined) this.#sendCancel(this.#sent, why);
  }

  /** The headers with which the INVITE is to be sent again after this refusal; undefined: not at all. */
  retryHeaders({ status, headers }: SrfResponse): Record<string, string> | undefined {
    if (this.#cancelled !== undefined || this.#tries >= maxTries) return undefined;
    const changed = this.#changedHeaders(status, headers);
    if (changed === undefined) return undefined;
    const sequence = parseHeaderInteger(this.#sent?.headers['cseq']) ?? 1;
    this.#sent = undefined;
    return { ...changed, CSeq: `${sequence + 1} INVITE` };
  }

  #changedHeaders(status: number, headers: SrfResponse['headers']): Record<string, string> | undefined {
    if (status === 422) return timerOffer(this.#deps.sessionSeconds, parseHeaderInteger(headers['min-se']));
    if (status !== 401 && status !== 407) return undefined;
    const { credentials, uri } = this.#options.destination;
    const authorization = credentials?.(headers, { method: 'INVITE', uri });
    return authorization === undefined ? undefined : { [authorization.name]: authorization.value };
  }

  #onSent(sent: SrfSentRequest): void {
    this.#sent = sent;
    if (this.#cancelled !== undefined) this.#sendCancel(sent, this.#cancelled);
  }

  #sendCancel(sent: SrfSentRequest, why: CancelReason): void {
    const headers = reasonHeaders(why);
    try {
      sent.cancel(Object.keys(headers).length === 0 ? {} : { headers });
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'CANCEL not sent: SIP engine disconnected');
    }
  }
}
