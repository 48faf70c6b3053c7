import { parseVia, splitList } from './fields.ts';
import { applicationHeaderName, headerName } from './header-names.ts';
import type { HeaderName } from './header-names.ts';
import type { Limits } from '../runtime/limits.ts';
import { SipMessage } from './message.ts';
import { isSpace, isToken, readNumber, trimBlanks } from './scan.ts';
import { parseUri, schemeOf } from './uri.ts';

// Owns the reading of whole SIP messages, from the network and from the application.
// Called by the transports (each datagram or framed message) and by the control protocol.
// Must stay true: linear time, never throws, and no header value that leaves here holds CR, LF or NUL.

export type ParseResult =
  | { readonly kind: 'message'; readonly message: SipMessage }
  /** `reason` names the header; `partial` is there when it has what an answer needs. */
  | {
      readonly kind: 'malformed';
      readonly status: 400 | 413 | 505;
      readonly reason: string;
      readonly partial: SipMessage | undefined;
    }
  /** Keep-alives, what is not SIP, and broken responses and ACKs, which nobody may answer. */
  | { readonly kind: 'ignored' };

export type AppParseResult =
  | { readonly kind: 'message'; readonly startLine: string; readonly message: SipMessage }
  | { readonly kind: 'refused'; readonly reason: 'invalid header' | 'message too large' | 'Invalid message format' };

type ParseError = { readonly status: 400 | 413 | 505; readonly reason: string };
type Head = { readonly message: SipMessage; readonly bodyStart: number; readonly error: ParseError | undefined };
type NameOf = (spelling: string) => HeaderName;
type HeaderText = { readonly text: string; readonly from: number; readonly nameOf: NameOf };

const ignored: ParseResult = { kind: 'ignored' };
const singletons = new Map(['to', 'from', 'call-id', 'cseq', 'content-length'].map((key, index) => [key, 1 << index]));
const oneValueALine = new Set(['via', 'route', 'record-route']);

/** Reads one datagram, or one message cut from a stream. */
export function parseMessage(bytes: Buffer, limits: Limits): ParseResult {
  let start = 0;
  // RFC 3261 section 7.5: empty lines before the start line are passed over.
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
    checkHeaders(message),
    takeBody(message, bytes.subarray(start + head.bodyStart), limits),
  ]);
  if (!error) return { kind: 'message', message };
  if (!message.isRequest || message.method === 'ACK') return ignored;
  return { kind: 'malformed', ...error, partial: message.topVia ? message : undefined };
}

function firstError(errors: readonly (ParseError | undefined)[]): ParseError | undefined {
  return errors.find((error) => error !== undefined);
}

function bad(reason: string): ParseError {
  return { status: 400, reason };
}

type LineEnd = { readonly end: number; readonly next: number };

/** A line ends with CRLF, or with a bare LF from a sloppy peer. */
function endOfLine(text: string, start: number): LineEnd {
  const feed = text.indexOf('\n', start);
  if (feed === -1) return { end: text.length, next: text.length };
  return { end: feed > start && text.charCodeAt(feed - 1) === 13 ? feed - 1 : feed, next: feed + 1 };
}

type StartLine = { readonly message: SipMessage; readonly error: ParseError | undefined };

/** The start line, with blanks between its parts taken as they come; undefined for what is not SIP at all. */
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

function readStatusLine(line: string): StartLine | undefined {
  const code = line.slice(8, 11);
  const status = readNumber(code, 699);
  const after = line.charCodeAt(11);
  if (!line.startsWith('SIP/2.0 ') || status === undefined || status < 100 || (line.length > 11 && after !== 32))
    return undefined;
  return { message: new SipMessage({ status, reason: trimBlanks(line.slice(12)) }), error: undefined };
}

function isRequestUri(text: string): boolean {
  const scheme = schemeOf(text);
  if (scheme === undefined || text.includes(' ')) return false;
  return scheme === 'sip' || scheme === 'sips' || scheme === 'tel' ? parseUri(text) !== undefined : true;
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code < 32 && code !== 9) || code === 127) return true;
  }
  return false;
}

/** Reads header lines up to the empty line. Lines that are no header are passed over; a broken value is a breach. */
function readHeaders({ text, from, nameOf }: HeaderText, message: SipMessage, limits: Limits): Head {
  let error: ParseError | undefined;
  let next = from;
  let vias = 0;
  for (;;) {
    if (next >= text.length) return { message, bodyStart: next, error: error ?? tooLong(next - from, limits) };
    let line = endOfLine(text, next);
    if (line.end === next) return { message, bodyStart: line.next, error: error ?? tooLong(line.next - from, limits) };
    const start = next;
    let folds = 0;
    while (isSpace(text.charCodeAt(line.next)) && line.next < text.length) {
      line = endOfLine(text, line.next);
      folds++;
    }
    next = line.next;
    const field = readField(text.slice(start, line.end), folds > 0, nameOf);
    if (!field) continue;
    error ??= checkField(field.name.name, field.value, line.end - start > limits.headerLineBytes);
    vias += addField(message, field);
    if (message.headers.length > limits.headerCount)
      return { message, bodyStart: next, error: error ?? bad('Too Many Header Fields') };
    if (vias > limits.viaCount) return { message, bodyStart: next, error: error ?? bad('Too Many Via Headers') };
  }
}

