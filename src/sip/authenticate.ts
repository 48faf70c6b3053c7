import type { AuthDecision, AuthRequest } from '#devices/authenticator.ts';
import type { Device } from '#devices/device.ts';
import { respond, respondWithLines } from '#sip/message/respond.ts';
import { userOf } from '#sip/message/headers.ts';
import type { SrfRequest, Responder } from '#sip/message/srf-types.ts';

export type Authenticate = (request: AuthRequest) => AuthDecision;

/**
 * The device that sent a request, authenticated by digest; otherwise sends the response itself and returns undefined. An
 * unauthenticated source gets the same challenge whatever it requests, so that it learns nothing.
 */
export function authenticateRequest(authenticate: Authenticate, request: SrfRequest, response: Responder): Device | undefined {
  const { headers, method, uri, source_address: source } = request;
  const decision = authenticate({
    method,
    requestUri: uri,
    authorization: headers['authorization'] ?? headers['proxy-authorization'],
    source,
    callId: headers['call-id'] ?? '',
    kind: 'www',
    user: userOf(headers['from']),
  });
  switch (decision.kind) {
    case 'accepted':
      return decision.device;
    case 'challenge':
      respondWithLines(response, 401, { name: 'www-authenticate', values: decision.challenges });
      return undefined;
    case 'slow-down':
      respond(response, 503, { headers: { 'Retry-After': String(decision.retryAfterSeconds) } });
      return undefined;
  }
}
