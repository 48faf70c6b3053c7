// Owns the small character scanners that all SIP parsing is built from (RFC 3261 section 25).
// Called by the field, URI and message parsers only.
// Must stay true: each reads a character at most once, so that parsing is linear whatever a peer sends.

const tokenTable = table("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~");
const hostTable = table('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._');
const ipv6Table = table('0123456789abcdefABCDEF:.');

function table(characters: string): Uint8Array {
  const allowed = new Uint8Array(256);
  for (let index = 0; index < characters.length; index++) allowed[characters.charCodeAt(index)] = 1;
  return allowed;
}

function consistsOf(allowed: Uint8Array, text: string): boolean {
  if (text.length === 0) return false;
  for (let index = 0; index < text.length; index++) if (allowed[text.charCodeAt(index)] !== 1) return false;
  return true;
}

export function isToken(text: string): boolean {
  return consistsOf(tokenTable, text);
}

export function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** Without blanks at both ends. Not String.trim, which also strips U+00A0: in a binary string that is half of a UTF-8 letter. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The text with every character replaced that is not allowed in a tag. */
export function tokenOf(text: string): string {
  if (isToken(text)) return text;
  let token = '';
  for (let index = 0; index < text.length; index++) token += tokenTable[text.charCodeAt(index)] === 1 ? text[index] : '-';
  return token;
}

/** Decimal digits only, at most `max`; undefined for anything else. */
export function readNumber(text: string, max: number): number | undefined {
  if (text.length === 0) return undefined;
  let value = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
    if (value > max) return undefined;
  }
  return value;
}

export type HostPort = { readonly host: string; readonly port: number | undefined };

/** `host[:port]` with IPv6 in brackets; spaces around the colon are allowed (RFC 3261 section 25.1, COLON). */
export function readHostPort(text: string): HostPort | undefined {
  const hostEnd = text.charCodeAt(0) === 91 ? text.indexOf(']') + 1 : firstOf(text, ':', 0);
  if (hostEnd === 0) return undefined;
  const host = trimBlanks(text.slice(0, hostEnd));
  if (!isHost(host)) return undefined;
  const rest = trimBlanks(text.slice(hostEnd));
  if (rest === '') return { host, port: undefined };
  if (rest.charCodeAt(0) !== 58) return undefined;
  const port = readNumber(trimBlanks(rest.slice(1)), 65_535);
  return port === undefined ? undefined : { host, port };
}

function isHost(host: string): boolean {
  if (host.charCodeAt(0) !== 91) return consistsOf(hostTable, host);
  return host.length >= 4 && host.includes(':') && consistsOf(ipv6Table, host.slice(1, -1));
}

/** The index of the first `wanted` from `start`, or the length of the text. */
export function firstOf(text: string, wanted: string, start: number): number {
  const index = text.indexOf(wanted, start);
  return index === -1 ? text.length : index;
}

/** The index just after the quoted string that opens at `start`; -1 when it never closes. */
export function quotedEnd(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 92) index++;
    else if (code === 34) return index + 1;
  }
  return -1;
}
