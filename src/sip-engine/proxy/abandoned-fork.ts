import { parseNameAddr } from '../message/fields.ts';
import { SipMessage } from '../message/message.ts';
import type { Transactions } from '../transaction/transaction.ts';
import type { Flow } from '../transport/transport.ts';

/**
 * Ends a call that a target answered after its fork was given up: ACK, and a BYE the first time (RFC 3261 section 13.2.2.4). `recorded`: how
 * many Record-Route values the request had when we sent it; only those above them in the 2xx lie between the target and us.
 */
export function endAbandonedFork(
  response: SipMessage,
  { flow, request, isFirst }: { readonly flow: Flow; readonly request: SipMessage; readonly isFirst: boolean },
  transactions: Transactions,
): void {
  const recorded = request.getAll('record-route').length;
  const routes = response.getAll('record-route');
  const between = routes.slice(0, Math.max(routes.length - recorded, 0)).toReversed();
  const send = (method: 'ACK' | 'BYE') => {
    const message = inDialog(method, response, request);
    for (const route of between) message.append('route', route);
    const nextHop = parseNameAddr(between[0] ?? '')?.uri ?? message.requestUri;
    // The target is reached by the connection that its answer came by, whatever its Contact says.
    return { message, nextHop, flow: between.length === 0 && flow.isOpen ? flow : undefined };
  };
  transactions.sendStateless(send('ACK'));
  if (isFirst) transactions.request({ ...send('BYE'), onSent() {}, onResponse() {} });
}

function inDialog(method: 'ACK' | 'BYE', response: SipMessage, request: SipMessage): SipMessage {
  const target = parseNameAddr(response.get('contact') ?? '')?.uri ?? request.requestUri;
  const message = new SipMessage({ method, requestUri: target });
  const number = response.cseq?.number ?? 1;
  message.append('max-forwards', '70');
  for (const key of ['from', 'to', 'call-id']) message.append(key, response.get(key) ?? '');
  message.append('cseq', `${method === 'ACK' ? number : number + 1} ${method}`);
  return message;
}
