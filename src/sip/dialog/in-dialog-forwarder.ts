import { respond } from '#sip/message/respond.ts';
import { respondToOptions } from '#sip/message/capabilities.ts';
import type { SipDialog } from './dialog.ts';
import { statusForRefusal } from '#sip/relay/media-path.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import { ForwardedReInvite } from './forwarded-re-invite.ts';
import type { Agreement } from './forwarded-re-invite.ts';
import { bodyOf, forwardedHeaders, refreshTarget, timerRequestHeaders } from './forwarded-request.ts';
import type { DialogPair, RequestExchange } from './forwarded-request.ts';
import { isHold, isSending } from '#sip/message/sdp.ts';
import type { SrfRequest, SrfResponse, Responder } from '#sip/message/srf-types.ts';

type InDialogListener = {
  onHold(isHeld: boolean): void;
  /** A side no longer knows the dialog (481). */
  onDialogGone(): void;
  path(): MediaPath;
};

/** Forwards requests between the two sides of a connected call: re-INVITE, UPDATE, INFO, MESSAGE, NOTIFY. Sees hold and its end. */
export class InDialogForwarder {
  readonly #listener: InDialogListener;
  /** The side whose re-INVITE is pending, until its ACK. */
  #inviting: SipDialog | undefined;
  readonly #holding = new Set<SipDialog>();

  constructor(listener: InDialogListener) {
    this.#listener = listener;
  }

  /** Whether a re-INVITE of either side is under way. */
  get isInviting(): boolean {
    return this.#inviting !== undefined;
  }

  forward(ends: DialogPair, exchange: RequestExchange): void {
    const { request, response } = exchange;
    switch (request.method) {
      case 'INVITE':
        this.#reInvite(ends, exchange);
        return;
      case 'UPDATE':
        this.#update(ends, exchange);
        return;
      case 'INFO':
      case 'MESSAGE':
      case 'NOTIFY':
        this.#forwardRequest(ends, exchange);
        return;
      case 'OPTIONS':
        respondToOptions(response);
        return;
      case 'SUBSCRIBE':
        respond(response, 489);
        return;
      default:
        respond(response, 501);
    }
  }

  #reInvite(ends: DialogPair, { request, response }: RequestExchange): void {
    const { from } = ends;
    if (this.#inviting !== undefined) {
      // RFC 3261 section 14.2: 500 to the same side's second, 491 where both invite.
      if (this.#inviting === from) respond(response, 500, { headers: { 'Retry-After': '3' } });
      else respond(response, 491);
      return;
    }
    refreshTarget(from, request.headers);
    if (isRefresh(from, request)) {
      respond(response, 200, bodyOf(from.localSdp));
      return;
    }
    this.#inviting = from;
    new ForwardedReInvite(
      ends,
      { request, response },
      {
        settled: (isDead) => {
          this.#inviting = undefined;
          if (isDead) this.#listener.onDialogGone();
        },
        path: this.#listener.path(),
        agreed: (agreement) => this.#agreed(agreement),
      },
    ).start();
  }

  #update(ends: DialogPair, { request, response }: RequestExchange): void {
    refreshTarget(ends.from, request.headers);
    const offer = request.body ?? '';
    // Without an offer it refreshes only this side's session timer and target (RFC 3311 section 5.1).
    if (offer === '' || offer === ends.from.remoteSdp) {
      respond(response, 200, offer === '' ? {} : bodyOf(ends.from.localSdp));
      return;
    }
    if (this.#inviting !== undefined) {
      respond(
        response,
        this.#inviting === ends.from ? 500 : 491,
        this.#inviting === ends.from ? { headers: { 'Retry-After': '3' } } : {},
      );
      return;
    }
    this.#updateMedia(ends, { request, response }, offer);
  }

  #updateMedia(ends: DialogPair, { request, response }: RequestExchange, offer: string): void {
    const { from, to, role } = ends;
    const path = this.#listener.path();
    const agreed = { offer: from.remoteSdp, answer: to.remoteSdp };
    path.offer(offer, role, (offered) => {
      if (offered.kind === 'refused') {
        respond(response, statusForRefusal(offered));
        return;
      }
      this.#forwardRequest(ends, { request, response, body: offered.sdp }, (answered, reply) => {
        if (answered.status >= 300) {
          path.restore(role, agreed);
          reply(answered.body);
          return;
        }
        path.answer(answered.body ?? '', (given) => {
          const sdp = given.kind === 'sdp' ? given.sdp : '';
          from.localSdp = sdp;
          from.remoteSdp = offer;
          to.localSdp = offered.sdp;
          to.remoteSdp = answered.body ?? '';
          this.#agreed({ offerer: from, offer, answerer: to, answer: to.remoteSdp });
          reply(sdp);
        });
      });
    });
  }

  /**
   * `answered` may reply later, with another body. A side that does not allow UPDATE is sent a re-INVITE instead; other methods that it
   * does not allow are refused with 405.
   */
  #forwardRequest(
    { to }: DialogPair,
    { request, response, body = request.body }: RequestExchange & { readonly body?: string | undefined },
    answered: (answered: SrfResponse, reply: (body: string | undefined) => void) => void = ({ body: given }, reply) =>
      reply(given),
  ): void {
    to.whenAcknowledged(() => {
      const method = request.method === 'UPDATE' && !to.allows('UPDATE') ? 'INVITE' : request.method;
      if (!to.allows(method)) {
        respond(response, 405, { headers: { Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, REFER' } });
        return;
      }
      const timer = request.method === 'UPDATE' ? timerRequestHeaders(to) : {};
      to.request(
        { method, headers: { ...forwardedHeaders(request.headers), ...timer }, body },
        {
          response: (received, ack) => {
            if (received.status < 200) return;
            if (method === 'INVITE' && received.status < 300) ack({});
            answered(received, (given) =>
              respond(response, received.status, { headers: forwardedHeaders(received.headers), ...bodyOf(given) }),
            );
          },
          failed: () => respond(response, 481),
        },
      );
    });
  }

  #agreed({ offerer, offer, answerer, answer }: Agreement): void {
    this.#setHold(offerer, isHold(offer));
    if (isSending(offer)) this.#setHold(answerer, isHold(answer));
    this.#listener.onHold(this.#holding.size > 0);
  }

  #setHold(side: SipDialog, isHolding: boolean): void {
    if (isHolding) this.#holding.add(side);
    else this.#holding.delete(side);
  }
}

/** An UPDATE in an early dialog: while the first offer is unanswered, a second one is refused (RFC 3311 section 5.2). */
export function respondToEarlyUpdate(update: SrfRequest, response: Responder): void {
  if ((update.body ?? '') === '') respond(response, 200);
  else respond(response, 500, { headers: { 'Retry-After': '3' } });
}

/** A session refresh repeats the session description unchanged (RFC 4028 section 7.4); it is not forwarded. */
function isRefresh(from: SipDialog, request: SrfRequest): boolean {
  return request.headers['session-expires'] !== undefined && request.body === from.remoteSdp && from.localSdp !== '';
}
