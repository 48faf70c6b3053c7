import { splitList } from './fields.ts';
import type { HeaderName } from './header-names.ts';
import type { Limits } from '../runtime/limits.ts';
import { SipMessage } from './message.ts';
import { isSpace, isToken, readNumber, trimBlanks } from './scan.ts';

// Owns the lines of a message: where they end, status lines, header lines with their folds.
// Called by the parsers of messages from the network and from the application.
// Must stay true: linear time, and no header value that leaves here without an error holds CR, LF or NUL.

export type ParseError = { readonly status: 400 | 413 | 505; readonly reason: string };
export type StartLine = { readonly message: SipMessage; readonly error: ParseError | undefined };

type Head = { readonly message: SipMessage; readonly bodyStart: number; readonly error: ParseError | undefined };
type NameOf = (spelling: string) => HeaderName;
type HeaderText = { readonly text: string; readonly from: number; readonly nameOf: NameOf };
type LineEnd = { readonly end: number; readonly next: number };

const oneValueALine = new Set(['via', 'route', 'record-route']);

export function bad(reason: string): ParseError {
  return { status: 400, reason };
}

/** A line ends with CRLF; a bare LF is tolerated. */
export function endOfLine(text: string, start: number): LineEnd {
  const feed = text.indexOf('\n', start);
  if (feed === -1) return { end: text.length, next: text.length };
  return { end: feed > start && text.charCodeAt(feed - 1) === 13 ? feed - 1 : feed, next: feed + 1 };
}

/** RFC 3261 section 7.2; undefined when malformed. */
export function readStatusLine(line: string): StartLine | undefined {
  const code = line.slice(8, 11);
  const status = readNumber(code, 699);
  const after = line.charCodeAt(11);
  if (!line.startsWith('SIP/2.0 ') || status === undefined || status < 100 || (line.length > 11 && after !== 32))
    return undefined;
  return { message: new SipMessage({ status, reason: trimBlanks(line.slice(12)) }), error: undefined };
}

/** Whether a start line contains a control character other than a tab. */
export function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code < 32 && code !== 9) || code === 127) return true;
  }
  return false;
}

/** Reads header lines up to the empty line. Lines that are no header are skipped; an invalid value is a violation. */
export function readHeaders({ text, from, nameOf }: HeaderText, message: SipMessage, limits: Limits): Head {
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
