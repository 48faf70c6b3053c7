import { firstOf, isSpace, isToken, quotedEnd, readHostPort, readNumber, tokenOf, trimBlanks } from './scan.ts';

// Owns reading and writing of the structured header fields: name-addr, Via, CSeq, RAck, parameters, comma lists.
// Called throughout the engine.
// Must stay true: every function is pure and linear, and returns undefined for what it cannot read; none throws.

/** Parameters after a semicolon: name in lower case → value (a quoted one keeps its quotes), null for a flag. */
export type Params = Map<string, string | null>;

export type NameAddr = {
  /** Without quotes and escapes. */
  readonly displayName: string;
  /** The URI text without angle brackets. */
  readonly uri: string;
  readonly params: Params;
};

export type CSeq = { readonly number: number; readonly method: string };

export type RAck = { readonly rseq: number; readonly cseq: number; readonly method: string };

export type Via = {
  /** Upper case: UDP, TCP, TLS, WS, WSS. */
  readonly transport: string;
  /** IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
};

type ReadonlyParams = ReadonlyMap<string, string | null>;
/** As a message returns them: shared by all readers, so they must not be changed. */
export type ReadonlyNameAddr = Omit<NameAddr, 'params'> & { readonly params: ReadonlyParams };
export type ReadonlyVia = Omit<Via, 'params'> & { readonly params: ReadonlyParams };

const maxSequenceNumber = 0xffff_ffff;

/** Parameters from `start`, which is a semicolon, blank or the end. Empty ones (`;;`) are skipped; undefined for anything but parameters. */
export function parseParams(text: string, start = 0): Params | undefined {
  const params: Params = new Map();
  let index = start;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (isSpace(code)) {
      index++;
      continue;
    }
    if (code !== 59) return undefined;
    const end = paramEnd(text, index + 1);
    if (end === -1) return undefined;
    if (!readParam(text.slice(index + 1, end), params)) return undefined;
    index = end;
  }
  return params;
}

function paramEnd(text: string, start: number): number {
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 59) return index;
    if (code !== 34) continue;
    index = quotedEnd(text, index) - 1;
    if (index < 0) return -1;
  }
  return text.length;
}

function readParam(text: string, params: Params): boolean {
  const equals = text.indexOf('=');
  const name = trimBlanks(equals === -1 ? text : text.slice(0, equals)).toLowerCase();
  if (name === '') return equals === -1;
  if (!isToken(name)) return false;
  const value = equals === -1 ? null : trimBlanks(text.slice(equals + 1));
  if (value !== null && value.charCodeAt(0) === 34 && quotedEnd(value, 0) !== value.length) return false;
  // The first one counts: a later copy must not change a tag or a branch.
  if (!params.has(name)) params.set(name, value);
  return true;
}

export function formatParams(params: ReadonlyParams): string {
  let text = '';
  for (const [name, value] of params) text += value === null ? `;${name}` : `;${name}=${value}`;
  return text;
}

/**
 * A name-addr with its parameters, or the addr-spec form, whose parameters belong to the header (RFC 3261 section 20.10). An unquoted
 * display name may hold any characters; exactly one address is allowed.
 */
export function parseNameAddr(text: string): NameAddr | undefined {
  let index = 0;
  while (isSpace(text.charCodeAt(index))) index++;
  let displayName = '';
  if (text.charCodeAt(index) === 34) {
    const end = quotedEnd(text, index);
    if (end === -1) return undefined;
    displayName = unquote(text.slice(index, end));
    index = end;
    while (isSpace(text.charCodeAt(index))) index++;
    if (text.charCodeAt(index) !== 60) return undefined;
  }
  const open = text.indexOf('<', index);
  if (open === -1) return parseAddrSpec(text, index);
  if (open > index) {
    displayName = trimBlanks(text.slice(index, open));
    if (displayName.includes('"')) return undefined;
  }
  const close = text.indexOf('>', open);
  if (close === -1) return undefined;
  const uri = trimBlanks(text.slice(open + 1, close));
  const params = parseParams(text, close + 1);
  return params && isUriText(uri) ? { displayName, uri, params } : undefined;
}

function parseAddrSpec(text: string, start: number): NameAddr | undefined {
  const end = firstOf(text, ';', start);
  const uri = trimBlanks(text.slice(start, end));
  // RFC 3261 section 20: a URI with a comma or question mark must be in angle brackets.
  if (uri.includes(',') || uri.includes('?') || !isUriText(uri)) return undefined;
  const params = parseParams(text, end);
  return params && { displayName: '', uri, params };
}

function isUriText(uri: string): boolean {
  const colon = uri.indexOf(':');
  if (colon <= 0 || colon === uri.length - 1) return false;
  for (let index = 0; index < uri.length; index++) {
    const code = uri.charCodeAt(index);
    if (code <= 32 || code === 60 || code === 62 || code === 34 || code === 127) return false;
  }
  return isToken(uri.slice(0, colon));
}

export function formatNameAddr(address: ReadonlyNameAddr): string {
  const name = address.displayName === '' ? '' : `${quote(address.displayName)} `;
  return `${name}<${address.uri}>${formatParams(address.params)}`;
}

