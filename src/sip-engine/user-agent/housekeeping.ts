import type { AppConnection } from '../control/app-link.ts';
import type { CoreContext, UasRequest } from './core-context.ts';
import { isUasInvite } from './core-context.ts';
import { endDialog } from './dialog-teardown.ts';
import { hangUp } from './bye.ts';
import { answerWithoutApp, forgetIncoming } from './incoming-requests.ts';
import { rejectWithoutApp } from './uas-invite.ts';

const deadDialogMs = 3_600_000;
const unavailable = { status: 503, reason: 'Service Unavailable' };

/** Closes requests that applications left unanswered too long, and removes expired entries. */
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
  // RFC 4320 section 4.1: no 408; the peer has already timed out.
  if (isOrphan) answerWithoutApp(transaction, { status: 500, reason: 'Server Internal Error' });
  incoming.onAnswered?.();
}

/** An application will not reconnect: its calls end. Without an application: all calls, because the engine stops. */
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
 * An application disconnected and nothing of it must reach the network: its calls are dropped. Its dialogs stay for a while, so that requests of
 * peers in them are answered 481 and reach no other application.
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
