import type { Log } from '#base/log.ts';
import type { RegisterDecision, RegisteredContact, RegisterRequest } from '#devices/register-request.ts';
import { respond, respondWithLines } from '#sip/message/respond.ts';
import { parseHeaderInteger, parseNameAddr, splitList, tokens } from '#sip/message/headers.ts';
import { isPathTrusted, sourceOf } from '#sip/message/source.ts';
import type { IsEdgeProxy } from '#sip/message/source.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';

type RegisterDeps = {
  readonly registrar: RegisterHandler;
  readonly log: Log;
  readonly isEdgeProxy: IsEdgeProxy;
};

export type RegisterHandler = { register(request: RegisterRequest): Promise<RegisterDecision> };

/** More contacts in one REGISTER than a phone ever has. */
const maxContacts = 32;

/** Reads a REGISTER, lets the registrar decide, and responds once the registration is stored. */
export function handleRegister(deps: RegisterDeps, request: SrfRequest, response: Responder): void {
  const { registrar, log, isEdgeProxy } = deps;
  const read = readRegister(request, isEdgeProxy);
  if (typeof read === 'string') {
    respond(response, 400, { reason: `Bad ${read} Header` });
    return;
  }
  registrar.register(read).then(
    (decision) => respondToRegister(decision, response),
    (error: unknown) => {
      log.error({ err: error }, 'REGISTER handling failed');
      respond(response, 500);
    },
  );
}

/** The request, or the name of the header that is missing or malformed. */
export function readRegister(
  request: SrfRequest,
  isEdgeProxy: IsEdgeProxy,
): RegisterRequest | 'To' | 'CSeq' | 'Call-ID' | 'Contact' {
  const { headers } = request;
  const source = sourceOf(request);
  const path = splitList(headers['path'] ?? '').flatMap((item) => parseNameAddr(item)?.uri ?? []);
  const isTrustedPath = isPathTrusted(path, source, isEdgeProxy);
  const to = parseNameAddr(headers['to'] ?? '');
  const cseq = parseHeaderInteger(headers['cseq']);
  const callId = headers['call-id'];
  if (to === undefined) return 'To';
  if (cseq === undefined) return 'CSeq';
  if (callId === undefined) return 'Call-ID';
  const contactText = (headers['contact'] ?? '').trim();
  const isWildcard = contactText === '*';
  const contacts = isWildcard ? [] : readContacts(contactText);
  if (contacts === undefined) return 'Contact';
  return {
    requestUri: request.uri,
    toUri: to.uri,
    callId,
    cseq,
    contacts,
    isWildcard,
    expires: parseHeaderInteger(headers['expires']),
    path: isTrustedPath ? path : [],
    untrustedPath: isTrustedPath ? [] : path,
    isByProxy: isEdgeProxy(source.address) || splitList(headers['via'] ?? '').length > 1,
    supported: tokens(headers['supported']),
    required: tokens(headers['require']),
    userAgent: headers['user-agent']?.slice(0, 200),
    authorization: headers['authorization'] ?? headers['proxy-authorization'],
    source,
  };
}

function readContacts(text: string): RegisterRequest['contacts'] | undefined {
  const items = splitList(text);
  if (items.length > maxContacts) return undefined;
  const contacts = items.map(parseNameAddr);
  if (!contacts.every((contact) => contact !== undefined && /^sips?:/i.test(contact.uri))) return undefined;
  return contacts.flatMap((contact) => (contact === undefined ? [] : { uri: contact.uri, params: contact.params }));
}

function respondToRegister(decision: RegisterDecision, response: Responder): void {
  switch (decision.kind) {
    case 'registered':
      respond(response, 200, { headers: registeredHeaders(decision) });
      return;
    case 'challenge':
      respondWithLines(response, 401, { name: 'www-authenticate', values: decision.challenges });
      return;
    case 'rejected':
      respond(response, decision.status, { reason: decision.reason, headers: { ...decision.headers } });
      return;
    case 'slow-down':
      respond(response, 503, { headers: { 'Retry-After': String(decision.retryAfterSeconds) } });
  }
}

function registeredHeaders(decision: Extract<RegisterDecision, { kind: 'registered' }>): Record<string, string> {
  const headers: Record<string, string> = {};
  if (decision.contacts.length > 0) headers['Contact'] = decision.contacts.map(formatContact).join(', ');
  if (decision.path.length > 0) headers['Path'] = decision.path.map((uri) => `<${uri}>`).join(', ');
  if (decision.isOutbound) headers['Require'] = 'outbound';
  return headers;
}

const token = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

function formatContact({ uri, expiresSeconds, q, params }: RegisteredContact): string {
  let text = `<${uri}>;expires=${expiresSeconds}`;
  if (q < 1) text += `;q=${q}`;
  for (const [name, value] of params) {
    if (value === null) text += `;${name}`;
    else text += `;${name}=${token.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`}`;
  }
  return text;
}
