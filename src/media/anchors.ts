import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Bencoded } from './bencode.ts';
import type { NgClient } from './ng-client.ts';

export type End = { readonly place: 'house' } | { readonly place: 'border'; readonly trunk: string };
export type Role = 'caller' | 'callee';
export type Outcome =
  | { readonly kind: 'sdp'; readonly sdp: string }
  | { readonly kind: 'refused'; readonly why: 'no-relay' | 'bad-sdp' | 'over' };

export type AnchorRequest = {
  readonly call: string;
  readonly caller: End;
  readonly callee: End;
  readonly lost: () => void;
};

type Parts = {
  readonly clock: Clock;
  readonly log: Log;
  /** The relay, while it is running. */
  readonly control: () => NgClient | undefined;
  /** The address that is told to the far side of a trunk; undefined where the relay's own is right. */
  readonly addressFor: (trunk: string) => string | undefined;
};

const sweepSeconds = 60;
const mostListed = 100_000;

/** Every call that is relayed now, and the certainty that none stays in the relay when it is over. */
export class Anchors {
  readonly #parts: Parts;
  readonly #anchors = new Map<string, RelayAnchor>();
  #timer: Timer | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#anchors.size;
  }

  start(): void {
    this.#timer = this.#parts.clock.every(sweepSeconds * 1000, () => void this.sweep());
  }

  /** Deletes all; resolves when the relay has been told. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await Promise.all([...this.#anchors.values()].map((anchor) => anchor.gone()));
  }

  open(request: AnchorRequest): RelayAnchor {
    const id = randomBytes(12).toString('hex');
    const anchor = new RelayAnchor({ ...this.#parts, id, request, deleted: () => void this.#anchors.delete(id) });
    this.#anchors.set(id, anchor);
    return anchor;
  }

  /** The relay has died: its calls have lost their sound. */
  lost(): void {
    for (const anchor of [...this.#anchors.values()]) anchor.lose();
  }

  /** Takes out of the relay what no call of ours knows: a delete that got lost, or an offer that was given up and done all the same. */
  async sweep(): Promise<number> {
    const control = this.#parts.control();
    const listed = await control?.request('list', { limit: mostListed });
    if (control === undefined || listed?.kind !== 'reply') return 0;
    const calls = listed.values.get('calls');
    const orphans = Array.isArray(calls) ? calls.filter((id) => !this.#anchors.has(String(id))) : [];
    for (const id of orphans) await control.request('delete', { 'call-id': String(id), 'delete-delay': 0 });
    if (orphans.length > 0) this.#parts.log.warn({ calls: orphans.length }, 'rtpengine held calls that were over');
    return orphans.length;
  }
}

type AnchorParts = Parts & { readonly id: string; readonly request: AnchorRequest; readonly deleted: () => void };

/** One relayed call. Commands go out one after the other, so that an answer never overtakes its offer. */
export class RelayAnchor {
  readonly #parts: AnchorParts;
  readonly #control: NgClient | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #offerer: Role = 'caller';
  #isOver = false;
  #isKnownThere = false;

  constructor(parts: AnchorParts) {
    this.#parts = parts;
    this.#control = parts.control();
  }

  offer(sdp: string, from: Role): Promise<Outcome> {
    return this.#next(() => {
      this.#offerer = from;
      return this.#command('offer', sdp, otherThan(from));
    });
  }

  answer(sdp: string): Promise<Outcome> {
    return this.#next(() => this.#command('answer', sdp, this.#offerer));
  }

  delete(): void {
    void this.gone();
  }

  /** As `delete`; resolves when the relay has been told, or cannot be. */
  async gone(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#last;
    // Until then it is no orphan, so that the sweep does not delete beside us.
    if (this.#isKnownThere) await this.#control?.request('delete', { 'call-id': this.#parts.id, 'delete-delay': 0 });
    this.#parts.deleted();
  }

  lose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.deleted();
    this.#parts.request.lost();
  }

  #next(run: () => Promise<Outcome>): Promise<Outcome> {
    const outcome = this.#last.then(() => (this.#isOver ? ({ kind: 'refused', why: 'over' } as const) : run()));
    this.#last = outcome;
    return outcome;
  }

  async #command(command: 'offer' | 'answer', sdp: string, to: Role): Promise<Outcome> {
    const { id, request, log, addressFor } = this.#parts;
    if (this.#control === undefined) return { kind: 'refused', why: 'no-relay' };
    const end = request[to];
    const address = end.place === 'border' ? addressFor(end.trunk) : undefined;
    this.#isKnownThere = true;
    const reply = await this.#control.request(command, {
      ...{ 'call-id': id, 'from-tag': this.#offerer, 'to-tag': otherThan(this.#offerer), sdp },
      ...relayFlags,
      ...(command === 'offer' ? offerFlags : {}),
      ...(address === undefined ? {} : { 'media-address': address }),
    });
    const changed = reply.kind === 'reply' ? reply.values.get('sdp') : undefined;
    if (typeof changed === 'string') return { kind: 'sdp', sdp: changed };
    const isSdpWrong = reply.kind === 'refused' && /sdp/i.test(reply.reason);
    log.warn({ call: request.call, command, reply: reply.kind === 'refused' ? reply.reason : reply.kind }, 'No sound for a call');
    return { kind: 'refused', why: isSdpWrong ? 'bad-sdp' : 'no-relay' };
  }
}

const relayFlags = { replace: ['origin', 'session-connection'] } as const satisfies Record<string, Bencoded>;

/**
 * What the other end is offered is plain RTP, which every trunk and phone understands; towards who offered it stays as they wanted it:
 * SRTP, ICE or RTCP on the same port.
 */
const offerFlags = {
  'transport-protocol': 'RTP/AVP',
  ICE: 'remove',
  'rtcp-mux': ['demux'],
} as const satisfies Record<string, Bencoded>;

function otherThan(role: Role): Role {
  return role === 'caller' ? 'callee' : 'caller';
}
