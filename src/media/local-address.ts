import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

/** The addresses of this machine, which may get its first one, or another, long after we started: the router is slower after a power cut. */
export type LocalAddresses = {
  /** From where media is sent; undefined while there is no network. */
  current(): Promise<string | undefined>;
  /** Whether an address is one of this machine's. */
  has(address: string): Promise<boolean>;
};

export const machineAddresses: LocalAddresses = {
  current: async () => (await defaultRouteAddress()) ?? firstAddress(),
  has: async (address) => (await freePort(address)) !== undefined,
};

/** That of the interface which leads to the house, where it is known and still the machine's; else as ever. */
export function primaryFirst(primary: () => string | undefined): LocalAddresses {
  const current = async () => {
    const address = primary();
    return address !== undefined && (await machineAddresses.has(address)) ? address : machineAddresses.current();
  };
  return { ...machineAddresses, current };
}

/** The address of the house's choice, whether or not the machine has it. */
export function chosenAddress(address: string): LocalAddresses {
  return { ...machineAddresses, current: () => Promise.resolve(address) };
}

/** A UDP port that was free a moment ago; undefined where the address cannot be bound. */
export function freePort(address: string): Promise<number | undefined> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind(0, address, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** The local address of the default route; nothing is sent. */
function defaultRouteAddress(): Promise<string | undefined> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    // An address for documentation (RFC 5737). Without a route the callback gets the error, and there is no event.
    socket.connect(9, '192.0.2.1', (error?: Error) => {
      const address = error === undefined ? socket.address().address : undefined;
      socket.close(() => resolve(address));
    });
  });
}

/** A network without a way out is enough for the phones in it. */
function firstAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
