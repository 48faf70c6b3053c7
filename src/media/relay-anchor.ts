import type { Log } from '#base/log.ts';
import type { Bencoded, Decoded } from './bencode.ts';
import type { NgClient, NgReply } from './ng-client.ts';
import { silence } from './silence.ts';

export type End = {
  readonly place: 'house' | 'border';
  /** Undefined for a phone. */
  readonly trunk: string | undefined;
  readonly isBrowser: boolean;
  /** It takes SRTP with the keys in the description (RFC 4568), and nothing else. */
  readonly isSecure?: boolean;
};
export type Role = 'caller' | 'callee';
export type Outcome =
  | { readonly kind: 'sdp'; readonly sdp: string }
  | { readonly kind: 'refused'; readonly why: 'no-relay' | 'bad-sdp' | 'over' };

export type AnchorRequest = {
  readonly call: string;
  readonly caller: End;
  readonly callee: End;
  readonly isEmergency?: boolean;
  readonly lost: (why: 'relay-gone' | 'made-room') => void;
};

export type RelayParts = {
  readonly log: Log;
  /** The relay, while it is running. */
  readonly control: () => NgClient | undefined;
  /** The address that is told to the far side of a trunk; undefined where the relay's own is right. */
  readonly addressFor: (trunk: string | undefined) => string | undefined;
  /** The relay, once it is started again, where that is soon. */
  readonly controlSoon: (waitMs: number) => Promise<NgClient | undefined>;
  /** It did not answer a command. */
  readonly hangs: () => void;
};

type AnchorParts = RelayParts & {
  readonly id: string;
  readonly request: AnchorRequest;
  readonly deleted: () => void;
  /** Whether so many ports more are only there for calls for help. */
  readonly areKept: (ports: number) => boolean;
  /** Ends the youngest other call that is none for help; false where there is none. */
  readonly makeRoom: () => Promise<boolean>;
};

/** Whoever calls for help does not wait longer for a relay that hangs, or that is being started again. */
const emergencyPatienceMs = 1_500;
const emergencyRestartMs = 1_200;
/** Once help has answered, there is no other way for the sound any more: the relay is asked so often, each time with all its repeats. */
const mostAnswerTries = 3;
/** Ports of a stream: RTP and RTCP, on each side. */
const portsPerStream = 4;

/** One relayed call. Commands go out one after the other, so that an answer never overtakes its offer. */
export class RelayAnchor {
  readonly #parts: AnchorParts;
  #control: NgClient | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #offerer: Role = 'caller';
  #isOver = false;
  #isKnownThere = false;
  #isAnswered = false;
  #gone: Promise<void> | undefined;
  #ports = 0;
  /** RTP packets that each end had sent when we last looked. */
  readonly #sent = { caller: 0, callee: 0 };

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

  /**
   * Sends a little silence across the border where the other end sends nothing: before it speaks first, on hold, or muted. So the way
   * through the router opens, and stays open.
   */
  async keepOpen(): Promise<void> {
    const { id, request } = this.#parts;
    if (!this.#isAnswered || this.#isOver) return;
    const reply = await this.#control?.request('query', { 'call-id': id });
    if (reply?.kind !== 'reply' || this.#isOver) return;
    for (const role of ['caller', 'callee'] as const) {
      const sent = packetsFrom(reply.values, role);
      const isSilent = sent === this.#sent[role];
      this.#sent[role] = sent;
      const to = otherThan(role);
      if (isSilent && request[to].place === 'border') {
        await this.#control?.request('play media', { 'call-id': id, 'from-tag': to, blob: silence });
      }
    }
  }

  delete(): void {
    void this.gone();
  }

  /** UDP ports of the relay that it holds. */
  get ports(): number {
    return this.#isOver ? 0 : this.#ports;
  }

  get isEmergency(): boolean {
    return this.#parts.request.isEmergency === true;
  }

  /** As `delete`; resolves when the relay has been told, or cannot be. */
  gone(): Promise<void> {
    this.#gone ??= this.#delete();
    return this.#gone;
  }

  /** Gives its ports to a call for help. */
  async evict(): Promise<void> {
    this.#parts.request.lost('made-room');
    await this.gone();
  }

  async #delete(): Promise<void> {
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
    this.#parts.request.lost('relay-gone');
  }

  #next(run: () => Promise<Outcome>): Promise<Outcome> {
    const outcome = this.#last.then(() => (this.#isOver ? ({ kind: 'refused', why: 'over' } as const) : run()));
    this.#last = outcome;
    return outcome;
  }