function tooLong(length: number, limits: Limits): ParseError | undefined {
  return length > limits.headersBytes ? { status: 413, reason: 'Header Fields Too Large' } : undefined;
}

type Field = { readonly name: HeaderName; readonly value: string };

function readField(line: string, isFolded: boolean, nameOf: NameOf): Field | undefined {
  const colon = line.indexOf(':');
  if (colon <= 0) return undefined;
  const lastOfName = line.charCodeAt(colon - 1);
  const spelling = isSpace(lastOfName) ? trimBlanks(line.slice(0, colon)) : line.slice(0, colon);
  const name = nameOf(spelling);
  if (!isToken(name.key)) return undefined;
  const raw = line.slice(colon + 1);
  return { name, value: trimBlanks(isFolded ? unfold(raw) : raw) };
}

function unfold(text: string): string {
  return text
    .split('\n')
    .map((part) => trimBlanks(part.endsWith('\r') ? part.slice(0, -1) : part))
    .join(' ');
}

function checkField(name: string, value: string, isTooLong: boolean): ParseError | undefined {
  if (isTooLong) return bad(`${name} Header Too Long`);
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code === 13 || code === 10 || code === 0) return bad(`Bad ${name} Header`);
  }
  return undefined;
}

/** Adds the field, and returns how many Via values it had. */
function addField(message: SipMessage, { name: { key, name }, value }: Field): number {
  if (!oneValueALine.has(key) || !value.includes(',')) {
    message.headers.push({ key, name, value });
    return key === 'via' ? 1 : 0;
  }
  const values = splitList(value);
  for (const one of values) message.headers.push({ key, name, value: one });
  return key === 'via' ? values.length : 0;
}

/** What RFC 3261 section 8.1.1 wants in every message, but for Max-Forwards, which old peers leave out. */
function checkHeaders(message: SipMessage): ParseError | undefined {
  return checkVias(message) ?? checkSingletons(message) ?? checkAddresses(message) ?? checkCallId(message) ?? checkCSeq(message);
}

function checkVias(message: SipMessage): ParseError | undefined {
  const top = message.get('via');
  if (top === undefined) return bad('Missing Via Header');
  if (!message.topVia) return bad('Bad Via Header');
  for (const { key, value } of message.headers) {
    if (key === 'via' && value !== top && !parseVia(value)) return bad('Bad Via Header');
  }
  return undefined;
}

function checkSingletons(message: SipMessage): ParseError | undefined {
  let seen = 0;
  for (const { key, name } of message.headers) {
    const bit = singletons.get(key);
    if (bit === undefined) continue;
    if ((seen & bit) !== 0) return bad(`Duplicate ${name} Header`);
    seen |= bit;
  }
  return undefined;
}

function checkAddresses(message: SipMessage): ParseError | undefined {
  const from = message.get('from');
  const to = message.get('to');
  if (from === undefined) return bad('Missing From Header');
  if (to === undefined) return bad('Missing To Header');
  if (!message.from) return bad('Bad From Header');
  if (!message.to) return bad('Bad To Header');
  // RFC 3261 section 8.1.1.3; without it two calls of one peer could not be told apart.
  return message.method === 'INVITE' && !message.fromTag ? bad('Missing From Tag') : undefined;
}

function checkCallId(message: SipMessage): ParseError | undefined {
  const callId = message.get('call-id');
  if (callId === undefined) return bad('Missing Call-ID Header');
  return callId === '' || callId.includes(' ') || callId.includes('\t') ? bad('Bad Call-ID Header') : undefined;
}

function checkCSeq(message: SipMessage): ParseError | undefined {
  if (!message.has('cseq')) return bad('Missing CSeq Header');
  const cseq = message.cseq;
  if (!cseq || cseq.number >= 0x8000_0000) return bad('Bad CSeq Header');
  return message.isRequest && cseq.method !== message.method ? bad('CSeq Method Mismatch') : undefined;
}

/** The body is what Content-Length says; without one, the rest. More than there is cannot be right (RFC 3261 section 18.3). */
function takeBody(message: SipMessage, rest: Buffer, limits: Limits): ParseError | undefined {
  const declared = message.get('content-length');
  const length = declared === undefined ? rest.length : readNumber(declared, Number.MAX_SAFE_INTEGER);
  if (length === undefined || length > rest.length) return bad('Bad Content-Length Header');
  if (length > limits.bodyBytes) return { status: 413, reason: 'Request Entity Too Large' };
  // A copy, so that a kept body does not keep the whole chunk of the socket alive.
  if (length > 0) rest.copy((message.body = Buffer.allocUnsafeSlow(length)), 0, 0, length);
  return undefined;
}

/**
 * Reads a message from the application: a binary string. The body is all after the first empty line, whatever Content-Length says. Lines
 * that are no header vanish; the start line is only split, so that the user agent core can say what is wrong with it. Header names of
 * `preserved` keep their spelling.
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
    // Not out of Node's pool: a kept body would keep 64 kB of it alive.
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

/** CR or LF that is not part of a CRLF: it would begin a header of its own on a careless peer. */
function hasLooseBreak(text: string): boolean {
  for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) {
    if (text.charCodeAt(feed - 1) !== 13) return true;
  }
  for (let back = text.indexOf('\r'); back !== -1; back = text.indexOf('\r', back + 1)) {
    if (text.charCodeAt(back + 1) !== 10) return true;
  }
  return text.includes('\0');
}
