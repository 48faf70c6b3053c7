import type { AppConnection } from '../control/app-link.ts';
import { contactOf } from '../control/app-headers.ts';
import type { CoreContext } from './core-context.ts';
import { Dialog, dialogIdOf } from './dialog.ts';
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
    target: contactUriOf(response) ?? request.requestUri,
    routes,
    contact: request.get('contact') ?? (flow === undefined ? '' : contactOf(flow.listener, request.requestUri)),
    flow,
    isPinned: isPinned(context, { response, flow, routes, isKept }),
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
  dialog.target = contactUriOf(response) ?? dialog.target;
  dialog.flow = flow ?? dialog.flow;
  dialog.isPinned = isPinned(context, { response, flow: dialog.flow, routes: dialog.routes, isKept: dialog.isBoundToFlow });
}

function isPinned(
  context: CoreContext,
  received: { response: SipMessage; flow: Flow | undefined; routes: readonly string[]; isKept: boolean },
): boolean {
  if (received.isKept && received.flow !== undefined && pointsElsewhere(received.response, received.routes, received.flow))
    return true;
  if (context.settings.disableNatDetection || received.flow === undefined) return false;
  return isCalleeBehindNat(received.response, received.routes, received.flow);
}
