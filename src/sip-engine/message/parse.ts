import { headerName } from './header-names.ts';
import type { Limits } from '../runtime/limits.ts';
import { SipMessage } from './message.ts';
import { bad, endOfLine, hasControl, readHeaders, readStatusLine } from './message-head.ts';
import type { ParseError, StartLine } from './message-head.ts';
import { checkRequiredHeaders } from './required-headers.ts';
import { isToken, readNumber, trimBlanks } from './scan.ts';
import { parseUri, schemeOf } from './uri.ts';

// Owns the parsing of whole SIP messages from the network.
// Called by the transports for each datagram or framed message.
// Must stay true: linear time, never throws, and no header value that leaves here holds CR, LF or NUL.

export type ParseResult =
  | { readonly kind: 'message'; readonly message: SipMessage }
  /** `reason` names the header; `partial` is set when it has what a response needs. */
  | {
      readonly kind: 'malformed';
      readonly status: 400 | 413 | 505;
      readonly reason: string;
      readonly partial: SipMessage | undefined;
    }
  /** Keep-alives, anything that is not SIP, and malformed responses and ACKs, which must not be answered. */
  | { readonly kind: 'ignored' };

const ignored: ParseResult = { kind: 'ignored' };

/** Reads one datagram, or one message cut from a stream. */
export function parseMessage(bytes: Buffer, limits: Limits): ParseResult {
  let start = 0;
  // RFC 3261 section 7.5: empty lines before the start line are skipped.
  while (bytes[start] === 13 || bytes[start] === 10) start++;
  if (start === bytes.length) return ignored;
  const text = bytes.toString('latin1', start, start + limits.startLineBytes + limits.headersBytes + 2);
  const lineEnd = endOfLine(text, 0);
  const startLine = readStartLine(text.slice(0, lineEnd.end));
  if (!startLine) return ignored;
  const head = readHeaders({ text, from: lineEnd.next, nameOf: headerName }, startLine.message, limits);
  const { message } = head;
  const error = firstError([
    lineEnd.end > limits.startLineBytes ? bad('Request Line Too Long') : undefined,
    startLine.error,
    head.error,
    checkRequiredHeaders(message),
    takeBody(message, bytes.subarray(start + head.bodyStart), limits),
  ]);
  if (!error) return { kind: 'message', message };
  if (!message.isRequest || message.method === 'ACK') return ignored;
  return { kind: 'malformed', ...error, partial: message.topVia ? message : undefined };
}

function firstError(errors: readonly (ParseError | undefined)[]): ParseError | undefined {
  return errors.find((error) => error !== undefined);
}

/** The start line, with any blanks between its parts; undefined for what is not SIP at all. */
function readStartLine(line: string): StartLine | undefined {
  if (hasControl(line)) return undefined;
  if (line.startsWith('SIP/')) return readStatusLine(line);
  const trimmed = trimBlanks(line);
  const methodEnd = trimmed.indexOf(' ');
  const versionStart = trimmed.lastIndexOf(' ') + 1;
  const version = trimmed.slice(versionStart).toUpperCase();
  const method = trimmed.slice(0, Math.max(methodEnd, 0));
  if (versionStart <= methodEnd + 1 || !version.startsWith('SIP/') || !isToken(method)) return undefined;
  const requestUri = trimBlanks(trimmed.slice(methodEnd, versionStart));
  const message = new SipMessage({ method, requestUri });
  if (version !== 'SIP/2.0') return { message, error: { status: 505, reason: 'Version Not Supported' } };
  return { message, error: isRequestUri(requestUri) ? undefined : bad('Bad Request-URI') };
}

function isRequestUri(text: string): boolean {
  const scheme = schemeOf(text);
  if (scheme === undefined || text.includes(' ')) return false;
  return scheme === 'sip' || scheme === 'sips' || scheme === 'tel' ? parseUri(text) !== undefined : true;
}

/** The body as long as Content-Length; without one, the rest. A longer Content-Length is an error (RFC 3261 section 18.3). */
function takeBody(message: SipMessage, rest: Buffer, limits: Limits): ParseError | undefined {
  const declared = message.get('content-length');
  const length = declared === undefined ? rest.length : readNumber(declared, Number.MAX_SAFE_INTEGER);
  if (length === undefined || length > rest.length) return bad('Bad Content-Length Header');
  if (length > limits.bodyBytes) return { status: 413, reason: 'Request Entity Too Large' };
  // A copy, so that a kept body does not keep the whole chunk of the socket alive.
  if (length > 0) rest.copy((message.body = Buffer.allocUnsafeSlow(length)), 0, 0, length);
  return undefined;
}
