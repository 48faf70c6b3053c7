import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { sdp, sipText } from '#testing/base/sip-text.ts';

// Unauthenticated sources over UDP at the highest rate that loopback gives, from many source addresses, on a thread of its own so that the phones of the
// test keep theirs. Started by flood-driver.ts.
// Must stay true: it ends when asked to, or after its time, whatever happens to the test.

export type FloodOptions = {
  readonly target: { readonly address: string; readonly port: number };
  /** Addresses to send from; one socket each. */
  readonly sources: readonly string[];
  readonly method: string;
  readonly user: string;
  /** It goes on until so many have left, and `seconds` at most. */
  readonly minRequests: number;
  readonly seconds: number;
};

/** Until so many have left, the test may still be alone. */
const startedAfter = 2_000;

/** Sends until `isOver`, and returns how many left and how many bytes came back. */
export async function flood(
  order: FloodOptions,
  { isOver, onStarted }: { readonly isOver: () => boolean; readonly onStarted: () => void },
): Promise<{ sent: number; bytesOut: number; bytesIn: number }> {
  const sockets = await Promise.all(order.sources.map(bind));
  let bytesIn = 0;
  for (const socket of sockets) socket.on('message', (bytes) => (bytesIn += bytes.length));
  const until = performance.now() + order.seconds * 1000;
  let [sent, bytesOut] = [0, 0];
  while (performance.now() < until && (sent < order.minRequests || !isOver())) {
    for (let burst = 0; burst < 200; burst += 1, sent += 1) {
      const socket = sockets[sent % sockets.length];
      const bytes = Buffer.from(request(order, sent));
      bytesOut += bytes.length;
      socket?.send(bytes, order.target.port, order.target.address);
    }
    if (sent === startedAfter) onStarted();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const socket of sockets) socket.close();
  return { sent, bytesOut, bytesIn };
}

function request({ method, user, target, sources }: FloodOptions, index: number): string {
  const source = sources[index % sources.length] ?? '';
  const host = source.includes(':') ? `[${source}]` : source;
  const at = target.address.includes(':') ? `[${target.address}]` : target.address;
  const id = `${index}-${randomBytes(4).toString('hex')}`;
  const lines = [
    `${method} sip:${user}@${at} SIP/2.0`,
    `Via: SIP/2.0/UDP ${host};rport;branch=z9hG4bK${id}`,
    'Max-Forwards: 70',
    `From: <sip:${user}@house.example>;tag=${id}`,
    `To: <sip:${user}@house.example>`,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:s@${host}>`,
  ];
  return method === 'INVITE' ? sipText([...lines, 'Content-Type: application/sdp'], sdp('192.0.2.1')) : sipText(lines);
}

function bind(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', reject);
    socket.bind(0, address, () => {
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}
