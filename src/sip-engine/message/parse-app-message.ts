import { applicationHeaderName } from './header-names.ts';
import type { Limits } from '../runtime/limits.ts';
import { SipMessage } from './message.ts';
import { endOfLine, hasControl, readHeaders, readStatusLine } from './message-head.ts';
import { trimBlanks } from './scan.ts';

export type AppParseResult =
  | { readonly kind: 'message'; readonly startLine: string; readonly message: SipMessage }
  | { readonly kind: 'refused'; readonly reason: 'invalid header' | 'message too large' | 'Invalid message format' };

/**
 * Parses a message from the application, a binary string. The body is everything after the first empty line, whatever Content-Length says.
 * Lines that are no header are dropped; the start line is only split, so that the user agent core can report what is wrong with it. Header
 * names in `preserved` keep their spelling.
 */
export function parseAppMessage(text: string, limits: Limits, preserved?: ReadonlySet<string>): AppParseResult {
  const { end, next } = endOfLine(text, 0);
  const startLine = text.slice(0, end);
  if (end > limits.startLineBytes) return { kind: 'refused', reason: 'message too large' };
  if (hasControl(startLine)) return { kind: 'refused', reason: 'invalid header' };
  const message = readAppStartLine(trimBlanks(startLine));
  if (!message) return { kind: 'refused', reason: 'Invalid message format' };
  const headEnd = text.indexOf('\r\n\r\n', end);
  const bodyStart = headEnd === -1 ? text.length : headEnd + 4;
  const headers = text.slice(next, headEnd === -1 ? text.length : Math.max(headEnd + 2, next));
  if (headers.length > limits.headersBytes || text.length - bodyStart > limits.bodyBytes) {
    return { kind: 'refused', reason: 'message too large' };
  }
  if (hasLooseBreak(headers)) return { kind: 'refused', reason: 'invalid header' };
  const head = readHeaders(
    { text: headers, from: 0, nameOf: (spelling) => applicationHeaderName(spelling, preserved) },
    message,
    limits,
  );
  if (head.error)
    return { kind: 'refused', reason: head.error.reason.startsWith('Bad') ? 'invalid header' : 'message too large' };
  message.remove('content-length');
  if (bodyStart < text.length) {
    // Not from Node's pool: a kept body would keep 64 kB of it alive.
    message.body = Buffer.allocUnsafeSlow(text.length - bodyStart);
    message.body.write(text.slice(bodyStart), 'latin1');
  }
  return { kind: 'message', startLine, message };
}

function readAppStartLine(line: string): SipMessage | undefined {
  if (line.startsWith('SIP/')) return readStatusLine(line)?.message;
  const methodEnd = line.indexOf(' ');
  if (methodEnd === -1) return undefined;
  const rest = trimBlanks(line.slice(methodEnd + 1));
  const requestUri = rest.toUpperCase().endsWith(' SIP/2.0') ? trimBlanks(rest.slice(0, -8)) : rest;
  return new SipMessage({ method: line.slice(0, methodEnd), requestUri });
}

/** CR or LF that is not part of a CRLF: a lenient peer would take it for the start of a new header. */
function hasLooseBreak(text: string): boolean {
  for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) {
    if (text.charCodeAt(feed - 1) !== 13) return true;
  }
  for (let back = text.indexOf('\r'); back !== -1; back = text.indexOf('\r', back + 1)) {
    if (text.charCodeAt(back + 1) !== 10) return true;
  }
  return text.includes('\0');
}
