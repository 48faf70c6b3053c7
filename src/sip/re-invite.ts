import type { Clock } from '#base/clock.ts';
import type { SipDialog } from './dialog.ts';
import { timerHeaders } from './passed-request.ts';

type Listener = {
  /** `acknowledge` sends the ACK; with the answer where we made no offer. */
  accepted(body: string, acknowledge: (answer: string) => void): void;
  refused(status: number): void;
};

const retryMs = 1000;
const mostTries = 4;

/** A re-INVITE of our own. With an empty offer the far side makes one. Waits and repeats where both sides invited at once (491). */
export function reInvite(
  clock: Clock,
  dialog: SipDialog,
  { offer, listener, tries = 1 }: { offer: string; listener: Listener; tries?: number },
): void {
  if (dialog.isOver) {
    listener.refused(481);
    return;
  }
  dialog.whenAcknowledged(() => {
    dialog.request(
      { method: 'INVITE', headers: timerHeaders(dialog), body: offer },
      {
        failed: () => listener.refused(481),
        response: (response, ack) => {
          if (response.status < 200) return;
          if (response.status === 491 && tries < mostTries) {
            clock.after(retryMs, () => reInvite(clock, dialog, { offer, listener, tries: tries + 1 }));
            return;
          }
          if (response.status >= 300) {
            listener.refused(response.status);
            return;
          }
          dialog.remoteSdp = response.body ?? '';
          if (offer !== '') dialog.localSdp = offer;
          listener.accepted(response.body ?? '', (answer) => {
            if (offer !== '') ack({});
            else {
              dialog.localSdp = answer;
              ack(answer === '' ? {} : { body: answer });
            }
          });
        },
      },
    );
  });
}
