/** Parameters, names in lower case; null for one without a value. Values are unquoted. */
export type HeaderParams = Map<string, string | null>;

export type NameAddr = { readonly name: string; readonly uri: string; readonly params: HeaderParams };

export type SipUri = {
  readonly scheme: string;
  /** Percent-decoded; empty where there is none. */
  readonly user: string;
  /** The user with its global `;phone-context=+…`, where it has one; a domain as context is left out (RFC 3966 section 5.1.5). */
  readonly number: string;
  /** Lower case; IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: HeaderParams;
  /** The part after `?`, still percent-encoded. */
  readonly headers: string;
};

/** Splits a comma-separated list; commas in quotes and angle brackets do not separate. Linear. */
export function splitList(text: string): string[] {
  return splitAt(text, ',').filter((item) => item !== '');
}

/** `"Name" <uri>;params`, `<uri>`, or `uri;params`, where the params belong to the header (RFC 3261 section 20.10). */
export function parseNameAddr(text: string): NameAddr | undefined {
  const open = indexOutsideQuotes(text, '<');
  if (open === -1) {
    const [uri = '', ...params] = splitAt(text, ';');
    return uri === '' ? undefined : { name: '', uri, params: toParams(params) };
  }
  const close = text.indexOf('>', open);
  if (close === -1) return undefined;
  const uri = text.slice(open + 1, close).trim();
  if (uri === '') return undefined;
  return { name: unquote(text.slice(0, open).trim()), uri, params: toParams(splitAt(text.slice(close + 1), ';')) };
}

/** A `sip:` or `sips:` URI; `tel:` gives its number as the user. */
export function parseUri(text: string): SipUri | undefined {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon).toLowerCase();
  if (colon === -1 || (scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel')) return undefined;
  const question = text.indexOf('?', colon);
  const headers = question === -1 ? '' : text.slice(question + 1);
  const main = text.slice(colon + 1, question === -1 ? undefined : question);
  if (scheme === 'tel') {
    const user = userIn(main);
    if (user === '') return undefined;
    return {
      scheme,
      user,
      number: numberIn(main),
      host: '',
      port: undefined,
      params: toParams(main.split(';').slice(1)),
      headers,
    };
  }
  const at = main.lastIndexOf('@');
  const userPart = at === -1 ? '' : main.slice(0, at);
  const [hostPort = '', ...params] = main.slice(at + 1).split(';');
  const host = /^(\[[0-9a-f:.]+\]|[^\s:[\]@<>"]+)(?::(\d{1,5}))?$/i.exec(hostPort);
  if (host === null) return undefined;
  return {
    scheme,
    user: userIn(userPart),
    number: numberIn(userPart),
    host: (host[1] ?? '').toLowerCase(),
    headers,
    port: host[2] === undefined ? undefined : Number(host[2]),
    params: toParams(params),
  };
}

function userIn(userPart: string): string {
  return decodeEscapes(userPart.split(/[:;]/, 1)[0] ?? '');
}

function numberIn(userPart: string): string {
  const [context = ''] = /;phone-context=(?:\+|%2B)[^;:]+/i.exec(userPart) ?? [];
  return userIn(userPart) + decodeEscapes(context);
}

/** The tag of a From or To header. */
export function tagOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (parseNameAddr(text)?.params.get('tag') ?? undefined);
}

/** The user a From, To or URI header names. */
export function userOf(text: string | undefined): string {
  const uri = text === undefined ? undefined : parseNameAddr(text)?.uri;
  return uri === undefined ? '' : (parseUri(uri)?.user ?? '');
}

/** `Replaces: call-id;to-tag=…;from-tag=…;early-only` (RFC 3891 section 6.1). */
export type Replaces = {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly isEarlyOnly: boolean;
};

export function parseReplaces(text: string): Replaces | undefined {
  const [callId = '', ...rest] = splitAt(text, ';');
  const params = toParams(rest);
  const toTag = params.get('to-tag');
  const fromTag = params.get('from-tag');
  if (callId === '' || !toTag || !fromTag) return undefined;
  return { callId, toTag, fromTag, isEarlyOnly: params.has('early-only') };
}

/** A header of a URI such as `sip:20@host?Replaces=…`, decoded. */
export function uriHeader(uri: SipUri, name: string): string | undefined {
  for (const part of uri.headers.split('&')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).toLowerCase() === name) return decodeEscapes(part.slice(equals + 1));
  }
  return undefined;
}

/** `"Name" <uri>`; control characters are replaced and quotes escaped, so that the name cannot break the header. */
export function formatNameAddr(name: string, uri: string): string {
  const shown = name
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .replaceAll(/["\\]/g, '\\$&');
  return shown === '' ? `<${uri}>` : `"${shown}" <${uri}>`;
}

const plainInUser = /[A-Za-z0-9\-_.!~*'()&=+$,;?/]/;

/** The user part of a URI, percent-encoded where needed (RFC 3261 section 25.1). */
export function escapeUser(user: string): string {
  let escaped = '';
  for (const character of user) escaped += plainInUser.test(character) ? character : encodeURIComponent(character);
  return escaped;
}

/** The integer in a header such as Expires; undefined where there is none. */
export function parseHeaderInteger(text: string | undefined): number | undefined {
  const match = /^\s*(\d{1,10})/.exec(text ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** Option tags in lower case. */
export function tokens(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '');
}

function toParams(parts: readonly string[]): HeaderParams {
  const params: HeaderParams = new Map();
  for (const part of parts) {
    const text = part.trim();
    if (text === '') continue;
    const equals = text.indexOf('=');
    if (equals === -1) params.set(text.toLowerCase(), null);
    else params.set(text.slice(0, equals).trim().toLowerCase(), unquote(text.slice(equals + 1).trim()));
  }
  return params;
}

function splitAt(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isQuoted) {
      if (character === '\\') index += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === '<') depth += 1;
    else if (character === '>') depth = Math.max(0, depth - 1);
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

function indexOutsideQuotes(text: string, wanted: string): number {
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isQuoted && character === '\\') index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === wanted) return index;
  }
  return -1;
}

function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

function decodeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
