import type { Log } from '#base/log.ts';
import type { Anchor, AnchorRequest, MediaEndpoint, MediaOutcome, MediaRole } from '#sip/relay/media-port.ts';
import type { Bencoded, Decoded } from './bencode.ts';
import type { NgClient, NgReply } from './ng-client.ts';
import { silence } from './silence.ts';

export type RelayDeps = {
  readonly log: Log;
  /** The relay, while it is running. */
  readonly control: () => NgClient | undefined;
  /** The public address for a trunk, or for a phone outside the house; undefined: the relay's own. */
  readonly addressFor: (trunk: string | undefined) => string | undefined;
  /** Resolves when the relay has restarted, or with undefined after `waitMs`. */
  readonly waitForControl: (waitMs: number) => Promise<NgClient | undefined>;
  /** The relay did not reply to a command. */
  readonly onUnresponsive: () => void;
};

type RelayAnchorDeps = RelayDeps & {
  readonly id: string;
  readonly request: AnchorRequest;
  readonly onDeleted: () => void;
  /** Whether this many more ports would use those reserved for emergency calls. */
  readonly areReserved: (ports: number) => boolean;
  /** Ends the youngest call that is not an emergency call; false where there is none. */
  readonly makeRoom: () => Promise<boolean>;
};

/** The longest an emergency call waits for a relay that hangs, or that is restarting. */
const emergencyTimeoutMs = 1_500;
const emergencyRestartMs = 1_200;
/** An answered emergency call cannot do without the relay any more: the answer is sent this often, each time with all retransmissions. */
const maxAnswerTries = 3;
/** RTP and RTCP, on each side. */
const portsPerStream = 4;

/** One relayed call. Commands are sent one after the other, so that an answer never overtakes its offer. */
export class RelayAnchor implements Anchor {
  readonly #deps: RelayAnchorDeps;
  #control: NgClient | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #offerer: MediaRole = 'caller';
  #isOver = false;
  #isKnownToRelay = false;
  #isAnswered = false;
  #deletion: Promise<void> | undefined;
  #ports = 0;
  /** RTP packets received from each end by the last query. */
  readonly #sent = { caller: 0, callee: 0 };

  constructor(deps: RelayAnchorDeps) {
    this.#deps = deps;
    this.#control = deps.control();
  }

