import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

// drachtio-srf as an application uses it, with types of what the tests need: its own lack half of it.

type Callback<T> = (error: Error | string | null, value: T) => void;

export type ClientMessage = EventEmitter & {
  readonly method: string;
  readonly status: number;
  readonly body: string;
  readonly source: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
  readonly receivedOn: string | undefined;
  readonly sessionToken: string | undefined;
  readonly stackTxnId: string;
  readonly stackDialogId: string;
  readonly uri: string;
  get(header: string): string | undefined;
  has(header: string): boolean;
};

export type ClientRequest = ClientMessage & {
  cancel(options?: object, callback?: Callback<ClientRequest>): void;
};

export type ClientResponse = ClientMessage & {
  send(status: number, ...more: unknown[]): void;
};

export type ClientDialog = EventEmitter & {
  readonly id: string;
  readonly sip: { readonly callId: string; readonly localTag: string; readonly remoteTag: string };
  readonly local: { readonly sdp: string };
  readonly remote: { readonly sdp: string };
  request(options: object): Promise<ClientMessage>;
  modify(sdp: string): Promise<string>;
  destroy(options?: object, callback?: Callback<ClientMessage>): void;
};

type Handler = (request: ClientRequest, response: ClientResponse, next: () => void) => void;

export type Client = EventEmitter & {
  connect(options: object): void;
  disconnect(): void;
  use(method: string, handler: Handler): void;
  invite(handler: Handler): void;
  register(handler: Handler): void;
  options(handler: Handler): void;
  request(uri: string, options: object): Promise<ClientRequest>;
  createUAC(uri: string, options: object, progress?: object): Promise<ClientDialog>;
  createUAS(request: ClientRequest, response: ClientResponse, options: object): Promise<ClientDialog>;
  proxyRequest(request: ClientRequest, destination: string | string[], options: object): Promise<{ connected: boolean }>;
};

const Srf = createRequire(import.meta.url)('drachtio-srf') as new (tags?: string[]) => Client;

/** Connects and waits until the engine has accepted the secret. Errors of the connection are ignored, as it reconnects by itself. */
export async function connectClient(options: {
  port: number;
  secret: string;
  tls?: object;
  reconnect?: object;
}): Promise<Client> {
  const client = new Srf();
  client.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    client.once('connect', (error: Error | null) => (error ? reject(error) : resolve()));
    client.connect({ host: '127.0.0.1', ...options });
  });
  return client;
}

/** Waits for one event of a client, or fails after ten seconds. */
export async function eventOf<T extends unknown[]>(emitter: EventEmitter, name: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(new Error(`No ${name} came`)), 10_000);
    emitter.once(name, (...values) => {
      clearTimeout(timeout);
      resolve(values as T);
    });
  });
}
