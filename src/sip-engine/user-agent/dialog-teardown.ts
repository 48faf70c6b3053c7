import type { CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { keyOf } from './dialog-table.ts';

/** How long the application may still answer requests received before the dialog ended. */
const lastAnswersMs = 2_000;

/** The same, where our BYE ended it: the peer's BYE may be on its way, or follow ours. */
export function endByLocalBye(context: CoreContext, dialog: Dialog): void {
  if (dialog.kind === 'INVITE')
    context.endedDialogs.note(keyOf(dialog), context.clock.monotonic() + context.settings.timers.t1x64);
  endDialog(context, dialog);
}

/** Takes a dialog out of all tables, stops its timers and closes what is pending in it. A second call has no effect. */
export function endDialog(context: CoreContext, dialog: Dialog): void {
  if (dialog.isEnded) return;
  dialog.isEnded = true;
  context.dialogs.remove(dialog);
  dialog.sessionTimer?.cancel();
  for (const answered of dialog.awaitingAck) answered.ackTimer?.cancel();
  for (const { transaction } of dialog.unacknowledged.values()) {
    transaction.onAckTimeout = undefined;
    transaction.ackReceived();
  }
  dialog.unacknowledged.clear();
  const deadline = context.clock.monotonic() + lastAnswersMs;
  for (const id of dialog.pendingRequests) {
    const incoming = context.incoming.get(id);
    if (incoming !== undefined && incoming.transaction.request.method !== 'BYE')
      incoming.deadline = Math.min(incoming.deadline, deadline);
  }
  dialog.ownInvite?.settle(487, 'Request Terminated');
}
