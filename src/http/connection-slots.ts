import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One connection as the places see it. */
export type SlotHolder = {
  /** Whom it counts as. */
  readonly source: string;
  /** Whether nothing is left for us to do on it: no whole request has come since its last answer, or the answer waits to be taken. */
  readonly isIdle: () => boolean;
  readonly evict: () => void;
};

/**
 * So many connections at a time. Whoever opens connections and asks for nothing cannot keep others out: where all places are taken, the
 * source that holds most of those that wait gives up the one that has waited longest. So does whoever asks and takes no answers. A request
 * that we are working on is never cut.
 */
export class ConnectionSlots {
  readonly #max: number;
  /** Who has waited longest comes first. */
  readonly holder = new Set<SlotHolder>();
  #evicted = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.holder.size;
  }

  /** Connections closed to make room, since the start. */
  get evicted(): number {
    return this.#evicted;
  }

  /** False where every place is held by a request that is being answered. */
  acquire(holder: SlotHolder): boolean {
    if (this.holder.size >= this.#max && !this.#makeRoom()) return false;
    this.holder.add(holder);
    return true;
  }

  /** Its request is answered, and it begins to wait anew. */
  markIdle(holder: SlotHolder): void {
    if (this.holder.delete(holder)) this.holder.add(holder);
  }

  release(holder: SlotHolder): void {
    this.holder.delete(holder);
  }

  #makeRoom(): boolean {
    const waiting = [...this.holder].filter((held) => held.isIdle());
    const counts = new Map<string, number>();
    for (const { source } of waiting) counts.set(source, (counts.get(source) ?? 0) + 1);
    const most = Math.max(0, ...counts.values());
    const chosen = waiting.find(({ source }) => counts.get(source) === most);
    if (chosen === undefined) return false;
    this.holder.delete(chosen);
    this.#evicted += 1;
    chosen.evict();
    return true;
  }
}

/** Requests on one connection that nobody has taken the answer of; no browser and no client of today sends even two at once. */
const maxUnanswered = 8;

/** Gives every connection of `server` a place, by what `admit` says of its source; undefined refuses it. */
export function limitConnections(
  server: Server,
  admit: (
    address: string,
  ) => { readonly slots: ConnectionSlots; readonly source: string; readonly closed?: () => void } | undefined,
): void {
  const connections = new WeakMap<Socket, SocketConnection>();
  server.on('connection', (socket: Socket) => {
    const admitted = admit(socket.remoteAddress ?? '');
    if (admitted === undefined) {
      socket.destroy();
      return;
    }
    const { slots, source, closed } = admitted;
    const holder = new SocketConnection(socket, slots, source);
    socket.once('close', () => {
      slots.release(holder);
      closed?.();
    });
    if (slots.acquire(holder)) connections.set(socket, holder);
    else socket.destroy();
  });
  // First of all: whoever is cut is not answered any more.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    connections.get(request.socket)?.onRequest(request, response);
  });
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
