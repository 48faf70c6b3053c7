// One address for a real Core and an app behind ingress, as the Supervisor's installation has them: the frontend and the app's frame have the same origin.
// Called by the flow that looks at the panel in a real Home Assistant.
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type FrontPorts = { readonly core: number; readonly ingress: number };

export class FrontProxy implements AsyncDisposable {
  readonly #ports: FrontPorts;
  readonly #server: Server;

  private constructor(ports: FrontPorts) {
    this.#ports = ports;
    this.#server = createServer((request, response) => this.#pass(request, response));
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => this.#upgrade(request, socket));
  }

  static async start(ports: FrontPorts): Promise<FrontProxy> {
    const one = new FrontProxy(ports);
    await new Promise<void>((resolve) => one.#server.listen(0, '127.0.0.1', resolve));
    return one;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #target({ method, url = '/', headers }: IncomingMessage): RequestOptions {
    const port = url.startsWith('/api/hassio_ingress/') ? this.#ports.ingress : this.#ports.core;
    return { host: '127.0.0.1', port, method, path: url, headers, agent: false };
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const upstream = httpRequest(this.#target(request), (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  #upgrade(request: IncomingMessage, socket: Socket): void {
    const upstream = httpRequest(this.#target(request));
    socket.on('error', () => upstream.destroy());
    upstream.on('upgrade', (reply: IncomingMessage, far: Socket, head: Buffer) => {
      const lines = reply.rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [`${name}: ${reply.rawHeaders[index + 1]}`] : [],
      );
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      // Core greets at once: its first frame may have come with the reply.
      socket.write(head);
      far.on('error', () => socket.destroy());
      far.pipe(socket).pipe(far);
    });
    upstream.on('response', () => socket.end());
    upstream.on('error', () => socket.destroy());
    upstream.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
