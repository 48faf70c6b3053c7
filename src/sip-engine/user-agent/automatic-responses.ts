import type { EngineSettings } from './engine-settings.ts';
import { parseNameAddr, splitList } from '../message/fields.ts';
import type { SipMessage } from '../message/message.ts';
import { isSpammer } from './spammers.ts';
import { isNumericHost, parseUri } from '../message/uri.ts';

/** What is done with a request that belongs to no dialog and no transaction. */
export type OutOfDialogDecision =
  | { readonly kind: 'deliver' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly reason: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

const routable = new Set(['REGISTER', 'MESSAGE', 'OPTIONS', 'INFO', 'NOTIFY', 'SUBSCRIBE', 'PUBLISH', 'REFER']);
const allowed = 'INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, PRACK, SUBSCRIBE, NOTIFY, PUBLISH, INFO, REFER, MESSAGE, UPDATE';

/**
 * Decides about a request outside any dialog. `isRouted`: an application subscribed to this method. ACK and CANCEL never come here.
 */
export function decideOutOfDialog(request: SipMessage, isRouted: boolean, settings: EngineSettings): OutOfDialogDecision {
  if (isSpammer(request, settings.spammers)) return answer(603, 'Decline');
  const early = refusedExtension(request, settings) ?? optionsAnswer(request, settings);
  if (early !== undefined) return early;
  const { method } = request;
  const hasToTag = request.toTag !== undefined;
  if (method === 'INVITE') return hasToTag ? answer(481, noDialog) : routed(isRouted);
  if (routable.has(method)) {
    if (hasToTag && settings.strictDialogs) return answer(481, noDialog);
    if (method === 'REGISTER') return registerAnswer(request, isRouted, settings);
    return routed(isRouted);
  }
  if (method === 'BYE' || method === 'UPDATE' || method === 'PRACK') return answer(481, noDialog);
  return { ...answer(405, 'Method Not Allowed'), headers: { allow: allowed } };
}

const noDialog = 'Call/Transaction Does Not Exist';

function answer(status: number, reason: string): { kind: 'answer'; status: number; reason: string } {
  return { kind: 'answer', status, reason };
}

function routed(isRouted: boolean): OutOfDialogDecision {
  return isRouted ? { kind: 'deliver' } : answer(503, 'Service Unavailable');
}

function registerAnswer(request: SipMessage, isRouted: boolean, settings: EngineSettings): OutOfDialogDecision {
  const contacts = request.getAll('contact').flatMap(splitList);
  // RFC 3261 section 10.2.2: the star removes all bindings and is valid for nothing else.
  if (contacts.includes('*') && request.get('expires')?.trim() !== '0') return answer(400, 'Bad Contact Header');
  if (contacts.some((contact) => contact !== '*' && parseNameAddr(contact) === undefined))
    return answer(400, 'Bad Contact Header');
  if (settings.rejectRegisterWithNoRealm && isNumericHost(parseUri(request.requestUri)?.host ?? '') === 4) {
    return answer(403, 'Forbidden');
  }
  return routed(isRouted);
}

function optionsAnswer(request: SipMessage, settings: EngineSettings): OutOfDialogDecision | undefined {
  const wanted = settings.optionsAutoAnswerUserAgent;
  if (request.method !== 'OPTIONS' || wanted === undefined || request.get('user-agent') !== wanted) return undefined;
  return answer(200, 'OK');
}

function refusedExtension(request: SipMessage, settings: EngineSettings): OutOfDialogDecision | undefined {
  const supported = settings.supportedExtensions;
  if (supported === undefined) return undefined;
  const unknown = request
    .getAll('require')
    .flatMap(splitList)
    .filter((tag) => !supported.includes(tag));
  return unknown.length === 0 ? undefined : { ...answer(420, 'Bad Extension'), headers: { unsupported: unknown.join(', ') } };
}
