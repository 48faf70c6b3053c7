import { createServer } from 'node:net';
import { codeOf } from './bound-port.ts';
import { parseListener } from './listener-options.ts';
import type { ListenerOptions } from './listener-options.ts';
import { portHolder } from './port-holder.ts';
import type { Protocol } from './transport.ts';
import { bindSocket } from './udp-socket.ts';

/** An address to listen on that another program holds. */
export type TakenListener = {
  /** As it was given, such as `udp:0.0.0.0:5060`. */
  readonly listener: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** Such as `kamailio (process 123)`, where Linux lets us see it: not from inside a container. */
  readonly holder: string | undefined;
};

/** Which of these cannot be had because they are in use; any other problem is left to the start of the engine, which explains it. */
export async function takenListeners(listeners: readonly string[]): Promise<readonly TakenListener[]> {
  const looked = await Promise.all(
    listeners.map(async (listener) => {
      const parsed = parseListener(listener);
      const one = parsed.kind === 'listeners' ? parsed.listeners[0] : undefined;
      if (one === undefined || one.port === 0 || !(await isTaken(one))) return [];
      const { protocol, port } = one;
      return [{ listener, protocol, port, holder: portHolder(protocol, port) }];
    }),
  );
  return looked.flat();
}

async function isTaken({ protocol, host, port }: ListenerOptions): Promise<boolean> {
  try {
    const address = host === '*' ? '::' : host;
    if (protocol === 'udp') await probeUdp(address, port);
    else await probeTcp(address, port);
    return false;
  } catch (error) {
    return codeOf(error) === 'EADDRINUSE';
  }
}

async function probeUdp(address: string, port: number): Promise<void> {
  const socket = await bindSocket({ family: address.includes(':') ? 6 : 4, address, port }, false);
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

function probeTcp(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });
}
