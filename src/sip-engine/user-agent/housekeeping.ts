import type { AppConnection } from '../control/app-link.ts';
import type { CoreContext, UasRequest } from './core-context.ts';
import { isUasInvite } from './core-context.ts';
import { endDialog } from './dialog-teardown.ts';
import { hangUp } from './bye.ts';
import { answerWithoutApp, forgetIncoming } from './incoming-requests.ts';
import { rejectWithoutApp } from './uas-invite.ts';

const deadDialogMs = 3_600_000;
const unavailable = { status: 503, reason: 'Service Unavailable' };

/** Closes what applications left unanswered too long, and forgets what ran out. */
export function sweep(context: CoreContext): void {
  const now = context.clock.monotonic();
  context.failedInvites.dropExpired(now);
  context.endedDialogs.dropExpired(now);
  for (const incoming of context.incoming.values()) if (incoming.deadline <= now) close(context, incoming);
  for (const dialog of context.dialogs.all())
    if (dialog.expiresAt !== undefined && dialog.expiresAt <= now) endDialog(context, dialog);
}

function close(context: CoreContext, incoming: UasRequest): void {
  const { transaction, dialog, invite } = incoming;
  const isOrphan = dialog?.isEnded === true;
  if (invite !== undefined) {
    rejectWithoutApp(
      context,
      incoming,
      isOrphan ? { status: 500, reason: 'Server Internal Error' } : { status: 408, reason: 'Request Timeout' },
    );
    context.incoming.delete(transaction.id);
    return;
  }
  forgetIncoming(context, incoming);
  // RFC 4320 section 4.1: no 408; the peer has given up by itself.
  if (isOrphan) answerWithoutApp(transaction, { status: 500, reason: 'Server Internal Error' });
  incoming.onAnswered?.();
}

/** An application will not come back: its calls end. Without an application: those of all, because the engine stops. */
export function endCalls(context: CoreContext, app: AppConnection | undefined): void {
  const isTheirs = (one: { readonly app: AppConnection }): boolean => app === undefined || one.app === app;
  for (const incoming of context.incoming.values()) {
    if (!isTheirs(incoming)) continue;
    if (incoming.invite !== undefined) rejectWithoutApp(context, incoming, unavailable);
    else {
      forgetIncoming(context, incoming);
      answerWithoutApp(incoming.transaction, unavailable);
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
export function forgetCalls(context: CoreContext, app: AppConnection): void {
  for (const incoming of context.incoming.values())
    if (incoming.app === app && !isUasInvite(incoming)) forgetIncoming(context, incoming);
  for (const dialog of context.dialogs.all()) {
    if (dialog.app !== app) continue;
    dialog.sessionTimer?.cancel();
    dialog.expiresAt = context.clock.monotonic() + deadDialogMs;
  }
}
