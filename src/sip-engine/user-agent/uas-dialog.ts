import { randomInt } from 'node:crypto';
import { contactOf } from '../control/app-headers.ts';
import type { CoreContext, UasRequest } from './core-context.ts';
import { Dialog } from './dialog.ts';
import { parseNameAddr, withTag } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { isCallerBehindNat, isKeptToFlow, pointsElsewhere } from './nat.ts';
import type { Flow } from '../transport/transport.ts';
import { parseUri } from '../message/uri.ts';

/** The called side's dialog of an INVITE or SUBSCRIBE whose tag is fixed (RFC 3261 section 12.1.1). It is in no table yet. */
export function makeUasDialog(context: CoreContext, incoming: UasRequest): Dialog {
  const { request, flow } = incoming.transaction;
  const localTag = incoming.localTag ?? '';
  const routes = request.getAll('record-route');
  const hasCredentials = request.has('authorization') || request.has('proxy-authorization');
  const isKept = hasCredentials && isKeptToFlow(context.settings, flow);
  return new Dialog({
    id: incoming.dialogId,
    kind: request.method === 'SUBSCRIBE' ? 'SUBSCRIBE' : 'INVITE',
    role: 'uas',
    app: incoming.app,
    callId: request.callId,
    localTag,
    remoteTag: request.fromTag ?? '',
    local: withTag(request.get('to') ?? '', localTag),
    remote: request.get('from') ?? '',
    localCSeq: randomInt(1, 1_000_000),
    remoteCSeq: request.cseq?.number,
    target: contactUriOf(request) ?? sourceUri(flow),
    routes,
    contact: incoming.invite?.contact ?? contactOf(flow.listener, request.requestUri),
    flow,
    isPinned: isCallerBehindNat(request, flow, context.settings) || (isKept && pointsElsewhere(request, routes, flow)),
    isBoundToFlow: isKept,
  });
}

/** The URI of a message's first Contact, if requests can be sent to it. */
export function contactUriOf(message: SipMessage): string | undefined {
  const uri = parseNameAddr(message.get('contact') ?? '')?.uri;
  return uri === undefined || parseUri(uri) === undefined ? undefined : uri;
}

/** A URI for the far end of a flow. */
function sourceUri(flow: Flow): string {
  const host = flow.remoteAddress.includes(':') ? `[${flow.remoteAddress}]` : flow.remoteAddress;
  return `sip:${host}:${flow.remotePort}${flow.protocol === 'udp' ? '' : `;transport=${flow.protocol}`}`;
}

/** RFC 3261 section 12.2: a re-INVITE or UPDATE changes the remote target; the route set stays. The flow changes too. */
export function refreshTarget(context: CoreContext, dialog: Dialog, by: { message: SipMessage; flow: Flow | undefined }): void {
  const contact = contactUriOf(by.message);
  dialog.target = contact ?? dialog.target;
  if (by.flow === undefined) return;
  dialog.flow = by.flow;
  if (dialog.isBoundToFlow) {
    if (contact !== undefined) dialog.isPinned ||= pointsElsewhere(by.message, dialog.routes, by.flow);
  } else if (by.message.isRequest && dialog.role === 'uas' && dialog.routes.length === 0) {
    dialog.isPinned = isCallerBehindNat(by.message, by.flow, context.settings);
  }
}
