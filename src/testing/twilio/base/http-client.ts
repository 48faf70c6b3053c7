import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '#base/clock.ts';

export type HttpClientRequest = {
  readonly method: string;
  /** Where it really goes, such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connectMs: number;
  readonly readMs: number;
  readonly totalMs: number;
};

export type HttpClientResult =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: IncomingMessage['headers'];
      readonly body: Buffer;
    }
  | { readonly kind: 'failed'; readonly code: 11200 | 11201 | 11202 | 11203 | 11205 | 11206; readonly phase: 'ct' | 'rt' };

const maxBytes = 8 * 1024 * 1024;

/** Sends requests with Twilio's three time limits. */
export class HttpClient implements Disposable {
  readonly #clock: Clock;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 200 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  send(outgoing: HttpClientRequest): Promise<HttpClientResult> {
    return new Promise((resolve) => {
      const { hostname, port } = new URL(outgoing.origin);
      const request = httpRequest({
        agent: this.#agent,
        host: hostname.replace(/^\[|\]$/g, ''),
        port,
        method: outgoing.method,
        path: outgoing.path,
        headers: { ...outgoing.headers, 'Content-Length': String(Buffer.byteLength(outgoing.body)) },
      });
      const finish = (incoming: HttpClientResult): void => {
        for (const timer of timers) timer.cancel();
        resolve(incoming);
        if (incoming.kind === 'failed') request.destroy();
      };
      let isConnected = false;
      const timers = [
        this.#clock.after(outgoing.totalMs, () => finish({ kind: 'failed', code: 11203, phase: 'rt' })),
        this.#clock.after(outgoing.connectMs, () => {
          if (!isConnected) finish({ kind: 'failed', code: 11201, phase: 'ct' });
        }),
      ];
      request.on('socket', (socket) => {
        if (!socket.connecting) isConnected = true;
        else socket.once('connect', () => (isConnected = true));
      });
      request.on('finish', () => {
        timers.push(this.#clock.after(outgoing.readMs, () => finish({ kind: 'failed', code: 11200, phase: 'rt' })));
      });
      request.on('error', (error: NodeJS.ErrnoException) => finish(failure(error, isConnected)));
      request.on('response', (response) => void collect(response).then(finish));
      request.end(outgoing.body);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

function failure({ code }: NodeJS.ErrnoException, isConnected: boolean): HttpClientResult {
  if (code === 'ECONNREFUSED') return { kind: 'failed', code: 11202, phase: 'ct' };
  if (code?.startsWith('HPE_') === true) return { kind: 'failed', code: 11206, phase: 'rt' };
  return isConnected ? { kind: 'failed', code: 11200, phase: 'rt' } : { kind: 'failed', code: 11205, phase: 'ct' };
}

async function collect(response: IncomingMessage): Promise<HttpClientResult> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > maxBytes) return { kind: 'failed', code: 11200, phase: 'rt' };
    }
  } catch {
    return { kind: 'failed', code: 11206, phase: 'rt' };
  }
  return { kind: 'reply', status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}
