import { respond } from '#sip/message/respond.ts';
import type { SipDialog } from './dialog.ts';
import { statusForRefusal } from '#sip/relay/media-path.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import { timerResponseHeaders, bodyOf, forwardedHeaders, refreshTarget, timerRequestHeaders } from './forwarded-request.ts';
import type { DialogPair, RequestExchange } from './forwarded-request.ts';
import { refusalOf } from '#sip/message/sdp.ts';
import type { SrfRequest, SrfResponse, Responder, SendAck, SrfSentRequest } from '#sip/message/srf-types.ts';

/** A completed offer/answer exchange, and who made which (RFC 3264). */
export type Agreement = {
  readonly offerer: SipDialog;
  readonly offer: string;
  readonly answerer: SipDialog;
  readonly answer: string;
};

type ReInviteHooks = {
  /** The exchange is over; `isDead` where the other side no longer knows the dialog. */
  settled(isDead: boolean): void;
  agreed(agreement: Agreement): void;
  readonly path: MediaPath;
};

/** One re-INVITE forwarded from one side of a call to the other, up to its ACK. */
export class ForwardedReInvite {
  readonly #ends: DialogPair;
  readonly #request: SrfRequest;
  readonly #response: Responder;
  readonly #hooks: ReInviteHooks;
  readonly #offer: string;
  #sent: SrfSentRequest | undefined;
  #isCancelled = false;

  constructor(ends: DialogPair, exchange: RequestExchange, hooks: ReInviteHooks) {
    this.#ends = ends;
    this.#request = exchange.request;
    this.#response = exchange.response;
    this.#hooks = hooks;
    this.#offer = exchange.request.body ?? '';
  }

  start(): void {
    const { to } = this.#ends;
    // The engine has answered the CANCEL and its INVITE.
    this.#request.on('cancel', () => {
      this.#isCancelled = true;
      this.#sent?.cancel({});
    });
    to.whenAcknowledged(() => {
      if (this.#isCancelled) {
        this.#hooks.settled(false);
        return;
      }
      this.#hooks.path.offer(this.#offer, this.#ends.role, (offered) => {
        if (offered.kind === 'refused') this.#refused(statusForRefusal(offered), {});
        else if (this.#isCancelled) this.#undo();
        else this.#send(offered.sdp);
      });
    });
  }

  #send(offer: string): void {
    const { to } = this.#ends;
    to.request(
      { method: 'INVITE', headers: { ...forwardedHeaders(this.#request.headers), ...timerRequestHeaders(to) }, body: offer },
      {
        sent: (sent) => {
          this.#sent = sent;
        },
        response: (answered, ack) => {
          if (answered.status < 200) return;
          if (answered.status >= 300) this.#refused(answered.status, forwardedHeaders(answered.headers));
          else if (this.#offer === '') this.#offered(answered, ack);
          else this.#answered(answered, { ack, offer });
        },
        failed: () => this.#refused(500, {}),
      },
    );
  }

  /** The 2xx to a re-INVITE with an offer. */
  #answered(answered: SrfResponse, { ack, offer }: { ack: SendAck; offer: string }): void {
    const { from, to } = this.#ends;
    refreshTarget(to, answered.headers);
    ack({});
    this.#hooks.path.answer(answered.body ?? '', (given) => {
      if (given.kind === 'refused') {
        this.#refused(statusForRefusal(given), {});
        return;
      }
      from.expectAck(() => {
        from.remoteSdp = this.#offer;
        from.localSdp = given.sdp;
        to.localSdp = offer;
        to.remoteSdp = answered.body ?? '';
        this.#settle({ offerer: from, offer: this.#offer, answerer: to, answer: to.remoteSdp });
      });
      this.#forward2xx(answered, given.sdp, () => {});
    });
  }

  /** The 2xx to a re-INVITE without an offer: it holds the other side's offer, and the ACK brings the answer (RFC 3264 section 5). */
  #offered(answered: SrfResponse, ack: SendAck): void {
    const { from, to, role } = this.#ends;
    const { path } = this.#hooks;
    const body = answered.body ?? '';
    refreshTarget(to, answered.headers);
    path.offer(body, role === 'caller' ? 'callee' : 'caller', (offered) => {
      if (offered.kind === 'refused') {
        ack({ body: refusalOf(body) });
        this.#refused(statusForRefusal(offered), {});
        return;
      }
      from.expectAck((answerBody) =>
        path.answer(answerBody, (given) => {
          const sdp = given.kind === 'sdp' ? given.sdp : refusalOf(body);
          ack(sdp === '' ? {} : { body: sdp });
          to.remoteSdp = body;
          to.localSdp = sdp;
          from.localSdp = offered.sdp;
          from.remoteSdp = answerBody;
          this.#settle({ offerer: to, offer: body, answerer: from, answer: answerBody });
        }),
      );
      this.#forward2xx(answered, offered.sdp, () => ack({}));
    });
  }

  /** Forwards the 2xx; `failed` runs where the re-INVITE was cancelled meanwhile. */
  #forward2xx({ status, headers }: SrfResponse, body: string, failed: () => void): void {
    const { from } = this.#ends;
    const done = (error: unknown) => {
      if (!error) return;
      from.expectAck(undefined);
      failed();
      this.#hooks.settled(false);
    };
    respond(this.#response, status, {
      headers: { ...forwardedHeaders(headers), ...timerResponseHeaders(from) },
      ...bodyOf(body),
      done,
    });
  }

  #settle(agreement: Agreement): void {
    this.#hooks.settled(false);
    this.#hooks.agreed(agreement);
  }

  #refused(status: number, headers: Record<string, string>): void {
    respond(this.#response, status, { headers });
    this.#undo(status === 481);
  }

  #undo(isDead = false): void {
    const { from, to, role } = this.#ends;
    if (this.#offer !== '' && !isDead) this.#hooks.path.restore(role, { offer: from.remoteSdp, answer: to.remoteSdp });
    this.#hooks.settled(isDead);
  }
}
