import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One connection as the places see it. */
export type Held = {
  /** Whom it counts as. */
  readonly source: string;
  /** Whether nothing is left for us to do on it: no whole request has come since its last answer, or the answer waits to be taken. */
  readonly isWaiting: () => boolean;
  readonly cut: () => void;
};

/**
 * So many connections at a time. Whoever opens connections and asks for nothing cannot keep others out: where all places are taken, the
 * source that holds most of those that wait gives up the one that has waited longest. So does whoever asks and takes no answers. A request
 * that we are working on is never cut.
 */
export class ConnectionPlaces {
  readonly #most: number;
  /** Who has waited longest comes first. */
  readonly #held = new Set<Held>();
  #cut = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Connections closed to make room, since the start. */
  get cut(): number {
    return this.#cut;
  }

  /** False where every place is held by a request that is being answered. */
  take(held: Held): boolean {
    if (this.#held.size >= this.#most && !this.#makeRoom()) return false;
    this.#held.add(held);
    return true;
  }

  /** Its request is answered, and it begins to wait anew. */
  waitsAgain(held: Held): void {
    if (this.#held.delete(held)) this.#held.add(held);
  }

  leave(held: Held): void {
    this.#held.delete(held);
  }

  #makeRoom(): boolean {
    const waiting = [...this.#held].filter((held) => held.isWaiting());
    const counts = new Map<string, number>();
    for (const { source } of waiting) counts.set(source, (counts.get(source) ?? 0) + 1);
    const most = Math.max(0, ...counts.values());
    const chosen = waiting.find(({ source }) => counts.get(source) === most);
    if (chosen === undefined) return false;
    this.#held.delete(chosen);
    this.#cut += 1;
    chosen.cut();
    return true;
  }
}

/** Requests on one connection that nobody has taken the answer of; no browser and no client of today sends even two at once. */
const mostUnanswered = 8;

/** Gives every connection of `server` a place, by what `admit` says of its source; undefined refuses it. */
export function holdPlaces(
  server: Server,
  admit: (
    address: string,
  ) => { readonly places: ConnectionPlaces; readonly source: string; readonly closed?: () => void } | undefined,
): void {
  const connections = new WeakMap<Socket, HeldSocket>();
  server.on('connection', (socket: Socket) => {
    const admitted = admit(socket.remoteAddress ?? '');
    if (admitted === undefined) {
      socket.destroy();
      return;
    }
    const { places, source, closed } = admitted;
    const held = new HeldSocket(socket, places, source);
    socket.once('close', () => {
      places.leave(held);
      closed?.();
    });
    if (places.take(held)) connections.set(socket, held);
    else socket.destroy();
  });
  // First of all: whoever is cut is not answered any more.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    connections.get(request.socket)?.asks(request, response);
  });
}

class HeldSocket implements Held {
  readonly source: string;
  readonly #socket: Socket;
  readonly #places: ConnectionPlaces;
  #unanswered = 0;
  #asked: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;

  constructor(socket: Socket, places: ConnectionPlaces, source: string) {
    this.#socket = socket;
    this.#places = places;
    this.source = source;
  }

  readonly isWaiting = () => this.#asked?.request.complete !== true || this.#asked.response.writableEnded;

  readonly cut = () => void this.#socket.destroy();

  asks(request: IncomingMessage, response: ServerResponse): void {
    this.#unanswered += 1;
    if (this.#unanswered > mostUnanswered) this.cut();
    this.#asked = { request, response };
    response.once('close', () => {
      this.#unanswered -= 1;
      if (this.#asked?.request !== request) return;
      this.#asked = undefined;
      this.#places.waitsAgain(this);
    });
  }
}
