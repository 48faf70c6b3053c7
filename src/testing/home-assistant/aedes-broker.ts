import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { Aedes } from 'aedes';

type Login = { readonly username: string; readonly password: string };

/** A broker in this process; it speaks MQTT 3.1.1 alone and forgets everything at its end, as the embedded one does. */
export class AedesBroker implements AsyncDisposable {
  readonly #aedes: Aedes;
  readonly #server: Server;

  private constructor(aedes: Aedes, server: Server) {
    this.#aedes = aedes;
    this.#server = server;
  }

  static async start({ port = 0, login }: { readonly port?: number; readonly login?: () => Login } = {}): Promise<AedesBroker> {
    const aedes = await Aedes.createBroker();
    if (login !== undefined) {
      aedes.authenticate = (_client, username, password, done) => {
        const isKnown = username === login().username && password?.toString() === login().password;
        if (isKnown) done(null, true);
        else done(Object.assign(new Error('Unknown user'), { returnCode: 4 }), null);
      };
    }
    const server = createServer(aedes.handle);
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
    return new AedesBroker(aedes, server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#aedes.close(() => resolve());
    });
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
