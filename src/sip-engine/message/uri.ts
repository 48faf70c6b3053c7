import { formatParams } from './fields.ts';
import type { Params } from './fields.ts';
import { firstOf, isToken, readHostPort } from './scan.ts';

/** A `sip:`, `sips:` or `tel:` URI (RFC 3261 section 19.1, RFC 3966). Everything is kept as written, escapes included. */
export type SipUri = {
  /** Lower case. */
  readonly scheme: string;
  /** Empty when there is none; the number of a `tel:` URI. */
  readonly user: string;
  readonly password: string;
  /** IPv6 in brackets; empty in a `tel:` URI. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
  /** What follows the question mark. */
  readonly headers: string;
};

/** The scheme in lower case, or undefined when the text is no URI at all. */
export function schemeOf(text: string): string | undefined {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  return isToken(scheme) && colon < text.length - 1 ? scheme : undefined;
}

/** Reads a `sip:`, `sips:` or `tel:` URI without angle brackets; undefined for other schemes and for what is malformed. */
export function parseUri(text: string): SipUri | undefined {
  const scheme = schemeOf(text);
  if (scheme === undefined || !isPrintable(text)) return undefined;
  const rest = text.slice(scheme.length + 1);
  if (scheme === 'tel') return parseTel(rest);
  return scheme === 'sip' || scheme === 'sips' ? parseSip(scheme, rest) : undefined;
}

function parseSip(scheme: string, rest: string): SipUri | undefined {
  // The user part may contain ; and ?, so the @ is searched first (RFC 3261 section 19.1.1).
  const at = rest.indexOf('@');
  const userinfo = at === -1 ? '' : rest.slice(0, at);
  if (at === 0) return undefined;
  const colon = firstOf(userinfo, ':', 0);
  const target = rest.slice(at + 1);
  const question = firstOf(target, '?', 0);
  const semicolon = Math.min(firstOf(target, ';', 0), question);
  const address = readHostPort(target.slice(0, semicolon));
  const params = parseUriParams(target.slice(semicolon, question));
  if (!address || !params) return undefined;
  return {
    scheme,
    user: userinfo.slice(0, colon),
    password: userinfo.slice(colon + 1),
    host: address.host,
    port: address.port,
    params,
    headers: target.slice(question + 1),
  };
}

function parseTel(rest: string): SipUri | undefined {
  const semicolon = firstOf(rest, ';', 0);
  const params = parseUriParams(rest.slice(semicolon));
  if (semicolon === 0 || !params) return undefined;
  return { scheme: 'tel', user: rest.slice(0, semicolon), password: '', host: '', port: undefined, params, headers: '' };
}

function parseUriParams(text: string): Params | undefined {
  const params: Params = new Map();
  if (text === '') return params;
  // Names allow more characters here than a token (RFC 3261 section 25.1, paramchar).
  for (const part of text.slice(1).split(';')) {
    const equals = firstOf(part, '=', 0);
    const name = part.slice(0, equals).toLowerCase();
    if (name === '' && part !== '') return undefined;
    if (name !== '' && !params.has(name)) params.set(name, equals === part.length ? null : part.slice(equals + 1));
  }
  return params;
}

function isPrintable(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= 32 || code === 127 || code === 60 || code === 62 || code === 34) return false;
  }
  return true;
}

export function formatUri(uri: Omit<SipUri, 'params'> & { readonly params: ReadonlyMap<string, string | null> }): string {
  const tail = `${formatParams(uri.params)}${uri.headers === '' ? '' : `?${uri.headers}`}`;
  if (uri.scheme === 'tel') return `tel:${uri.user}${tail}`;
  const userinfo = uri.user === '' ? '' : `${uri.user}${uri.password === '' ? '' : `:${uri.password}`}@`;
  return `${uri.scheme}:${userinfo}${uri.host}${uri.port === undefined ? '' : `:${uri.port}`}${tail}`;
}

/** 4 or 6 for an address, undefined for a name. IPv6 with or without brackets. */
export function isNumericHost(host: string): 4 | 6 | undefined {
  if (host.includes(':')) return 6;
  let dots = 0;
  let digits = 0;
  let value = 0;
  for (let index = 0; index < host.length; index++) {
    const code = host.charCodeAt(index);
    if (code === 46 && digits > 0) {
      dots++;
      digits = 0;
      value = 0;
    } else if (code >= 48 && code <= 57 && digits < 3) {
      digits++;
      value = value * 10 + code - 48;
    } else return undefined;
    if (value > 255) return undefined;
  }
  return dots === 3 && digits > 0 ? 4 : undefined;
}
