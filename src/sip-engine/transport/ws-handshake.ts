import { createHash } from 'node:crypto';
import { isIP } from 'node:net';

// Owns the opening handshake of WebSocket (RFC 6455 section 4.2) for the subprotocol `sip` (RFC 7118 section 4).
// Called by the WebSocket channel with the first bytes of a connection.
// Must stay true: pure; every refusal is a complete HTTP response after which the connection closes.

export type Handshake =
  /** `rest` are the bytes after the request. */
  | { readonly kind: 'accepted'; readonly answer: string; readonly rest: Buffer }
  | { readonly kind: 'refused'; readonly answer: string; readonly reason: string }
  | { readonly kind: 'incomplete' };

const maxRequestBytes = 16_384;
const keyPattern = /^[A-Za-z0-9+/]{22}==$/;
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** RFC 6455 section 4.2.2. `allowedOrigins` undefined: all origins. */
export function readHandshake(bytes: Buffer, allowedOrigins: readonly string[] | undefined): Handshake {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return bytes.length > maxRequestBytes ? refused('431 Request Header Fields Too Large') : { kind: 'incomplete' };
  if (end > maxRequestBytes) return refused('431 Request Header Fields Too Large');
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = readHeaders(lines);
  const [method, target, version, more] = requestLine.split(' ');
  if (target === undefined || more !== undefined || !version?.startsWith('HTTP/')) return refused('400 Bad Request');
  if (method !== 'GET') return refused('405 Method Not Allowed', 'Allow: GET\r\n');
  if (version !== 'HTTP/1.1') return refused('505 HTTP Version Not Supported');
  if (!includes(headers.get('upgrade'), 'websocket') || !includes(headers.get('connection'), 'upgrade')) {
    return refused('426 Upgrade Required', 'Upgrade: websocket\r\n');
  }
  if (headers.get('sec-websocket-version') !== '13') return refused('426 Upgrade Required', 'Sec-WebSocket-Version: 13\r\n');
  return accept(headers, bytes.subarray(end + 4), allowedOrigins);
}

function accept(headers: ReadonlyMap<string, string>, rest: Buffer, allowedOrigins: readonly string[] | undefined): Handshake {
  const key = headers.get('sec-websocket-key') ?? '';
  if (!headers.has('host') || !keyPattern.test(key)) return refused('400 Bad Request');
  // RFC 7118 section 4.2: client and server must agree on `sip`.
  if (!includes(headers.get('sec-websocket-protocol'), 'sip'))
    return refused('400 Bad Request', 'Sec-WebSocket-Protocol: sip\r\n');
  const origin = headers.get('origin');
  if (origin !== undefined && allowedOrigins !== undefined && !isAllowed(origin, headers.get('host') ?? '', allowedOrigins))
    return refused('403 Forbidden');
  const proof = createHash('sha1').update(`${key}${guid}`).digest('base64');
  const answer =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${proof}\r\nSec-WebSocket-Protocol: sip\r\n\r\n`;
  return { kind: 'accepted', answer, rest };
}

function isAllowed(origin: string, host: string, allowed: readonly string[]): boolean {
  if (allowed.includes(origin.toLowerCase())) return true;
  const page = hostnameOf(origin);
  return page !== undefined && page === hostnameOf(`http://${host}`) && isLocalHostname(page);
}

/** Not a name that an attacker could register and point to us, whose pages would then count as ours (DNS rebinding). */
function isLocalHostname(hostname: string): boolean {
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || !hostname.includes('.')) return true;
  return /\.(?:local|lan|internal|home\.arpa|localhost)$/.test(hostname);
}

function hostnameOf(url: string): string | undefined {
  const hostname = URL.parse(url)?.hostname.toLowerCase();
  return hostname === '' ? undefined : hostname;
}

function refused(status: string, extra = ''): Handshake {
  return {
    kind: 'refused',
    reason: status,
    answer: `HTTP/1.1 ${status}\r\n${extra}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  };
}

function readHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** True if a comma-separated list contains this token. */
function includes(list: string | undefined, token: string): boolean {
  return list?.split(',').some((item) => item.trim().toLowerCase() === token) ?? false;
}
