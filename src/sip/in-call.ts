import { answer } from './answer.ts';
import { answerOptions } from './capabilities.ts';
import type { SipDialog } from './dialog.ts';
import { statusOfRefusal } from './media-path.ts';
import type { MediaPath } from './media-path.ts';
import { PassedReInvite } from './passed-re-invite.ts';
import type { Agreement } from './passed-re-invite.ts';
import { bodyOf, passed, refreshTarget, timerHeaders } from './passed-request.ts';
import type { Ends, Exchange } from './passed-request.ts';
import { isHold, isSending } from './sdp.ts';
import type { IncomingRequest, IncomingResponse, Responder } from './srf-types.ts';

type Told = {
  held(isHeld: boolean): void;
  /** A side does not know the call any more. */
  dead(): void;
  /** The way of the call's sound. */
  path(): MediaPath;
};

/** Passes requests between the two sides of a connected call. */
export class InCall {
  readonly #told: Told;
  /** The side whose re-INVITE is under way, until its ACK. */
  #inviting: SipDialog | undefined;
  readonly #holding = new Set<SipDialog>();

  constructor(told: Told) {
    this.#told = told;
  }

  pass(ends: Ends, exchange: Exchange): void {
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
        this.#passOn(ends, exchange);
        return;
      case 'OPTIONS':
        answerOptions(response);
        return;
      case 'SUBSCRIBE':
        answer(response, 489);
        return;
      default:
        answer(response, 501);
    }
  }

  #reInvite(ends: Ends, { request, response }: Exchange): void {
    const { from } = ends;
    if (this.#inviting !== undefined) {
      // RFC 3261 section 14.2: 500 to the same side's second, 491 where both invite.
      if (this.#inviting === from) answer(response, 500, { headers: { 'Retry-After': '3' } });
      else answer(response, 491);
      return;
    }
    refreshTarget(from, request.headers);
    if (isRefresh(from, request)) {
      answer(response, 200, bodyOf(from.localSdp));
      return;
    }
    this.#inviting = from;
    new PassedReInvite(
      ends,
      { request, response },
      {
        settled: (isDead) => {
          this.#inviting = undefined;
          if (isDead) this.#told.dead();
        },
        path: this.#told.path(),
        agreed: (agreement) => this.#agreed(agreement),
      },
    ).start();
  }

  #update(ends: Ends, { request, response }: Exchange): void {
    refreshTarget(ends.from, request.headers);
    const offer = request.body ?? '';
    // Without an offer it refreshes only this side's timer and target (RFC 3311 section 5.1), whatever the other side can do.
    if (offer === '' || offer === ends.from.remoteSdp) {
      answer(response, 200, offer === '' ? {} : bodyOf(ends.from.localSdp));
      return;
    }
    if (this.#inviting !== undefined) {
      answer(
        response,
        this.#inviting === ends.from ? 500 : 491,
        this.#inviting === ends.from ? { headers: { 'Retry-After': '3' } } : {},
      );
      return;
    }
    this.#updateMedia(ends, { request, response }, offer);
  }

  #updateMedia(ends: Ends, { request, response }: Exchange, offer: string): void {
    const { from, to, role } = ends;
    const path = this.#told.path();
    const agreed = { offer: from.remoteSdp, answer: to.remoteSdp };
    path.offer(offer, role, (offered) => {
      if (offered.kind === 'refused') {
        answer(response, statusOfRefusal(offered));
        return;
      }
      this.#passOn(ends, { request, response, body: offered.sdp }, (answered, reply) => {
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
   * `answered` replies in its own time, with the body it wants. A far side that takes no UPDATE is offered a change by re-INVITE; of
   * what else it does not take, it never hears.
   */
  #passOn(
    { to }: Ends,
    { request, response, body = request.body }: Exchange & { readonly body?: string | undefined },
    answered: (answered: IncomingResponse, reply: (body: string | undefined) => void) => void = ({ body: given }, reply) =>
      reply(given),
  ): void {
    to.whenAcknowledged(() => {
      const method = request.method === 'UPDATE' && !to.allows('UPDATE') ? 'INVITE' : request.method;
      if (!to.allows(method)) {
        answer(response, 405, { headers: { Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, REFER' } });
        return;
      }
      const timer = request.method === 'UPDATE' ? timerHeaders(to) : {};
      to.request(
        { method, headers: { ...passed(request.headers), ...timer }, body },
        {
          response: (received, ack) => {
            if (received.status < 200) return;
            if (method === 'INVITE' && received.status < 300) ack({});
            answered(received, (given) =>
              answer(response, received.status, { headers: passed(received.headers), ...bodyOf(given) }),
            );
          },
          failed: () => answer(response, 481),
        },
      );
    });
  }

  #agreed({ offerer, offer, answerer, answer: answered }: Agreement): void {
    this.#holds(offerer, isHold(offer));
    if (isSending(offer)) this.#holds(answerer, isHold(answered));
    this.#told.held(this.#holding.size > 0);
  }

  #holds(side: SipDialog, isHolding: boolean): void {
    if (isHolding) this.#holding.add(side);
    else this.#holding.delete(side);
  }
}

/** Before the answer no offer but the first may be made (RFC 3311 section 5.2). */
export function answerEarlyUpdate(update: IncomingRequest, response: Responder): void {
  if ((update.body ?? '') === '') answer(response, 200);
  else answer(response, 500, { headers: { 'Retry-After': '3' } });
}

/** A refresh repeats the session description as it was (RFC 4028 section 7.4): it is this dialog's own affair. */
function isRefresh(from: SipDialog, request: IncomingRequest): boolean {
  return request.headers['session-expires'] !== undefined && request.body === from.remoteSdp && from.localSdp !== '';
}
