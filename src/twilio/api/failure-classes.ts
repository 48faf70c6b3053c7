import { parseJson } from '#base/json.ts';
import type { TwilioFailure } from './result.ts';

/** An HTTP response. */
export type HttpResponse = {
  readonly status: number;
  readonly body: string;
  /** The raw header: seconds, or an HTTP date. */
  readonly retryAfter: string | undefined;
  readonly now: number;
};

/**
 * The failure class of a response; undefined for a success. A success that cannot be parsed is ambiguous, like a 5xx: what was done is
 * unknown.
 */
export function classifyResponse({ status, body, retryAfter, now }: HttpResponse): TwilioFailure | undefined {
  const error = readError(body);
  const failure = {
    status,
    code: error?.code,
    message: error?.message ?? `Twilio answered with status ${status}`,
    // RFC 9110 section 10.2.3 and RFC 6585 section 4: with other statuses it does not say when the service is back.
    retryAfterSeconds: status === 429 || status === 503 ? readRetryAfter(retryAfter, now) : undefined,
  };
  if (status === 429) return { ...failure, kind: 'limited' };
  if (status >= 400 && status < 500) {
    // Twilio itself does not answer 408; a proxy that does may have passed the request on.
    return { ...failure, kind: status === 408 ? 'ambiguous' : 'refused' };
  }
  if (status >= 200 && status < 300)
    return isReadable(status, body) ? undefined : { ...failure, kind: 'ambiguous', message: unreadable };
  return { ...failure, kind: 'ambiguous' };
}

const unreadable = 'Twilio’s response cannot be parsed';

function isReadable(status: number, body: string): boolean {
  if (status === 204) return true;
  return typeof parseJson(body) === 'object';
}

/** Errors that occur before the first byte of a request is sent. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Codes of OpenSSL and Node for a certificate that is not trusted. */
const certificatePattern = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/;

/** Whether the request can have reached Twilio, by the error that ended it. */
export function classifyNetworkError(error: unknown): TwilioFailure {
  const { code, syscall } = innermost(error);
  const failure = { status: undefined, code: undefined, retryAfterSeconds: undefined };
  if (code !== undefined && certificatePattern.test(code)) {
    return { ...failure, kind: 'unreachable', message: `The server that answers for Twilio has no valid certificate (${code})` };
  }
  if (code !== undefined && (beforeSending.has(code) || (code === 'ETIMEDOUT' && syscall === 'connect'))) {
    return { ...failure, kind: 'unreachable', message: `Twilio cannot be reached (${code})` };
  }
  return { ...failure, kind: 'ambiguous', message: `Twilio did not answer (${code ?? 'timeout'})` };
}

type SystemError = { readonly code: string | undefined; readonly syscall: string | undefined };

/** fetch wraps the error of the socket in a cause, and several tried addresses in an AggregateError. */
function innermost(error: unknown): SystemError {
  let found: SystemError = { code: undefined, syscall: undefined };
  let next = error;
  for (let depth = 0; depth < 5 && next instanceof Error; depth += 1) {
    const { code, syscall } = next as NodeJS.ErrnoException;
    if (typeof code === 'string') found = { code, syscall: syscall ?? (next instanceof AggregateError ? 'connect' : undefined) };
    next = next.cause;
  }
  return found;
}

function readError(body: string): { code: number | undefined; message: string | undefined } | undefined {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { code, message, title, detail } = parsed as Record<string, unknown>;
  const text = [message, detail, title].find((one) => typeof one === 'string' && one !== '');
  return { code: typeof code === 'number' ? code : undefined, message: typeof text === 'string' ? text : undefined };
}

function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  if (!Number.isFinite(seconds)) return undefined;
  return Math.min(maxRetryAfterSeconds, Math.max(minRetryAfterSeconds, seconds));
}

/** "At once", or a date that has passed, must not make the house send one request after another. */
const minRetryAfterSeconds = 1;
/** A longer pause is not believed. */
const maxRetryAfterSeconds = 3600;
