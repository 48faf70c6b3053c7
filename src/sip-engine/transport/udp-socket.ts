import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { codeOf } from './bound-port.ts';

type UdpAddress = { readonly family: 4 | 6; readonly address: string; readonly port: number };

/**
 * The port is first bound exclusively, which fails if it is in use, and then at once again with SO_REUSEPORT, so that probes can share it:
 * SO_REUSEPORT alone would let a second program take half of our datagrams unnoticed.
 */
export async function bindUdp(wanted: UdpAddress): Promise<{ socket: Socket; canShare: boolean }> {
  const maxAttempts = wanted.port === 0 ? 5 : 1;
  for (let attempt = 1; ; attempt += 1) {
    const alone = await bindSocket(wanted, false);
    const { port } = alone.address();
    await new Promise<void>((resolve) => {
      alone.close(() => resolve());
    });
    try {
      return { socket: await bindSocket({ ...wanted, port }, true), canShare: true };
    } catch (error) {
      // Only Linux and some BSDs know SO_REUSEPORT for UDP.
      if (codeOf(error) !== 'EADDRINUSE') return { socket: await bindSocket({ ...wanted, port }, false), canShare: false };
      // Another program was faster: a port chosen by the system is chosen again.
      if (attempt >= maxAttempts) throw error;
    }
  }
}

/** A socket of ours; addresses are numeric, so nothing is looked up. Rejects with the system's error and leaves nothing open. */
export function bindSocket({ family, address, port }: UdpAddress, reusePort: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: family === 6,
      reusePort,
      lookup: (host, _options, done) => done(null, host, family),
    });
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
