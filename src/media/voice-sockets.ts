import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';

/** UDP ports, inclusive. */
export type PortRange = { readonly min: number; readonly max: number };

/** RTP at an even port and RTCP at the next (RFC 3550 section 11). */
export type SocketPair = { readonly rtp: Socket; readonly rtcp: Socket; readonly port: number };

/** Hands out pairs of ports of a range, each in turn, so that late packets of one call do not reach the next. */
export class VoiceSockets {
  readonly #range: PortRange;
  #next: number;

  constructor(range: PortRange) {
    this.#range = range;
    this.#next = firstEven(range);
  }

  /** Undefined where no pair is free, or the address is not this machine's. */
  async open(address: string): Promise<SocketPair | undefined> {
    const { max } = this.#range;
    const pairs = Math.floor((max - firstEven(this.#range) + 1) / 2);
    for (let tries = 0; tries < pairs; tries += 1) {
      const port = this.#next;
      this.#next = port + 3 <= max ? port + 2 : firstEven(this.#range);
      const pair = await bindPair(address, port);
      if (pair !== undefined) return pair;
    }
    return undefined;
  }
}

function firstEven({ min }: PortRange): number {
  return min + (min % 2);
}

async function bindPair(address: string, port: number): Promise<SocketPair | undefined> {
  const rtp = await bind(address, port);
  if (rtp === undefined) return undefined;
  const rtcp = await bind(address, port + 1);
  if (rtcp !== undefined) return { rtp, rtcp, port };
  rtp.close();
  return undefined;
}

function bind(address: string, port: number): Promise<Socket | undefined> {
  const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
  const socket = createSocket('udp4');
  const failed = () => {
    socket.close();
    resolve(undefined);
  };
  socket.once('error', failed);
  socket.bind(port, address, () => {
    socket.off('error', failed);
    // Such as an unreachable network: the call goes on, and its own means find out.
    socket.on('error', () => {});
    resolve(socket);
  });
  return promise;
}
