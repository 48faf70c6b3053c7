import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '#base/clock.ts';

export type Target = { readonly address: string; readonly port: number; readonly serverName?: string };

export type Connected = {
  readonly outcome: 'ok' | 'connection-refused' | 'certificate' | 'no-answer';
  /** What the system or the certificate says; null where all is well. */
  readonly detail: string | null;
};

type ConnectOptions = {
  readonly clock: Clock;
  readonly transport: 'tcp' | 'tls';
  /** Certificates that are trusted beside the usual ones. */
  readonly ca: readonly string[] | undefined;
};

const patienceMs = 5_000;

/** Opens a connection as SIP would and closes it again. Never rejects. */
export function connectOnce({ address, port, serverName }: Target, { clock, transport, ca }: ConnectOptions): Promise<Connected> {
  return new Promise((resolve) => {
    const at = { host: address, port };
    const name = serverName === undefined ? {} : { servername: serverName };
    const socket =
      transport === 'tcp' ? connectTcp(at) : connectTls({ ...at, ...name, ...(ca === undefined ? {} : { ca: [...ca] }) });
    const settle = (connected: Connected) => {
      timer.cancel();
      socket.destroy();
      resolve(connected);
    };
    const timer = clock.after(patienceMs, () => settle({ outcome: 'no-answer', detail: null }));
    socket.once(transport === 'tcp' ? 'connect' : 'secureConnect', () => settle({ outcome: 'ok', detail: null }));
    socket.on('error', (error: Error & { readonly code?: string }) => settle(failureOf(error)));
  });
}

/** Of the connection itself; whatever else goes wrong while TLS is agreed is the certificate's or the protocol's. */
const notReached: Readonly<Record<string, Connected['outcome']>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-refused',
  ETIMEDOUT: 'no-answer',
  EHOSTUNREACH: 'no-answer',
  ENETUNREACH: 'no-answer',
  EPIPE: 'connection-refused',
  EADDRNOTAVAIL: 'no-answer',
  EACCES: 'no-answer',
};

function failureOf({ code = '', message }: Error & { readonly code?: string }): Connected {
  return { outcome: notReached[code] ?? 'certificate', detail: message.slice(0, 200) };
}
