import { respond } from '#sip/message/respond.ts';
import type { DialogOwner, SipDialog } from '#sip/dialog/dialog.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';

/** The owner of a leg that has answered and is not connected yet: it may hang up, its other requests have to wait. */
export class PendingLegOwner implements DialogOwner {
  readonly #onHangUp: () => void;

  constructor(onHangUp: () => void) {
    this.#onHangUp = onHangUp;
  }

  request(_dialog: SipDialog, { method }: SrfRequest, response: Responder): void {
    respond(response, method === 'INVITE' || method === 'UPDATE' ? 491 : 200);
  }

  bye(_dialog: SipDialog, _request: SrfRequest, done: () => void): void {
    done();
    this.#onHangUp();
  }
}
