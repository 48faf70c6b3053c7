import { respond } from '#sip/message/respond.ts';
import { respondToOptions } from '#sip/message/capabilities.ts';
import { bodyOf, refreshTarget, timerResponseHeaders } from '#sip/dialog/forwarded-request.ts';
import type { DialogOwner, SipDialog } from '#sip/dialog/dialog.ts';
import { statusForRefusal } from '#sip/relay/media-path.ts';
import type { MediaPath } from '#sip/relay/media-path.ts';
import type { MediaRole } from '#sip/relay/media-port.ts';
import type { VoiceEndpoint } from '#sip/relay/voice-port.ts';
import type { Responder, SrfRequest } from '#sip/message/srf-types.ts';

type VoiceSideOptions = {
  readonly voice: VoiceEndpoint;
  readonly path: MediaPath;
  /** What the far side is in the media path. */
  readonly role: MediaRole;
  /** The far side has hung up, and gets its 200 by `done`. */
  readonly onHangUp: (request: SrfRequest, done: () => void) => void;
};

/** The owner of a connected dialog whose far side talks with the house itself: answers its later offers, and hears its keys. */
export class VoiceSide implements DialogOwner {
  readonly #options: VoiceSideOptions;

  constructor(options: VoiceSideOptions) {
    this.#options = options;
  }

  request(dialog: SipDialog, request: SrfRequest, response: Responder): void {
    switch (request.method) {
      case 'INVITE':
      case 'UPDATE':
        this.#renew(dialog, request, response);
        return;
      case 'INFO':
        this.#key(request, response);
        return;
      case 'OPTIONS':
        respondToOptions(response);
        return;
      case 'REFER':
        respond(response, 603);
        return;
      case 'SUBSCRIBE':
      case 'NOTIFY':
        respond(response, 489);
        return;
      default:
        respond(response, 405, { headers: { Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE' } });
    }
  }

  bye(_dialog: SipDialog, request: SrfRequest, done: () => void): void {
    this.#options.onHangUp(request, done);
  }

  /** Hold, its end, or a session refresh (RFC 4028 section 7.4). */
  #renew(dialog: SipDialog, request: SrfRequest, response: Responder): void {
    const offer = request.body ?? '';
    refreshTarget(dialog, request.headers);
    if (offer !== '') this.#answer(dialog, offer, response);
    else if (request.method === 'INVITE') this.#offer(dialog, response);
    else respond(response, 200, { headers: timerResponseHeaders(dialog) });
  }

  #answer(dialog: SipDialog, offer: string, response: Responder): void {
    const { path, role, voice } = this.#options;
    path.offer(offer, role, (offered) => {
      const ours = offered.kind === 'sdp' ? voice.answer(offered.sdp) : undefined;
      if (ours === undefined) {
        const before = { offer: dialog.remoteSdp, answer: voice.answer(dialog.remoteSdp) ?? '' };
        path.restore(role, before);
        respond(response, offered.kind === 'sdp' ? 488 : statusForRefusal(offered));
        return;
      }
      path.answer(ours, (given) => {
        if (given.kind === 'refused') {
          respond(response, statusForRefusal(given));
          return;
        }
        dialog.remoteSdp = offer;
        dialog.localSdp = given.sdp;
        respond(response, 200, { headers: timerResponseHeaders(dialog), ...bodyOf(given.sdp) });
      });
    });
  }

  /** A re-INVITE without an offer: its ACK brings the answer to ours (RFC 3264 section 5). */
  #offer(dialog: SipDialog, response: Responder): void {
    const { path, role, voice } = this.#options;
    path.offer(voice.offer(), role === 'caller' ? 'callee' : 'caller', (offered) => {
      if (offered.kind === 'refused') {
        respond(response, statusForRefusal(offered));
        return;
      }
      dialog.expectAck((answer) => {
        dialog.remoteSdp = answer;
        dialog.localSdp = offered.sdp;
        path.answer(answer, (given) => given.kind === 'sdp' && voice.accept(given.sdp));
      });
      respond(response, 200, { headers: timerResponseHeaders(dialog), ...bodyOf(offered.sdp) });
    });
  }

  /** Keys by INFO: `application/dtmf-relay` names a signal, `application/dtmf` is nothing else. */
  #key({ body = '' }: SrfRequest, response: Responder): void {
    const [, digit] = /^\s*(?:signal\s*=\s*)?([0-9*#A-D])\s*(?:\r|\n|$)/i.exec(body) ?? [];
    respond(response, 200);
    if (digit !== undefined) this.#options.voice.key(digit.toUpperCase());
  }
}
