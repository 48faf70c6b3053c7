import type { CoreContext } from './core-context.ts';
import type { Dialog, SessionAgreement } from './dialog.ts';
import { parseParams } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { readNumber } from '../message/scan.ts';

// Owns session timers (RFC 4028): the negotiation, and when a session is refreshed or expires.
// Called wherever INVITE, UPDATE and their 2xx are sent and received.
// Must stay true: a dialog has at most one timer, and none once it has ended.

type Refresher = 'uac' | 'uas';
type SessionExpires = { readonly seconds: number; readonly refresher: Refresher | undefined };
type Exchange = { readonly request: SipMessage; readonly response: SipMessage };

/** Reads a Session-Expires header; undefined when absent or malformed. */
function sessionExpiresOf(message: SipMessage): SessionExpires | undefined {
  const value = message.get('session-expires');
  if (value === undefined) return undefined;
  const semicolon = value.indexOf(';');
  const seconds = readNumber((semicolon === -1 ? value : value.slice(0, semicolon)).trim(), 0xffff_ffff);
  const refresher = semicolon === -1 ? undefined : parseParams(value, semicolon)?.get('refresher')?.toLowerCase();
  if (seconds === undefined) return undefined;
  return { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

/** Whether a refresh requests a shorter interval than we accept: answer it 422 with this Min-SE. */
export function minSessionIfTooShort(context: CoreContext, request: SipMessage): number | undefined {
  const asked = sessionExpiresOf(request);
  return asked !== undefined && asked.seconds < context.settings.minSessionSeconds
    ? context.settings.minSessionSeconds
    : undefined;
}

/** Our 2xx to an INVITE that created the dialog: sets its Session-Expires and starts the timer (RFC 4028 section 9). */
export function agreeAsUas(context: CoreContext, dialog: Dialog, { request, response }: Exchange): void {
  const terms = calledTerms(context, sessionExpiresOf(request), sessionExpiresOf(response));
  if (terms === undefined) return;
  putSessionExpires(response, terms.seconds, terms.refresher);
  arm(context, dialog, { seconds: terms.seconds, isOurs: terms.refresher === 'uas' });
}

/** RFC 4028 section 9: the application's value counts first, then the caller's, then the option. */
function calledTerms(
  context: CoreContext,
  asked: SessionExpires | undefined,
  given: SessionExpires | undefined,
): { seconds: number; refresher: Refresher } | undefined {
  const minSeconds = context.settings.minSessionSeconds;
  if (given !== undefined) return { seconds: Math.max(minSeconds, given.seconds), refresher: given.refresher ?? 'uac' };
  if (asked === undefined) return undefined;
  const byOption = context.settings.defaultRefresher;
  const refresher = asked.refresher ?? (byOption === 'none' ? undefined : byOption);
  return refresher && { seconds: Math.max(minSeconds, asked.seconds), refresher };
}

/** A 2xx to our INVITE that created the dialog (RFC 4028 section 7.2). */
export function agreeAsUac(context: CoreContext, dialog: Dialog, response: SipMessage): void {
  const terms = sessionExpiresOf(response);
  if (terms === undefined) return;
  arm(context, dialog, {
    seconds: Math.max(context.settings.minSessionSeconds, terms.seconds),
    isOurs: terms.refresher !== 'uas',
  });
}

/** Our 2xx to a re-INVITE or UPDATE of the peer. Without Session-Expires, an existing agreement starts anew. */
export function agreeOnRefresh(context: CoreContext, dialog: Dialog, { request, response }: Exchange): void {
  const asked = sessionExpiresOf(request);
  const given = sessionExpiresOf(response);
  const before = dialog.session;
  if (asked === undefined && given === undefined) {
    if (before !== undefined) arm(context, dialog, before);
    return;
  }
  const seconds = Math.max(context.settings.minSessionSeconds, given?.seconds ?? asked?.seconds ?? 0);
  const refresher = given?.refresher ?? asked?.refresher;
  const isOurs = refresher === undefined ? before !== undefined && !before.isOurs : refresher === 'uas';
  putSessionExpires(response, seconds, isOurs ? 'uas' : 'uac');
  arm(context, dialog, { seconds, isOurs });
}

/** A 2xx of the peer to a re-INVITE or UPDATE of ours. */
export function agreeOnLocalRefresh(context: CoreContext, dialog: Dialog, response: SipMessage): void {
  if (sessionExpiresOf(response) !== undefined) agreeAsUac(context, dialog, response);
  else if (dialog.session !== undefined) arm(context, dialog, dialog.session);
}

/** Keeps an agreement alive in a re-INVITE or UPDATE of ours without Session-Expires (RFC 4028 section 7.4). */
export function repeatAgreement(context: CoreContext, dialog: Dialog, request: SipMessage): void {
  if (dialog.session === undefined || request.has('session-expires')) return;
  putSessionExpires(request, dialog.session.seconds, dialog.session.isOurs ? 'uac' : 'uas');
  if (!request.has('min-se')) request.append('min-se', String(context.settings.minSessionSeconds));
}

/** Starts the timer: half the interval when we refresh, all of it when the peer does. */
export function arm(context: CoreContext, dialog: Dialog, agreement: SessionAgreement): void {
  dialog.session = agreement;
  dialog.sessionTimer?.cancel();
  if (dialog.isEnded) return;
  const run = agreement.isOurs
    ? (): void => context.actions.refreshSession(dialog)
    : (): void => context.actions.hangUp(dialog, sessionExpired);
  dialog.sessionTimer = context.clock.after(agreement.seconds * (agreement.isOurs ? 500 : 1000), run);
}

export const sessionExpired = 'Session timer expired';

function putSessionExpires(message: SipMessage, seconds: number, refresher: Refresher): void {
  message.set('session-expires', `${seconds};refresher=${refresher}`);
}
