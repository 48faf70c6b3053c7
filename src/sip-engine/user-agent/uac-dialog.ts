import type { AppConnection } from '../control/app-link.ts';
import { contactOf } from '../control/app-headers.ts';
import type { CoreContext } from './core-context.ts';
import { Dialog, dialogIdOf } from './dialog.ts';
import { parseNameAddr } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { isCalleeBehindNat, isKeptToFlow, pointsElsewhere } from './nat.ts';
import type { Flow } from '../transport/transport.ts';
import { contactUriOf } from './uas-dialog.ts';

export type UacDialogOptions = {
  readonly app: AppConnection;
  readonly request: SipMessage;
  readonly response: SipMessage;
  readonly flow: Flow | undefined;
  /** The application named the next hop. */
  readonly hasNamedNextHop: boolean;
};

/** The calling side's dialog of a response to our INVITE or SUBSCRIBE (RFC 3261 section 12.1.2). It is in no table yet. */
export function makeUacDialog(context: CoreContext, { app, request, response, flow, hasNamedNextHop }: UacDialogOptions): Dialog {
  const routes = response.getAll('record-route').toReversed();
  const isKept = hasNamedNextHop && isKeptToFlow(context.settings, flow);
  const contact = request.get('contact') ?? (flow === undefined ? '' : contactOf(flow.listener, request.requestUri));
  return new Dialog({
    id: dialogIdOf(request),
    kind: request.method === 'SUBSCRIBE' ? 'SUBSCRIBE' : 'INVITE',
    role: 'uac',
    app,
    callId: request.callId,
    localTag: request.fromTag ?? '',
    remoteTag: response.toTag ?? '',
    local: request.get('from') ?? '',
    remote: response.get('to') ?? '',
    localCSeq: request.cseq?.number ?? 0,
    remoteCSeq: undefined,
    target: targetOf(response, contact) ?? request.requestUri,
    routes,
    contact,
    flow,
    isPinned: isPinned(context, { response, flow, routes, isKept, contact }),
    isBoundToFlow: isKept,
  });
}

/** RFC 3261 section 13.2.2.4: the 2xx determines target and route set of an early dialog. */
export function confirmTarget(
  context: CoreContext,
  dialog: Dialog,
  { response, flow }: Pick<UacDialogOptions, 'response' | 'flow'>,
): void {
  dialog.routes = response.getAll('record-route').toReversed();
  dialog.target = targetOf(response, dialog.contact) ?? dialog.target;
  dialog.flow = flow ?? dialog.flow;
  const { routes, contact, isBoundToFlow } = dialog;
  dialog.isPinned = isPinned(context, { response, flow: dialog.flow, routes, isKept: isBoundToFlow, contact });
}

/**
 * The callee's Contact. Home Assistant's VoIP answers with the caller's own: requests to it would come back to us, so the callee stays where
 * the INVITE found it.
 */
function targetOf(response: SipMessage, ownContact: string): string | undefined {
  const uri = contactUriOf(response);
  return uri === parseNameAddr(ownContact)?.uri ? undefined : uri;
}

type Received = {
  readonly response: SipMessage;
  readonly flow: Flow | undefined;
  readonly routes: readonly string[];
  readonly isKept: boolean;
  /** Our own. */
  readonly contact: string;
};

function isPinned(context: CoreContext, received: Received): boolean {
  if (received.isKept && received.flow !== undefined && pointsElsewhere(received.response, received.routes, received.flow))
    return true;
  if (context.settings.disableNatDetection || received.flow === undefined) return false;
  if (received.routes.length === 0 && targetOf(received.response, received.contact) === undefined) return true;
  return isCalleeBehindNat(received.response, received.routes, received.flow);
}