  offer(sdp: string, from: MediaRole): Promise<MediaOutcome> {
    return this.#enqueue(() => {
      this.#offerer = from;
      return this.#command('offer', sdp, otherThan(from));
    });
  }

  answer(sdp: string): Promise<MediaOutcome> {
    return this.#enqueue(() => this.#command('answer', sdp, this.#offerer));
  }

  /**
   * Sends a short silence to an external end while the other end sends nothing (early media, hold, mute): it opens the router's NAT
   * binding, and keeps it open.
   */
  async sendKeepalive(): Promise<void> {
    const { id, request } = this.#deps;
    if (!this.#isAnswered || this.#isOver) return;
    const reply = await this.#control?.request('query', { 'call-id': id });
    if (reply?.kind !== 'reply' || this.#isOver) return;
    for (const role of ['caller', 'callee'] as const) {
      const sent = packetsFrom(reply.values, role);
      const isSilent = sent === this.#sent[role];
      this.#sent[role] = sent;
      const to = otherThan(role);
      if (isSilent && request[to].zone === 'external') {
        await this.#control?.request('play media', { 'call-id': id, 'from-tag': to, blob: silence });
      }
    }
  }

  delete(): void {
    void this.deleteAndWait();
  }

  /** UDP ports of the relay in use by this call. */
  get ports(): number {
    return this.#isOver ? 0 : this.#ports;
  }

  get isEmergency(): boolean {
    return this.#deps.request.isEmergency === true;
  }

  /** As `delete`; resolves when the relay has deleted the call, or does not reply. */
  deleteAndWait(): Promise<void> {
    this.#deletion ??= this.#delete();
    return this.#deletion;
  }

  /** Frees its ports for an emergency call. */
  async evict(): Promise<void> {
    this.#deps.request.onLost('made-room');
    await this.deleteAndWait();
  }

  async #delete(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#queue;
    // It stays known until the relay has deleted it; otherwise the sweep would delete it too.
    if (this.#isKnownToRelay) await this.#control?.request('delete', { 'call-id': this.#deps.id, 'delete-delay': 0 });
    this.#deps.onDeleted();
  }

  onRelayGone(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deps.onDeleted();
    this.#deps.request.onLost('relay-gone');
  }

  #enqueue(run: () => Promise<MediaOutcome>): Promise<MediaOutcome> {
    const outcome = this.#queue.then(() => (this.#isOver ? ({ kind: 'refused', why: 'over' } as const) : run()));
    this.#queue = outcome;
    return outcome;
  }

  async #command(command: 'offer' | 'answer', sdp: string, to: MediaRole): Promise<MediaOutcome> {
    const { request, log } = this.#deps;
    if (this.isEmergency) this.#control ??= await this.#deps.waitForControl(emergencyRestartMs);
    if (this.#control === undefined) return { kind: 'refused', why: 'no-relay' };
    const ports = portsPerStream * (sdp.match(/^m=\S+ [1-9]/gm)?.length ?? 1);
    const more = ports - this.#ports;
    if (command === 'offer' && !this.isEmergency && more > 0 && this.#deps.areReserved(more)) {
      log.warn({ call: request.call }, 'Call not relayed: the remaining ports are reserved for emergency calls');
      return { kind: 'refused', why: 'no-relay' };
    }
    this.#isKnownToRelay = true;
    this.#ports = Math.max(this.#ports, ports);
    const reply = await this.#request(command, sdp, to);
    const changed = reply.kind === 'reply' ? reply.values.get('sdp') : undefined;
    if (typeof changed === 'string') {
      this.#isAnswered ||= command === 'answer';
      return { kind: 'sdp', sdp: changed };
    }
    if (reply.kind === 'timeout') this.#deps.onUnresponsive();
    const isSdpWrong = reply.kind === 'refused' && /sdp/i.test(reply.reason);
    log.warn(
      { call: request.call, command, reply: reply.kind === 'refused' ? reply.reason : reply.kind },
      'Media relay command failed',
    );
    return { kind: 'refused', why: isSdpWrong ? 'bad-sdp' : 'no-relay' };
  }

  /** An emergency call repeats the command as long as other calls free their ports for it. */
  async #request(command: 'offer' | 'answer', sdp: string, to: MediaRole): Promise<NgReply> {
    const { id, request, addressFor, log } = this.#deps;
    const end = request[to];
    const address = end.zone === 'external' ? addressFor(end.trunk) : undefined;
    const values = {
      'call-id': id,
      'from-tag': this.#offerer,
      'to-tag': otherThan(this.#offerer),
      sdp,
      ...relayFlags,
      ...(command === 'offer' ? offerFlags(end) : {}),
      ...(address === undefined ? {} : { 'media-address': address }),
    };
    const limitMs = this.isEmergency && command === 'offer' ? emergencyTimeoutMs : undefined;
    for (let tries = 1; ; tries += 1) {
      const reply = (await this.#control?.request(command, values, limitMs)) ?? { kind: 'timeout' };
      const isRetried = this.isEmergency && command === 'answer' && tries < maxAnswerTries && !this.#isOver;
      if (reply.kind === 'timeout' && isRetried) continue;
      const isFull = reply.kind === 'refused' && /out of ports/i.test(reply.reason);
      if (!isFull || !this.isEmergency || !(await this.#deps.makeRoom())) return reply;
      log.warn({ call: request.call }, 'Another call was ended: an emergency call needed its media ports');
    }
  }
}

const relayFlags = { replace: ['origin', 'session-connection'] } as const satisfies Record<string, Bencoded>;

/**
 * The other end is offered plain RTP, which every trunk and phone understands; the offerer keeps what it asked for: SRTP, ICE or
 * rtcp-mux. A browser is offered DTLS-SRTP with ICE (RFC 8827), a secure trunk SRTP with SDES keys (RFC 4568).
 */
function offerFlags(to: MediaEndpoint): Record<string, Bencoded> {
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

function otherThan(role: MediaRole): MediaRole {
  return role === 'caller' ? 'callee' : 'caller';
}

/** RTP packets of one end's first stream, from the reply to `query`. */
function packetsFrom(values: ReadonlyMap<string, Decoded>, role: MediaRole): number {
  const packets = ['tags', role, 'medias', 0, 'streams', 0, 'stats', 'packets'].reduce<Decoded | undefined>((value, step) => {
    if (value instanceof Map) return (value as ReadonlyMap<string, Decoded>).get(String(step));
    return Array.isArray(value) ? (value as readonly Decoded[])[Number(step)] : undefined;
  }, values);
  return typeof packets === 'number' ? packets : 0;
}
