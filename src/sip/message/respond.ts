import { forwardableStatus, reasonPhrase } from './sip-status.ts';
import type { Responder, SendOptions, SrfMessage } from './srf-types.ts';

export type RespondOptions = SendOptions & {
  /** A more specific reason phrase. */
  readonly reason?: string;
  /** Gets the response as sent, or the engine's error. */
  readonly done?: (error: unknown, sent?: SrfMessage) => void;
};

/** Without Retry-After some clients never retry after a 503, and others at once (RFC 3261 section 21.5.4). */
const retryAfter: Readonly<Record<number, Record<string, string>>> = { 503: { 'Retry-After': '5' } };

/** Sends a response. Never throws: an error of drachtio-srf goes to `done`, where given. */
export function respond(response: Responder, status: number, { done, reason, ...options }: RespondOptions = {}): void {
  const known = forwardableStatus(status);
  try {
    const headers = { ...retryAfter[known], ...options.headers };
    response.send(known, reason ?? reasonPhrase(known) ?? 'Unknown', { ...options, headers }, done);
  } catch (error) {
    done?.(error);
  }
}

/**
 * Sends a response with one header line per value, as challenges need: many phones do not understand a comma-separated list of them.
 * drachtio-srf joins headers given to `send`, but writes those of the message as they are: one line for each spelling of the name.
 */
export function respondWithLines(
  response: Responder,
  status: number,
  lines: { readonly name: string; readonly values: readonly string[] },
): void {
  for (const [index, value] of lines.values.entries()) response.msg.headers[spelling(lines.name, index)] = value;
  respond(response, status);
}

/** The nth spelling of a header name; names compare without regard to case (RFC 3261 section 7.3.1). */
function spelling(name: string, index: number): string {
  const letters = name.toLowerCase().split('');
  for (let bit = 0, rest = index; rest > 0 && bit < letters.length; bit += 1, rest >>= 1) {
    if ((rest & 1) === 1) letters[bit] = letters[bit]?.toUpperCase() ?? '';
  }
  return letters.join('');
}
