import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

// Below the range from which Linux takes the ports of outgoing connections (32768 on), so that none of them grabs it meanwhile.
const lowest = 10_000;
const highest = 20_000;

/**
 * A port that is free for UDP and TCP alike and was unused a moment ago. Prefer listening on port 0 wherever the program under test
 * can.
 */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowest, highest);
    if ((await isFreeForUdp(port, address)) && (await isFreeForTcp(port, address))) return port;
  }
  throw new Error(`No free port on ${address} between ${lowest} and ${highest}`);
}

function isFreeForUdp(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind(port, address, () => socket.close(() => resolve(true)));
  });
}

function isFreeForTcp(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
