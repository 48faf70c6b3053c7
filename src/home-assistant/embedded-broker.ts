// Runs a broker of our own, for a house that has none.
// Called by app/home-assistant.ts where the option mqtt is `embedded`.
// Must stay true: loopback alone, and nobody without the password: whoever may publish there may make calls that cost money.
import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Aedes } from 'aedes';
import { AppError } from '#base/errors.ts';
import type { Broker } from './broker.ts';

export type EmbeddedBrokerOptions = {
  /** 0: any free one. */
  readonly port: number;
  readonly username: string;
  readonly password: string;
};

const host = '127.0.0.1';
/** Home Assistant, GoSIP and whoever looks on; others on this machine may take no more than that. */
const maxConnections = 100;

/** It speaks MQTT 3.1.1 alone, and forgets what is retained when it ends: GoSIP sends all of it again. */
export class EmbeddedBroker {
  readonly #options: EmbeddedBrokerOptions;
  readonly #sockets = new Set<Socket>();
  #aedes: Aedes | undefined;
  #server: Server | undefined;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
  }

  /** Opens it where it is not open yet. Rejects where the port is taken. */
  async broker(): Promise<Broker> {
    const { username, password } = this.#options;
    this.#server ??= await this.#open();
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : this.#options.port;
    return { url: `mqtt://${host}:${port}`, username, password, source: 'embedded' };
  }

  async stop(): Promise<void> {
    const [server, aedes] = [this.#server, this.#aedes];
    if (server === undefined || aedes === undefined) return;
    this.#server = undefined;
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    for (const socket of this.#sockets) socket.destroy();
    aedes.close();
    await closed.promise;
  }

  async #open(): Promise<Server> {
    const { Aedes } = await import('aedes');
    const aedes = await Aedes.createBroker();
    aedes.authenticate = (...[, username, password, done]: Parameters<Aedes['authenticate']>) => {
      if (this.#isKnown(username, password)) done(null, true);
      else done(Object.assign(new Error('Unknown user or wrong password'), { returnCode: 4 }), null);
    };
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    server.maxConnections = maxConnections;
    try {
      await listen(server, this.#options.port);
    } catch (error) {
      aedes.close();
      throw error;
    }
    this.#aedes = aedes;
    return server;
  }

  #isKnown(username: string | undefined, password: Readonly<Buffer> | undefined): boolean {
    const isSame = (given: string, wanted: string) => {
      const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
      return one.length === other.length && timingSafeEqual(one, other);
    };
    return isSame(username ?? '', this.#options.username) && isSame(password?.toString() ?? '', this.#options.password);
  }
}

function listen(server: Server, port: number): Promise<void> {
  const listening = Promise.withResolvers<void>();
  server.on('error', (error: NodeJS.ErrnoException) => {
    const why =
      error.code === 'EADDRINUSE' ? 'another program has it: is there a broker already? Then set mqtt_url to it' : error.message;
    listening.reject(new AppError('conflict', `The MQTT broker of GoSIP cannot listen on port ${port}: ${why}`));
  });
  server.listen(port, host, () => listening.resolve());
  return listening.promise;
}
