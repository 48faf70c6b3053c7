import type { AppConnection } from '../control/app-link.ts';
import type { CoreContext } from './core-context.ts';
import { dialogIdOf } from './dialog.ts';
import { ackAndHangUp, retransmitAck } from './bye.ts';
import { SipMessage } from '../message/message.ts';
import type { Flow } from '../transport/transport.ts';
import { makeUacDialog } from './uac-dialog.ts';

const noApp: AppConnection = { id: '', isOpen: false, deliver() {} };

/**
 * A 2xx that matches no transaction any more: a retransmission gets its ACK again, one of a late fork an ACK and a BYE (RFC 3261 section
 * 13.2.2.4). Anything else may be forged, and is ignored.
 */
export function receiveLate2xx(context: CoreContext, response: SipMessage, flow: Flow): void {
  const { cseq } = response;
  if (cseq?.method !== 'INVITE' || response.status < 200 || response.status > 299) return;
  const dialog = context.dialogs.match({
    callId: response.callId,
    localTag: response.fromTag ?? '',
    remoteTag: response.toTag ?? '',
  });
  const last = dialog?.lastAnswer;
  if (last !== undefined && last !== 'refused') {
    if (last.cseq === cseq.number) retransmitAck(context, last);
  } else if (context.failedInvites.has(dialogIdOf(response))) {
    // Our target is no longer known: the sender of the response has to forward it.
    const late = makeUacDialog(context, { app: noApp, request: inviteOf(response), response, flow, hasNamedNextHop: true });
    ackAndHangUp(context, late, {
      cseq: cseq.number,
      hadOffer: true,
      ackTimer: undefined,
      ack: undefined,
      endAfterAck: undefined,
    });
  }
}

/** Our INVITE, as far as the response shows it. */
function inviteOf(response: SipMessage): SipMessage {
  const invite = new SipMessage({ method: 'INVITE', requestUri: response.to?.uri ?? '' });
  for (const key of ['from', 'to', 'call-id', 'cseq']) invite.append(key, response.get(key) ?? '');
  return invite;
}
