import type { ProxyHandler } from './core-context.ts';
import { SipMessage } from '../message/message.ts';
import type { RouteAction } from './request-routing.ts';
import { buildResponse } from '../message/response-builder.ts';
import type { ServerTransaction } from '../transaction/transaction.ts';

/** Performs the actions that need no application. */
export function performRouteAction(
  transaction: ServerTransaction,
  action: Exclude<RouteAction, { kind: 'deliver' }>,
  proxy: ProxyHandler | undefined,
): void {
  const { request } = transaction;
  switch (action.kind) {
    case 'reject':
      transaction.respond(buildResponse(request, action.status, action.reason));
      break;
    case 'redirect': {
      const response = buildResponse(request, 302, 'Moved Temporarily');
      for (const contact of action.contacts) response.append('contact', contact.includes('<') ? contact : `<${contact}>`);
      transaction.respond(response);
      break;
    }
    case 'proxy':
      if (proxy === undefined) transaction.respond(buildResponse(request, 500, 'Server Internal Error'));
      else proxy.start(transaction, action.options, { extra: nothingExtra(request), reply: silentReply });
  }
}

/** The outcome is not reported to any application. */
const silentReply = { request() {}, response() {}, proxied() {}, proxyDone() {}, nok() {} };

function nothingExtra({ method, requestUri }: SipMessage): { startLine: string; message: SipMessage } {
  return { startLine: `${method} ${requestUri} SIP/2.0`, message: new SipMessage({ method, requestUri }) };
}
