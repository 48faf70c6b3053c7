import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';

export type ListenAddress = {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** What the port is for and which option sets it, for the error where it is not available. */
  readonly name: string;
  readonly option: string;
};

const stopGraceMs = 2_000;

/** Throws `conflict` with one plain sentence where the port is not available. */
export async function listen(server: Server, at: ListenAddress): Promise<void> {
  const { host, port } = at;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen({ host, port }, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    throw cannotListen(error, at);
  } finally {
    server.off('error', listening.reject);
  }
}

/** Accepts no new request, gives running ones a moment to finish, then ends them. `closeUnused`: see `limitConnections`. */
export async function stopListening(server: Server, closeUnused: () => void, clock: Clock): Promise<void> {
  if (!server.listening) return;
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  server.closeIdleConnections();
  closeUnused();
  // A connection whose answer is on its way still would be kept idle behind it.
  Object.assign(server, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 });
  const grace = clock.after(stopGraceMs, () => server.closeAllConnections());
  await closed.promise;
  grace.cancel();
}

/** The address a server listens on; only while it does. */
export function boundAddress(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The HTTP server is not listening');
  return address;
}

function cannotListen(error: unknown, { host, port, name, option }: ListenAddress): AppError {
  const code = (error as NodeJS.ErrnoException).code;
  const why =
    code === 'EADDRINUSE'
      ? 'is taken: another GoSIP, another app of Home Assistant or another web server holds it'
      : code === 'EACCES'
        ? 'is not allowed for this user: choose one above 1023'
        : code === 'EADDRNOTAVAIL'
          ? 'cannot be had: this machine has no such address'
          : `cannot be had: ${code ?? 'unknown reason'}`;
  return new AppError('conflict', `The ${name} port TCP ${port} on ${host} (option ${option}) ${why}`, { cause: error });
}
