import { parseHeaderInteger, tagOf, tokens } from './headers.ts';
import { negotiateTimer } from './session-timer.ts';
import type { TimerNegotiation } from './session-timer.ts';
import type { SrfRequest, Responder } from './srf-types.ts';

/** An INVITE that may become a call; see `readInvite`. */
export type Invite = {
  readonly request: SrfRequest;
  readonly response: Responder;
  readonly timer: Exclude<TimerNegotiation, { kind: 'too-small' }>;
  readonly maxForwards: number;
};

export type InviteReading =
  | { readonly kind: 'invite'; readonly invite: Invite }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason?: string; readonly headers: Record<string, string> };

/** For an INVITE without Max-Forwards (RFC 3261 section 16.6 step 3). */
const defaultMaxForwards = 70;

/** The checks of RFC 3261 section 8.2 that do not depend on the caller. */
export function readInvite(
  request: SrfRequest,
  response: Responder,
  rules: { sessionSeconds: number; extensions: ReadonlySet<string> },
): InviteReading {
  const { headers } = request;
  const refuse = (status: number, extra: Record<string, string> = {}) => ({ kind: 'refuse', status, headers: extra }) as const;
  if (headers['contact'] === undefined) return { ...refuse(400), reason: 'Missing Contact Header' };
  if (tagOf(headers['from']) === undefined) return { ...refuse(400), reason: 'Missing From Tag' };
  const maxForwards = parseHeaderInteger(headers['max-forwards']) ?? defaultMaxForwards;
  if (maxForwards < 1) return refuse(483);
  const unknown = tokens(headers['require']).filter((tag) => !rules.extensions.has(tag));
  if (unknown.length > 0) return refuse(420, { Unsupported: unknown.join(', ') });
  const hasBody = (request.body ?? '') !== '';
  if (hasBody && headers['content-encoding'] !== undefined) return refuse(415, { 'Accept-Encoding': 'identity' });
  const timer = negotiateTimer(headers, rules.sessionSeconds);
  if (timer.kind === 'too-small') return refuse(422, { 'Min-SE': String(timer.minSeconds) });
  return { kind: 'invite', invite: { request, response, timer, maxForwards: maxForwards - 1 } };
}
