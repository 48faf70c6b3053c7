// Owns every connection out of the house for what it tells people: where it may lead, and how long it may take to be there.
// Called by fenced-fetch.ts, and by mail, which speaks SMTP over it.
// Must stay true: what was checked is what is connected to; the name is resolved once and no other address of it is ever used.
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { unreachable } from './fence.ts';
import type { FencedAttempt, FenceFailure } from './fence.ts';
import { permittedAddresses } from './permitted-addresses.ts';
import type { Target } from './permitted-addresses.ts';
import { TimeOver, timeLimit } from './time-limit.ts';
import type { TimeLimit } from './time-limit.ts';

export type SocketRequest = Target & {
  /** Encrypted from the first byte on, with the certificate of this name; `host` where it is empty. */
  readonly tls?: { readonly servername?: string };
  /** For the name, the connection and TLS together; 5 s by default. */
  readonly connectMs?: number;
};

export type Connected = { readonly kind: 'connected'; readonly socket: Socket };

/** An address that does not answer leaves time for the next one of the name. */
const eachAddressMs = 1500;

/** Never rejects. The socket has a listener for its errors. */
export async function fencedSocket(request: SocketRequest, attempt: FencedAttempt): Promise<Connected | FenceFailure> {
  using limit = timeLimit(attempt.clock, request.connectMs ?? 5000, attempt.signal);
  try {
    const found = await permittedAddresses(request, attempt, limit);
    if (found.kind !== 'permitted') return found;
    const socket = await connectToOne(found.addresses, request.port, { attempt, limit });
    if (request.tls === undefined) return { kind: 'connected', socket };
    return await secure(socket, { host: request.host, ...request.tls }, limit);
  } catch (error) {
    return failureOf(error, limit);
  }
}

/** One after the other, as the system ordered them. Rejects with the error of the last one. */
async function connectToOne(
  addresses: readonly string[],
  port: number,
  { attempt, limit }: { readonly attempt: FencedAttempt; readonly limit: TimeLimit },
): Promise<Socket> {
  let last: unknown;
  for (const [index, host] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    using own = isLast ? undefined : timeLimit(attempt.clock, eachAddressMs, limit.signal);
    try {
      return await opened(connect({ host, port }), 'connect', own ?? limit);
    } catch (error) {
      if (limit.signal.aborted) throw error;
      last = error;
    }
  }
  throw last;
}

async function secure(
  socket: Socket,
  { host, servername = '' }: { readonly host: string; readonly servername?: string },
  limit: TimeLimit,
): Promise<Connected | FenceFailure> {
  const name = servername === '' ? host : servername;
  // A numeric address is no server name (RFC 6066 section 3); the certificate is compared with `host` then.
  const secured = connectTls({ socket, host: name, ...(isIP(name) === 0 ? { servername: name } : {}) });
  try {
    return { kind: 'connected', socket: await opened(secured, 'secureConnect', limit) };
  } catch (error) {
    socket.destroy();
    if (limit.signal.aborted) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    return isCertificateError(code)
      ? unreachable('certificate', `The certificate of ${name} is not accepted: ${tlsWords(message)} (${code})`)
      : unreachable('tls-failed', `No encrypted connection to ${name}: ${tlsWords(message)}`);
  }
}

/** What went wrong with an encrypted connection, without what OpenSSL and Node.js say to programmers. */
export function tlsWords(message: string): string {
  if (message.includes('wrong version number')) return 'what answers does not begin with TLS';
  return message.replace(/; if the root CA is installed locally.*$/s, '').trim();
}

/** The errors of OpenSSL's verification and of the comparison of names. */
export function isCertificateError(code: string): boolean {
  const ofVerification = /CERT|CRL|SIGNATURE|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|UNABLE_TO_/;
  return ofVerification.test(code) && !code.startsWith('ERR_SSL_');
}

async function opened<Opened extends Socket>(
  socket: Opened,
  event: 'connect' | 'secureConnect',
  limit: TimeLimit,
): Promise<Opened> {
  const { promise, resolve, reject } = Promise.withResolvers<Opened>();
  socket.once(event, () => resolve(socket));
  socket.once('close', () => reject(new Error('The connection was closed')));
  // Stays: an error that nobody hears ends the process.
  socket.on('error', reject);
  try {
    return await limit.race(promise);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Of a connection that could not be made: nothing was sent. */
function failureOf(error: unknown, { signal }: TimeLimit): FenceFailure {
  if (signal.aborted) return signal.reason instanceof TimeOver ? unreachable('timed-out', signal.reason.message) : brokenOff;
  return unreachable('unreachable', `There is no connection: ${(error as Error).message}`);
}

const brokenOff = unreachable('timed-out', 'It was broken off');