  async #command(command: 'offer' | 'answer', sdp: string, to: Role): Promise<Outcome> {
    const { request, log } = this.#parts;
    if (this.isEmergency) this.#control ??= await this.#parts.controlSoon(emergencyRestartMs);
    if (this.#control === undefined) return { kind: 'refused', why: 'no-relay' };
    const ports = portsPerStream * (sdp.match(/^m=\S+ [1-9]/gm)?.length ?? 1);
    const more = ports - this.#ports;
    if (command === 'offer' && !this.isEmergency && more > 0 && this.#parts.areKept(more)) {
      log.warn({ call: request.call }, 'No sound for a call: the ports that are left are kept for calls for help');
      return { kind: 'refused', why: 'no-relay' };
    }
    this.#isKnownThere = true;
    this.#ports = Math.max(this.#ports, ports);
    const reply = await this.#ask(command, sdp, to);
    const changed = reply.kind === 'reply' ? reply.values.get('sdp') : undefined;
    if (typeof changed === 'string') {
      this.#isAnswered ||= command === 'answer';
      return { kind: 'sdp', sdp: changed };
    }
    if (reply.kind === 'silent') this.#parts.hangs();
    const isSdpWrong = reply.kind === 'refused' && /sdp/i.test(reply.reason);
    log.warn({ call: request.call, command, reply: reply.kind === 'refused' ? reply.reason : reply.kind }, 'No sound for a call');
    return { kind: 'refused', why: isSdpWrong ? 'bad-sdp' : 'no-relay' };
  }

  /** A call for help asks again as often as another call makes room for it. */
  async #ask(command: 'offer' | 'answer', sdp: string, to: Role): Promise<NgReply> {
    const { id, request, addressFor, log } = this.#parts;
    const end = request[to];
    const address = end.place === 'border' ? addressFor(end.trunk) : undefined;
    const values = {
      ...{ 'call-id': id, 'from-tag': this.#offerer, 'to-tag': otherThan(this.#offerer), sdp },
      ...relayFlags,
      ...(command === 'offer' ? offerFlags(end) : {}),
      ...(address === undefined ? {} : { 'media-address': address }),
    };
    const limitMs = this.isEmergency && command === 'offer' ? emergencyPatienceMs : undefined;
    for (let tries = 1; ; tries += 1) {
      const reply = (await this.#control?.request(command, values, limitMs)) ?? { kind: 'silent' };
      const isAskedAgain = this.isEmergency && command === 'answer' && tries < mostAnswerTries && !this.#isOver;
      if (reply.kind === 'silent' && isAskedAgain) continue;
      const isFull = reply.kind === 'refused' && /out of ports/i.test(reply.reason);
      if (!isFull || !this.isEmergency || !(await this.#parts.makeRoom())) return reply;
      log.warn({ call: request.call }, 'Another call was ended: a call for help needed its ports');
    }
  }
}

const relayFlags = { replace: ['origin', 'session-connection'] } as const satisfies Record<string, Bencoded>;

/**
 * What the other end is offered is plain RTP, which every trunk and phone understands; towards who offered it stays as they wanted it:
 * SRTP, ICE or RTCP on the same port. A browser is offered DTLS-SRTP with ICE (RFC 8827), a secure trunk SRTP with the keys in the
 * description.
 */
function offerFlags(to: End): Record<string, Bencoded> {
  if (to.isSecure === true)
    return {
      'transport-protocol': 'RTP/SAVP',
      ICE: 'remove',
      'rtcp-mux': ['demux'],
      DTLS: 'off',
      SDES: ['only-AES_CM_128_HMAC_SHA1_80'],
    };
  if (!to.isBrowser) return { 'transport-protocol': 'RTP/AVP', ICE: 'remove', 'rtcp-mux': ['demux'] };
  return { 'transport-protocol': 'UDP/TLS/RTP/SAVPF', ICE: 'force', 'rtcp-mux': ['offer', 'require'], SDES: ['off'] };
}

function otherThan(role: Role): Role {
  return role === 'caller' ? 'callee' : 'caller';
}

/** What the answer to `query` says one end has sent on its first stream. */
function packetsFrom(values: ReadonlyMap<string, Decoded>, role: Role): number {
  const packets = ['tags', role, 'medias', 0, 'streams', 0, 'stats', 'packets'].reduce<Decoded | undefined>((value, step) => {
    if (value instanceof Map) return (value as ReadonlyMap<string, Decoded>).get(String(step));
    return Array.isArray(value) ? (value as readonly Decoded[])[Number(step)] : undefined;
  }, values);
  return typeof packets === 'number' ? packets : 0;
}
