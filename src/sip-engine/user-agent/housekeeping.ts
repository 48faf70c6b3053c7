import type { App } from '../control/app-link.ts';
import type { CoreContext, IncomingRequest } from './core-context.ts';
import { isCall } from './core-context.ts';
import { endDialog } from './dialog-end.ts';
import { hangUp } from './hang-up.ts';
import { answer, forget } from './incoming-requests.ts';
import { refuseAlone } from './uas-invite.ts';

const deadDialogMs = 3_600_000;
const unavailable = { status: 503, reason: 'Service Unavailable' };

/** Closes what applications left unanswered too long, and forgets what ran out. */
export function sweep(context: CoreContext): void {
  const now = context.clock.monotonic();
  context.failedInvites.dropUntil(now);
  context.endedDialogs.dropUntil(now);
  for (const incoming of context.incoming.values()) if (incoming.deadline <= now) close(context, incoming);
  for (const dialog of context.dialogs.all())
    if (dialog.expiresAt !== undefined && dialog.expiresAt <= now) endDialog(context, dialog);
}

function close(context: CoreContext, incoming: IncomingRequest): void {
  const { transaction, dialog, invite } = incoming;
  const isOrphan = dialog?.isEnded === true;
  if (invite !== undefined) {
    refuseAlone(
      context,
      incoming,
      isOrphan ? { status: 500, reason: 'Server Internal Error' } : { status: 408, reason: 'Request Timeout' },
    );
    context.incoming.delete(transaction.id);
    return;
  }
  forget(context, incoming);
  // RFC 4320 section 4.1: no 408; the peer has given up by itself.
  if (isOrphan) answer(transaction, { status: 500, reason: 'Server Internal Error' });
  incoming.onAnswered?.();
}

/** An application will not come back: its calls end. Without an application: those of all, because the engine stops. */
export function releaseCalls(context: CoreContext, app: App | undefined): void {
  const isTheirs = (one: { readonly app: App }): boolean => app === undefined || one.app === app;
  for (const incoming of context.incoming.values()) {
    if (!isTheirs(incoming)) continue;
    if (incoming.invite !== undefined) refuseAlone(context, incoming, unavailable);
    else {
      forget(context, incoming);
      answer(incoming.transaction, unavailable);
    }
  }
  for (const outgoing of context.outgoing.values()) {
    if (!isTheirs(outgoing) || outgoing.invite === undefined) continue;
    outgoing.invite.isCancelled = true;
    outgoing.client.cancel([]);
  }
  for (const dialog of context.dialogs.all()) {
    if (!isTheirs(dialog)) continue;
    if (dialog.isConfirmed) hangUp(context, dialog);
    else endDialog(context, dialog);
  }
}

/**
 * An application left and nothing of it shall reach the network: its calls are forgotten. Its dialogs stay a while, so that what peers send in
 * them is answered 481 and goes to no other application.
 */
export function forgetCalls(context: CoreContext, app: App): void {
  for (const incoming of context.incoming.values()) if (incoming.app === app && !isCall(incoming)) forget(context, incoming);
  for (const dialog of context.dialogs.all()) {
    if (dialog.app !== app) continue;
    dialog.sessionTimer?.cancel();
    dialog.expiresAt = context.clock.monotonic() + deadDialogMs;
  }
}
