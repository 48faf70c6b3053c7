import { createSocket } from 'node:dgram';

/** The local address of the default route; nothing is sent. */
export async function defaultRouteAddress(): Promise<string> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      // An address for documentation (RFC 5737).
      socket.connect(9, '192.0.2.1', () => resolve());
    });
    return socket.address().address;
  } catch {
    return '127.0.0.1';
  } finally {
    socket.close();
  }
}