/** A quoted string of any text (RFC 3261 section 25.1). */
function quote(text: string): string {
  let quoted = '"';
  for (const character of text) quoted += character === '"' || character === '\\' ? `\\${character}` : character;
  return `${quoted}"`;
}

/** The text of a quoted string; anything else as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== 34 || text.length < 2) return text;
  const inner = text.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  let plain = '';
  for (let index = 0; index < inner.length; index++) plain += inner[index] === '\\' ? (inner[++index] ?? '') : inner[index];
  return plain;
}

/** Splits at commas outside quotes and angle brackets; empty elements are dropped. */
export function splitList(text: string): string[] {
  if (!text.includes(',')) {
    const only = trimBlanks(text);
    return only === '' ? [] : [only];
  }
  const values: string[] = [];
  let start = 0;
  let isInside = false;
  let mayQuote = true;
  for (let index = 0; index <= text.length; index++) {
    const code = index === text.length ? 44 : text.charCodeAt(index);
    if (code === 34 && !isInside && mayQuote) {
      const end = quotedEnd(text, index);
      // A quote that never closes is an ordinary character, and so are all after it.
      if (end === -1) mayQuote = false;
      else index = end - 1;
    } else if (code === 60) isInside = true;
    else if (code === 62) isInside = false;
    else if (code === 44 && (!isInside || index === text.length)) {
      const value = trimBlanks(text.slice(start, index));
      if (value !== '') values.push(value);
      start = index + 1;
    }
  }
  return values;
}

/** RFC 3261 section 20.16. */
export function parseCSeq(text: string): CSeq | undefined {
  const words = splitWords(text);
  const number = readNumber(words[0] ?? '', maxSequenceNumber);
  const method = words[1];
  return number === undefined || words.length !== 2 || !method || !isToken(method) ? undefined : { number, method };
}

/** RFC 3262 section 7.2: RSeq, CSeq number and method. */
export function parseRAck(text: string): RAck | undefined {
  const words = splitWords(text);
  const rseq = readNumber(words[0] ?? '', maxSequenceNumber);
  const cseq = readNumber(words[1] ?? '', maxSequenceNumber);
  const method = words[2];
  if (rseq === undefined || cseq === undefined || words.length !== 3 || !method || !isToken(method)) return undefined;
  return { rseq, cseq, method };
}

function splitWords(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let index = 0; index <= text.length; index++) {
    const isBreak = index === text.length || isSpace(text.charCodeAt(index));
    if (!isBreak && start === -1) start = index;
    if (isBreak && start !== -1) {
      words.push(text.slice(start, index));
      start = -1;
    }
  }
  return words;
}

/**
 * One Via value: `SIP/2.0/UDP host:port;params`; blanks around the slashes are allowed (RFC 3261 section 25.1, SLASH). Any version is accepted: it
 * must be readable to answer 505.
 */
export function parseVia(text: string): Via | undefined {
  const first = text.indexOf('/');
  const second = text.indexOf('/', first + 1);
  if (first === -1 || second === -1) return undefined;
  if (trimBlanks(text.slice(0, first)).toUpperCase() !== 'SIP' || !isToken(trimBlanks(text.slice(first + 1, second))))
    return undefined;
  let index = second + 1;
  while (isSpace(text.charCodeAt(index))) index++;
  const transportStart = index;
  while (index < text.length && !isSpace(text.charCodeAt(index))) index++;
  const transport = text.slice(transportStart, index).toUpperCase();
  if (!isToken(transport)) return undefined;
  const semicolon = firstOf(text, ';', index);
  const sentBy = readHostPort(trimBlanks(text.slice(index, semicolon)));
  const params = parseParams(text, semicolon);
  return sentBy && params && { transport, host: sentBy.host, port: sentBy.port, params };
}

export function formatVia(via: ReadonlyVia): string {
  const port = via.port === undefined ? '' : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${via.host}${port}${formatParams(via.params)}`;
}

/** The tag of a From or To value. */
export function tagOf(value: string): string | undefined {
  return parseNameAddr(value)?.params.get('tag') ?? undefined;
}

/** A From or To value with this tag in place of any other; the rest stays byte for byte. Characters not allowed in a tag are replaced. */
export function withTag(value: string, tag: string): string {
  return `${withoutTag(value)};tag=${tokenOf(tag)}`;
}

export function withoutTag(value: string): string {
  const start = paramsStart(value);
  let kept = trimBlanks(value.slice(0, start));
  let index = start;
  while (index < value.length) {
    const found = paramEnd(value, index + 1);
    const end = found === -1 ? value.length : found;
    const param = value.slice(index, end);
    const name = param
      .slice(1, firstOf(param, '=', 1))
      .trim()
      .toLowerCase();
    if (name !== 'tag' && name !== '') kept += trimBlanks(param);
    index = end;
  }
  return kept;
}

/** Where the parameters of a name-addr or addr-spec value begin. */
function paramsStart(value: string): number {
  const afterName = value.charCodeAt(0) === 34 ? Math.max(quotedEnd(value, 0), 0) : 0;
  const close = value.indexOf('>', afterName);
  return firstOf(value, ';', close === -1 ? afterName : close);
}
