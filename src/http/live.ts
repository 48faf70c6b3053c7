import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { Events } from '#base/events.ts';
import type { Log } from '#base/log.ts';
import type { Identity } from '#contract/endpoint.ts';
import { factNames } from '#contract/facts.ts';
import type { FactName, Facts } from '#contract/facts.ts';
import { audienceOf, isAddressedTo } from './audience.ts';
import type { AudienceLookups } from './audience.ts';
import { EventBacklog } from './event-backlog.ts';

const maxClients = 200;
/** A person's browser pages, phones and scripts; a client that leaks streams must shut out neither itself for good nor others. */
const maxClientsPerIdentity = 50;
/** A client that does not read is dropped; it reconnects and is sent what it missed, or told to read the lists again. */
const maxUnreadBytes = 256 * 1024;
const heartbeatMs = 25_000;

type Client = {
  readonly identity: Identity;
  readonly response: ServerResponse;
  /** What it showed to be let in. */
  readonly credentials: string;
  /** False once the token or session ended, or the role changed. */
  readonly isStillAuthorized: () => boolean;
  /** The id of the last event that it saw before its line broke; empty where it begins anew. */
  readonly lastEventId: string;
};

export type LiveOptions = {
  readonly events: Events<Facts>;
  readonly audience: AudienceLookups;
  readonly clock: Clock;
  readonly log: Log;
  /** Seals the ids of events: 16 random bytes, made for this run. */
  readonly positionKey: Buffer;
};

/** Server-sent events (WHATWG HTML section 9.2): every fact of the rooms, each for its audience, and what a client missed. */
export class LiveStream {
  readonly #options: LiveOptions;
  readonly #clients = new Set<Client>();
  #unsubscribers: (() => void)[] = [];
  #heartbeat: Timer | undefined;
  readonly #backlog: EventBacklog;
  /** Until somebody listens, nobody can have missed anything. */
  #wasListenedTo = false;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#backlog = new EventBacklog(options.positionKey);
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** For each listener that shows it; the first begins. */
  start(): void {
    if (this.#heartbeat !== undefined) return;
    this.#unsubscribers = factNames.map((name) => this.#options.events.on(name, (fact) => this.#publish(name, fact)));
    this.#heartbeat = this.#options.clock.every(heartbeatMs, () => this.#sendHeartbeat());
  }

  stop(): void {
    for (const end of this.#unsubscribers) end();
    this.#unsubscribers = [];
    this.#heartbeat?.cancel();
    this.#heartbeat = undefined;
    for (const client of this.#clients) this.#drop(client);
  }

  /**
   * Takes over the response until the client leaves. Where all slots are taken, the identity with the most streams loses its oldest.
   * Throws `unavailable` where this identity has too many itself.
   */
  open(client: Client): void {
    const counts = this.#counts();
    const own = counts.get(client.identity.id) ?? 0;
    const isFull = this.#clients.size >= maxClients;
    if (own >= maxClientsPerIdentity || (isFull && !this.#makeRoom(own, counts))) {
      throw new AppError('unavailable', 'Too many live streams are open with this token: close some', { retryAfterSeconds: 30 });
    }
    client.response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
    client.response.write(`retry: 3000\n: connected\n${this.#missedBy(client)}`);
    this.#wasListenedTo = true;
    client.response.on('close', () => this.#clients.delete(client));
    // A client may vanish between two writes; 'close' follows.
    client.response.on('error', () => {});
    this.#clients.add(client);
  }

  /** What a client whose line broke is sent first; the position, which it names when its line breaks, comes last. */
  #missedBy({ identity, lastEventId }: Client): string {
    const position = `id: ${this.#backlog.position}\n\n`;
    if (lastEventId === '') return position;
    const missed = this.#backlog.after(lastEventId);
    if (missed.kind === 'reset') return `\nevent: reset\ndata: ${JSON.stringify({ reason: missed.reason })}\n${position}`;
    const own = missed.events.filter(({ persons }) => isAddressedTo(identity, persons));
    return `\n${own.map(({ frame }) => frame.toString()).join('')}${position}`;
  }

  #counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { identity } of this.#clients) counts.set(identity.id, (counts.get(identity.id) ?? 0) + 1);
    return counts;
  }

  /** False where no other identity has more streams than this one. */
  #makeRoom(own: number, counts: ReadonlyMap<string, number>): boolean {
    const maxStreams = Math.max(...counts.values());
    if (maxStreams <= own + 1) return false;
    for (const client of this.#clients) {
      if (counts.get(client.identity.id) !== maxStreams) continue;
      this.#drop(client);
      return true;
    }
    return false;
  }

  #publish(name: FactName, fact: Facts[FactName]): void {
    if (!this.#wasListenedTo) return;
    const { frame, persons } = this.#backlog.add(name, fact, audienceOf(name, fact, this.#options.audience));
    const isStillAuthorized = judge();
    for (const client of this.#clients) {
      if (!isAddressedTo(client.identity, persons)) continue;
      // Not only at the next heartbeat: who was signed out a moment ago hears nothing any more.
      if (isStillAuthorized(client)) this.#send(client, frame);
      else this.#drop(client);
    }
  }

  #sendHeartbeat(): void {
    const isStillAuthorized = judge();
    for (const client of this.#clients) {
      // With it the position of somebody for whom nothing happens moves on.
      if (isStillAuthorized(client)) this.#send(client, `id: ${this.#backlog.position}\n: still here\n\n`);
      else this.#drop(client);
    }
  }

  #send(client: Client, frame: string | Buffer): void {
    if (client.response.writableLength > maxUnreadBytes) {
      this.#options.log.warn({ identity: client.identity.id }, 'Live stream closed: its client is not reading');
      this.#drop(client);
      return;
    }
    client.response.write(frame);
  }

  #drop(client: Client): void {
    this.#clients.delete(client);
    if (client.response.writableLength > maxUnreadBytes) client.response.destroy();
    else client.response.end();
  }
}

/** For one event: each token and session is looked up once, however many streams of it are open. */
function judge(): (client: Client) => boolean {
  const verdicts = new Map<string, boolean>();
  return ({ identity, credentials, isStillAuthorized }) => {
    const key = `${identity.id} ${identity.role} ${credentials}`;
    const verdict = verdicts.get(key) ?? isStillAuthorized();
    verdicts.set(key, verdict);
    return verdict;
  };
}
