import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { decode, encode } from './bencode.ts';
import type { Bencoded, Decoded } from './bencode.ts';

export type NgReply =
  | { readonly kind: 'reply'; readonly values: ReadonlyMap<string, Decoded> }
  | { readonly kind: 'refused'; readonly reason: string }
  /** No reply to any of the retransmissions. */
  | { readonly kind: 'timeout' };

type Pending = { readonly settle: (reply: NgReply) => void; timer: Timer | undefined; readonly limit: Timer | undefined };

export type NgClientDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly server: { readonly address: string; readonly port: number };
};

/** Waits before each retransmission. rtpengine answers a repeated cookie with the same reply and does not run the command again. */
const retransmitAfterMs = [150, 300, 600] as const;
const finalTimeoutMs = 1200;
const maxPending = 2000;

/** rtpengine's ng protocol: a cookie, a space, and a bencoded dictionary, each in a datagram of its own. */
export class NgClient {
  readonly #deps: NgClientDeps;
  readonly #socket: Socket;
  readonly #pending = new Map<string, Pending>();
  #isClosed = false;

  constructor(deps: NgClientDeps) {
    this.#deps = deps;
    this.#socket = createSocket(deps.server.address.includes(':') ? 'udp6' : 'udp4');
    this.#socket.on('message', (bytes) => this.#receive(bytes));
    // A relay that has just died answers with ICMP; the retransmissions decide.
    this.#socket.on('error', (error) => deps.log.debug({ err: error }, 'rtpengine control socket error'));
    this.#socket.unref();
  }

  /** `limitMs`: gives up after this long, before all retransmissions. */
  request(command: string, values: Readonly<Record<string, Bencoded>> = {}, limitMs?: number): Promise<NgReply> {
    const { promise, resolve } = Promise.withResolvers<NgReply>();
    if (this.#isClosed || this.#pending.size >= maxPending) {
      resolve({ kind: 'timeout' });
      return promise;
    }
    const cookie = randomBytes(8).toString('hex');
    const message = Buffer.concat([Buffer.from(`${cookie} `), encode({ command, ...values })]);
    const limit = limitMs && this.#deps.clock.after(limitMs, () => this.#settle(cookie, { kind: 'timeout' }));
    this.#pending.set(cookie, { settle: resolve, timer: undefined, limit: limit || undefined });
    this.#send(cookie, message, 0);
    return promise;
  }

  /** Pending commands end with `timeout`. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const cookie of this.#pending.keys()) this.#settle(cookie, { kind: 'timeout' });
    this.#socket.close();
  }

  #send(cookie: string, message: Buffer, retransmits: number): void {
    const pending = this.#pending.get(cookie);
    if (pending === undefined) return;
    const { address, port } = this.#deps.server;
    this.#socket.send(message, port, address, () => {});
    const nextAfterMs = retransmitAfterMs[retransmits];
    pending.timer = this.#deps.clock.after(nextAfterMs ?? finalTimeoutMs, () => {
      if (nextAfterMs === undefined) this.#settle(cookie, { kind: 'timeout' });
      else this.#send(cookie, message, retransmits + 1);
    });
  }

  #receive(bytes: Buffer): void {
    const space = bytes.indexOf(0x20);
    if (space === -1) return;
    const cookie = bytes.toString('latin1', 0, space);
    if (!this.#pending.has(cookie)) return;
    const values = decode(bytes.subarray(space + 1));
    if (!(values instanceof Map)) return;
    this.#settle(cookie, readReply(values));
  }

  #settle(cookie: string, reply: NgReply): void {
    const pending = this.#pending.get(cookie);
    if (pending === undefined) return;
    this.#pending.delete(cookie);
    pending.timer?.cancel();
    pending.limit?.cancel();
    pending.settle(reply);
  }
}

function readReply(values: ReadonlyMap<string, Decoded>): NgReply {
  const result = values.get('result');
  if (result === 'ok' || result === 'pong') return { kind: 'reply', values };
  const reason = values.get('error-reason') ?? result;
  return { kind: 'refused', reason: typeof reason === 'string' ? reason : 'unknown' };
}
