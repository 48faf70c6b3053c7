import { answer } from './answer.ts';
import type { SipDialog } from './dialog.ts';
import { parseNameAddr } from './headers.ts';
import { answerOptions } from './capabilities.ts';
import { isHold } from './sdp.ts';
import type { HeaderMap, IncomingRequest, IncomingResponse, Responder, SendAck, SendOptions, SentRequest } from './srf-types.ts';

/** The two ends of a request inside a call: who sent it, and who is to get it. */
export type Ends = { readonly from: SipDialog; readonly to: SipDialog };

export type Exchange = { readonly request: IncomingRequest; readonly response: Responder };

type Told = {
  held(isHeld: boolean): void;
  /** A side does not know the call any more. */
  dead(): void;
};

/** Headers that belong to a body or its package, in requests and in responses; all else is each dialog's own. */
const passedHeaders = [
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-language',
  'info-package',
  'recv-info',
  'event',
  'subscription-state',
  'subject',
  'priority',
  'accept',
  'warning',
  'retry-after',
];

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
    new ReInvite(
      ends,
      { request, response },
      {
        settled: (isDead) => {
          this.#inviting = undefined;
          if (isDead) this.#told.dead();
        },
        agreed: (offerer, offer) => this.#agreed(offerer, offer),
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
    this.#passOn(ends, { request, response }, (answered) => {
      ends.from.localSdp = answered.body ?? '';
      ends.from.remoteSdp = offer;
      ends.to.localSdp = offer;
      ends.to.remoteSdp = answered.body ?? '';
      this.#agreed(ends.from, offer);
    });
  }

  #passOn({ to }: Ends, { request, response }: Exchange, accepted?: (answered: IncomingResponse) => void): void {
    to.whenAcknowledged(() => {
      const timer = request.method === 'UPDATE' ? timerHeaders(to) : {};
      to.request(
        { method: request.method, headers: { ...passed(request.headers), ...timer }, body: request.body },
        {
          response: (answered) => {
            if (answered.status < 200) return;
            if (answered.status < 300) accepted?.(answered);
            answer(response, answered.status, { headers: passed(answered.headers), ...bodyOf(answered.body) });
          },
          failed: () => answer(response, 481),
        },
      );
    });
  }

  #agreed(offerer: SipDialog, offer: string): void {
    if (isHold(offer)) this.#holding.add(offerer);
    else this.#holding.delete(offerer);
    this.#told.held(this.#holding.size > 0);
  }
}

type ReInviteHooks = {
  /** The exchange is over; `isDead` where the other side no longer knows the dialog. */
  settled(isDead: boolean): void;
  agreed(offerer: SipDialog, offer: string): void;
};

/** One re-INVITE on its way from one side to the other and back, up to its ACK. */
class ReInvite {
  readonly #ends: Ends;
  readonly #request: IncomingRequest;
  readonly #response: Responder;
  readonly #hooks: ReInviteHooks;
  readonly #offer: string;
  #sent: SentRequest | undefined;
  #isCancelled = false;

  constructor(ends: Ends, exchange: Exchange, hooks: ReInviteHooks) {
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
      to.request(
        { method: 'INVITE', headers: { ...passed(this.#request.headers), ...timerHeaders(to) }, body: this.#offer },
        {
          sent: (sent) => {
            this.#sent = sent;
          },
          response: (answered, ack) => this.#answered(answered, ack),
          failed: () => this.#refused(500, {}),
        },
      );
    });
  }

  #answered(answered: IncomingResponse, ack: SendAck): void {
    if (answered.status < 200) return;
    if (answered.status >= 300) {
      this.#refused(answered.status, passed(answered.headers));
      return;
    }
    const { from, to } = this.#ends;
    refreshTarget(to, answered.headers);
    const body = answered.body ?? '';
    if (this.#offer === '') {
      from.expectAck((answerBody) => {
        ack(answerBody === '' ? {} : { body: answerBody });
        this.#settle({ offerer: to, offer: body, answer: answerBody });
      });
    } else {
      ack({});
      from.expectAck(() => this.#settle({ offerer: from, offer: this.#offer, answer: body }));
    }
    const headers = { ...passed(answered.headers), ...agreedTimer(from) };
    const done = (error: unknown) => {
      if (!error) return;
      from.expectAck(undefined);
      if (this.#offer === '') ack({});
      this.#hooks.settled(false);
    };
    answer(this.#response, answered.status, { headers, ...bodyOf(body), done });
  }

  #settle({ offerer, offer, answer: answered }: { offerer: SipDialog; offer: string; answer: string }): void {
    const answerer = offerer === this.#ends.from ? this.#ends.to : this.#ends.from;
    offerer.remoteSdp = offer;
    offerer.localSdp = answered;
    answerer.localSdp = offer;
    answerer.remoteSdp = answered;
    this.#hooks.settled(false);
    this.#hooks.agreed(offerer, offer);
  }

  #refused(status: number, headers: Record<string, string>): void {
    answer(this.#response, status, { headers });
    this.#hooks.settled(status === 481);
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

function refreshTarget(dialog: SipDialog, headers: HeaderMap): void {
  const contact = headers['contact'];
  if (contact !== undefined) dialog.remoteTarget = parseNameAddr(contact)?.uri ?? dialog.remoteTarget;
}

/** A request that may refresh a session must name the timer, or it ends it (RFC 4028 section 7.4). */
export function timerHeaders({ sessionExpires }: SipDialog): Record<string, string> {
  return sessionExpires === undefined ? {} : { Supported: 'timer, replaces', 'Session-Expires': sessionExpires };
}

/** In a response the refresher is named from the other side's view. */
function agreedTimer({ sessionExpires }: SipDialog): Record<string, string> {
  if (sessionExpires === undefined) return {};
  const isOurs = sessionExpires.endsWith('refresher=uac');
  return { 'Session-Expires': sessionExpires.replace(/refresher=.*$/, isOurs ? 'refresher=uas' : 'refresher=uac') };
}

function passed(headers: HeaderMap): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of passedHeaders) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function bodyOf(body: string | undefined): SendOptions {
  return body === undefined || body === '' ? {} : { body };
}
