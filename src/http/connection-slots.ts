import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection that holds a slot. */
export type SlotHolder = {
  /** The source it counts as. */
  readonly source: string;
  /** Whether we have nothing to do on it: no whole request has come since its last answer, or the client does not read the answer. */
  readonly isIdle: () => boolean;
  readonly evict: () => void;
};

/**
 * Limits connections. Idle connections cannot keep others out: where all slots are taken, the source with the most idle connections loses
 * the one that has been idle longest; a client that reads no answers counts as idle. A request being answered is never cut.
 */
export class ConnectionSlots {
  readonly #max: number;
  /** The longest idle comes first. */
  readonly #holders = new Set<SlotHolder>();
  #evicted = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#holders.size;
  }

  /** Connections closed to make room, since the start. */
  get evicted(): number {
    return this.#evicted;
  }

  /** False where every slot is held by a request being answered. */
  acquire(holder: SlotHolder): boolean {
    if (this.#holders.size >= this.#max && !this.#makeRoom()) return false;
    this.#holders.add(holder);
    return true;
  }

  /** Its request is answered: it is idle from now on. */
  markIdle(holder: SlotHolder): void {
    if (this.#holders.delete(holder)) this.#holders.add(holder);
  }

  release(holder: SlotHolder): void {
    this.#holders.delete(holder);
  }

  #makeRoom(): boolean {
    const idle = [...this.#holders].filter((held) => held.isIdle());
    const counts = new Map<string, number>();
    for (const { source } of idle) counts.set(source, (counts.get(source) ?? 0) + 1);
    const maxIdle = Math.max(0, ...counts.values());
    const chosen = idle.find(({ source }) => counts.get(source) === maxIdle);
    if (chosen === undefined) return false;
    this.#holders.delete(chosen);
    this.#evicted += 1;
    chosen.evict();
    return true;
  }
}

/** Unanswered requests on one connection; no browser or client of today pipelines even two. */
const maxUnanswered = 8;

/**
 * Gives every connection of `server` one of the slots that `admit` names for its address; undefined refuses it. Returns what closes those on
 * which nothing was asked yet: browsers open them ahead, and a server that stops waits for them.
 */
export function limitConnections(
  server: Server,
  admit: (
    address: string,
  ) => { readonly slots: ConnectionSlots; readonly source: string; readonly closed?: () => void } | undefined,
): () => void {
  const connections = new WeakMap<Socket, SocketConnection>();
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    const admitted = admit(socket.remoteAddress ?? '');
    if (admitted === undefined) {
      socket.destroy();
      return;
    }
    const { slots, source, closed } = admitted;
    const holder = new SocketConnection(socket, slots, source);
    unused.add(socket);
    socket.once('close', () => {
      unused.delete(socket);
      slots.release(holder);
      closed?.();
    });
    if (slots.acquire(holder)) connections.set(socket, holder);
    else socket.destroy();
  });
  // Before any other listener: an evicted connection is not answered.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    unused.delete(request.socket);
    connections.get(request.socket)?.onRequest(request, response);
  });
  return () => {
    for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
  };
}

class SocketConnection implements SlotHolder {
  readonly source: string;
  readonly #socket: Socket;
  readonly #slots: ConnectionSlots;
  #unanswered = 0;
  #asked: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;

  constructor(socket: Socket, slots: ConnectionSlots, source: string) {
    this.#socket = socket;
    this.#slots = slots;
    this.source = source;
  }

  readonly isIdle = () => this.#asked?.request.complete !== true || this.#asked.response.writableEnded;

  readonly evict = () => void this.#socket.destroy();

  onRequest(request: IncomingMessage, response: ServerResponse): void {
    this.#unanswered += 1;
    if (this.#unanswered > maxUnanswered) this.evict();
    this.#asked = { request, response };
    response.once('close', () => {
      this.#unanswered -= 1;
      if (this.#asked?.request !== request) return;
      this.#asked = undefined;
      this.#slots.markIdle(this);
    });
  }
}
