/** What Core's websocket sends for one command or subscription. */
type Reply = {
  readonly id?: number;
  readonly type: string;
  readonly success?: boolean;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly event?: unknown;
};
type Message = { readonly type: string } & Record<string, unknown>;
type Pending = { readonly message: Message; settle(reply: Reply): void };

/** A user of Home Assistant's websocket and REST interfaces, for tests; it does not come back by itself after a restart. */
export class CoreClient implements Disposable {
  readonly url: string;
  readonly token: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<number, (event: unknown) => void>();
  #last = 0;

  private constructor(url: string, token: string, socket: WebSocket) {
    this.url = url;
    this.token = token;
    this.#socket = socket;
  }

  /** `url` is such as `http://127.0.0.1:8123`. */
  static async connect(url: string, token: string): Promise<CoreClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/websocket`);
    const client = new CoreClient(url, token, socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('error', () => reject(new Error(`No websocket at ${url}`)), { once: true });
      socket.addEventListener('message', ({ data }) => client.#take(JSON.parse(String(data)) as Reply, resolve, reject));
      socket.addEventListener('close', () => client.#end(reject));
    });
    return client;
  }

  /** One command; its result, or an error that names the command. */
  async command<Result>(message: Message): Promise<Result> {
    const reply = await this.#send(message);
    return reply.result as Result;
  }

  /** Every event of a subscribing command, until the returned function is called. */
  async subscribe<Event>(message: Message, listener: (event: Event) => void): Promise<() => Promise<unknown>> {
    const id = this.#last + 1;
    this.#listeners.set(id, listener as (event: unknown) => void);
    await this.#send(message);
    return () => {
      this.#listeners.delete(id);
      return this.command({ type: 'unsubscribe_events', subscription: id });
    };
  }

  rest<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    return restCall(this.url, method, path, { body, token: this.token });
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #send(message: Message): Promise<Reply> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      const settle = (reply: Reply) => {
        this.#pending.delete(id);
        if (reply.success === true) resolve(reply);
        else reject(new Error(`${message.type}: ${reply.error?.code ?? ''} ${reply.error?.message ?? 'the connection ended'}`));
      };
      this.#pending.set(id, { message, settle });
      this.#socket.send(JSON.stringify({ id, ...message }));
    });
  }

  #take(reply: Reply, resolve: () => void, reject: (error: Error) => void): void {
    if (reply.type === 'auth_required') this.#socket.send(JSON.stringify({ type: 'auth', access_token: this.token }));
    else if (reply.type === 'auth_ok') resolve();
    else if (reply.type === 'auth_invalid') reject(new Error('Home Assistant does not take this token'));
    else if (reply.type === 'event') this.#listeners.get(reply.id ?? 0)?.(reply.event);
    else if (reply.type === 'result') this.#pending.get(reply.id ?? 0)?.settle(reply);
  }

  #end(reject: (error: Error) => void): void {
    reject(new Error('The websocket ended'));
    for (const { settle } of this.#pending.values()) settle({ type: 'result', success: false });
  }
}

type RestOptions = { readonly body?: unknown; readonly token?: string; readonly isForm?: boolean };

/** One call; a reply outside 200–299 is an error that shows it. */
export async function restCall<Result>(url: string, method: string, path: string, options: RestOptions = {}): Promise<Result> {
  const { body, token, isForm = false } = options;
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const text = isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body);
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: text }),
    signal: AbortSignal.timeout(60_000),
  });
  const replied = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${replied}`);
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return (isJson ? JSON.parse(replied) : replied) as Result;
}
