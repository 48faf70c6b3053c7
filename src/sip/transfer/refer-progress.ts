import { respond } from '#sip/message/respond.ts';
import type { SipDialog } from '#sip/dialog/dialog.ts';
import { reasonPhrase } from '#sip/message/sip-status.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';

const subscriptionSeconds = 120;

/** Notifies the phone that sent a REFER of its progress (RFC 3515 section 2.4.4), unless it sent `Refer-Sub: false` (RFC 4488). */
export class ReferProgress {
  readonly #dialog: SipDialog;
  readonly #response: Responder;
  readonly #isSilent: boolean;
  #lastStatus = 0;
  #isFinished = false;

  constructor(dialog: SipDialog, { request, response }: { readonly request: SrfRequest; readonly response: Responder }) {
    this.#dialog = dialog;
    this.#response = response;
    this.#isSilent = (request.headers['refer-sub'] ?? '').trim().toLowerCase() === 'false';
  }

  accept(): void {
    respond(this.#response, this.#isSilent ? 200 : 202, { headers: this.#isSilent ? { 'Refer-Sub': 'false' } : {} });
    this.notifyProvisional(100);
  }

  /** A provisional status of the new call. */
  notifyProvisional(status: number): void {
    if (this.#isFinished || status === this.#lastStatus) return;
    this.#lastStatus = status;
    this.#notify(status, `active;expires=${subscriptionSeconds}`);
  }

  notifyFinal(status: number): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#notify(status, 'terminated;reason=noresource');
  }

  #notify(status: number, state: string): void {
    if (this.#isSilent || this.#dialog.isOver) return;
    const headers = { Event: 'refer', 'Subscription-State': state, 'Content-Type': 'message/sipfrag;version=2.0' };
    const body = `SIP/2.0 ${status} ${reasonPhrase(status) ?? (status === 100 ? 'Trying' : 'Unknown')}\r\n`;
    this.#dialog.request({ method: 'NOTIFY', headers, body }, { response: () => {}, failed: () => {} });
  }
}
