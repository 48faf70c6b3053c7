import type { Clock } from '#base/clock.ts';
import type { SipDialog } from './dialog.ts';
import { timerRequestHeaders } from './forwarded-request.ts';
import { refusalOf } from '#sip/message/sdp.ts';
import type { SrfResponse, SendAck } from '#sip/message/srf-types.ts';

type ReInviteListener = {
  /** `acknowledge` sends the ACK, with the answer where we made no offer. */
  accepted(body: string, acknowledge: (answer: string) => void): void;
  refused(status: number): void;
};

const retryMs = 1000;
const maxTries = 4;
/** Longer than timer B (64*T1, RFC 3261 section 17.1.1.2); a far side that keeps sending provisional responses would never end. */
const timeoutMs = 40_000;

type ReInviteOptions = { readonly offer: string; readonly listener: ReInviteListener; readonly tries?: number };

/**
 * A re-INVITE of our own; with an empty offer the far side makes the offer. Retries after 491, where both sides sent one at once. Calls
 * the listener exactly once, in a bounded time.
 */
export function reInvite(clock: Clock, dialog: SipDialog, { offer, listener, tries = 1 }: ReInviteOptions): void {
  if (dialog.isOver) {
    listener.refused(481);
    return;
  }
  let isSettled = false;
  const settle = (notify: () => void) => {
    if (isSettled) return;
    isSettled = true;
    timeout.cancel();
    notify();
  };
  const timeout = clock.after(timeoutMs, () => settle(() => listener.refused(408)));
  const received = (response: SrfResponse, ack: SendAck) => {
    if (response.status < 200) return;
    if (isSettled) discardLate2xx(response, ack, offer);
    else if (response.status === 491 && tries < maxTries) {
      settle(() => clock.after(retryMs, () => reInvite(clock, dialog, { offer, listener, tries: tries + 1 })));
    } else if (response.status >= 300) settle(() => listener.refused(response.status));
    else settle(() => accept(dialog, { offer, listener }, { response, ack }));
  };
  dialog.whenAcknowledged(() => {
    dialog.request(
      { method: 'INVITE', headers: timerRequestHeaders(dialog), body: offer },
      { failed: () => settle(() => listener.refused(481)), response: received },
    );
  });
}

type Accepted = { readonly response: SrfResponse; readonly ack: SendAck };

function accept(dialog: SipDialog, { offer, listener }: ReInviteOptions, { response, ack }: Accepted): void {
  dialog.remoteSdp = response.body ?? '';
  if (offer !== '') dialog.localSdp = offer;
  listener.accepted(response.body ?? '', (answer) => {
    if (offer !== '') ack({});
    else {
      dialog.localSdp = answer;
      ack(answer === '' ? {} : { body: answer });
    }
  });
}

function discardLate2xx({ status, body = '' }: SrfResponse, ack: SendAck, offer: string): void {
  if (status < 300) ack(offer === '' ? { body: refusalOf(body) } : {});
}
