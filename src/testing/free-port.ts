import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** A port that was free a moment ago. Prefer listening on port 0 wherever the program under test can. */
export function freePort(transport: 'udp' | 'tcp', address = '127.0.0.1'): Promise<number> {
  return transport === 'udp' ? freeUdpPort(address) : freeTcpPort(address);
}

function freeUdpPort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', reject);
    socket.bind(0, address, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

function freeTcpPort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
      server.close(() => resolve(port));
    });
  });
}
