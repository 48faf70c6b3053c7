import type { CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';

/** How long the application may still answer what came before the dialog ended. */
const lastAnswersMs = 2_000;

/** Takes a dialog out of all tables, stops its timers and closes what is pending in it. Does nothing the second time. */
export function endDialog(context: CoreContext, dialog: Dialog): void {
  if (dialog.isEnded) return;
  dialog.isEnded = true;
  context.dialogs.remove(dialog);
  dialog.sessionTimer?.cancel();
  for (const answered of dialog.awaitingAck) answered.ackTimer?.cancel();
  for (const { transaction } of dialog.unacknowledged.values()) {
    transaction.onAckTimeout = undefined;
    transaction.acknowledged();
  }
  dialog.unacknowledged.clear();
  const deadline = context.clock.monotonic() + lastAnswersMs;
  for (const id of dialog.waiting) {
    const incoming = context.incoming.get(id);
    if (incoming !== undefined && incoming.transaction.request.method !== 'BYE')
      incoming.deadline = Math.min(incoming.deadline, deadline);
  }
  dialog.ownInvite?.settle(487, 'Request Terminated');
}
