import { isIPv4 } from 'node:net';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { isPrivate } from '#base/private-address.ts';
import type { Registration } from '#devices/registration.ts';
import { parseUri, splitList } from '#sip/message/headers.ts';
import type { Anchor, MediaRelayPort, MediaEndpoint, MediaOutcome, MediaRole, MediaLoss } from './media-port.ts';
import { isSecureAlone, isWebRtc } from '#sip/message/sdp.ts';
import { sourceOf } from '#sip/message/source.ts';
import type { HeaderMap, SrfRequest } from '#sip/message/srf-types.ts';

type Done = (outcome: MediaOutcome) => void;

/** No relay: phones and trunks send RTP to each other. */
export const directMedia: MediaRelayPort = { anchor: () => undefined, learnPublicAddress: () => {} };

/** For a path that needs a relay where there is none. */
const noRelay: Anchor = {
  offer: () => Promise.resolve({ kind: 'refused', why: 'no-relay' }),
  answer: () => Promise.resolve({ kind: 'refused', why: 'no-relay' }),
  delete: () => {},
};

/** Longer than the relay client's own time-outs. */
const relayTimeoutMs = 8_000;

type RelayedPathOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly hasTrunk: boolean;
  readonly isInterworked: boolean;
  readonly open: (lost: (why: MediaLoss) => void) => Anchor | undefined;
};

/**
 * The media path between two dialogs. Without a relay, session descriptions pass unchanged and callbacks run synchronously; relayed,
 * they run in the order of the calls. Each callback runs exactly once, also after `close`.
 */
export class MediaPath {
  /** Called once, when the relay has lost the media. */
  onLost: (why: MediaLoss) => void;
  /** Whether one end is a trunk; a call between phones may be tried without the relay. */
  readonly hasTrunk: boolean;
  /** Whether the ends have no media format in common without the relay, as a browser and any other end. */
  readonly isInterworked: boolean;
  readonly #anchor: Anchor | undefined;
  readonly #relayed: RelayedPathOptions | undefined;
  #isClosed = false;

  constructor(relayed?: RelayedPathOptions, lost: (why: MediaLoss) => void = () => {}) {
    this.onLost = lost;
    this.#relayed = relayed;
    this.hasTrunk = relayed?.hasTrunk ?? false;
    this.isInterworked = relayed?.isInterworked ?? false;
    this.#anchor = relayed?.open((why) => {
      if (!this.#isClosed) this.onLost(why);
    });
  }

  get isRelayed(): boolean {
    return this.#anchor !== undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** `done` gets the offer for the other end. */
  offer(sdp: string, from: MediaRole, done: Done): void {
    if (this.#anchor === undefined || sdp === '') done({ kind: 'sdp', sdp });
    else void this.#deliver(this.#anchor.offer(sdp, from), done);
  }

  /** `done` gets the answer for the end that made the last offer. */
  answer(sdp: string, done: Done): void {
    if (this.#anchor === undefined || sdp === '') done({ kind: 'sdp', sdp });
    else void this.#deliver(this.#anchor.answer(sdp), done);
  }

  /** After a refused offer the previous session goes on (RFC 3261 section 14.1). */
  restore(from: MediaRole, agreed: { readonly offer: string; readonly answer: string }): void {
    this.offer(agreed.offer, from, () => this.answer(agreed.answer, () => {}));
  }

  close(): void {
    this.#isClosed = true;
    this.#anchor?.delete();
  }

  async #deliver(outcome: Promise<MediaOutcome>, done: Done): Promise<void> {
    const known = await this.#withTimeout(outcome);
    try {
      done(known);
    } catch (error) {
      this.#relayed?.log.error({ err: error }, 'Session description handling failed');
    }
  }

  /** A relay that hangs or fails counts as no relay. */
  #withTimeout(outcome: Promise<MediaOutcome>): Promise<MediaOutcome> {
    const { promise, resolve } = Promise.withResolvers<MediaOutcome>();
    const failed = (error: unknown) => {
      this.#relayed?.log.error({ err: error }, 'Media relay returned no session description');
      resolve({ kind: 'refused', why: 'no-relay' });
    };
    const timeout = this.#relayed?.clock.after(relayTimeoutMs, () =>
      failed(new Error(`No answer within ${relayTimeoutMs / 1000} s`)),
    );
    outcome.then(resolve, failed).finally(() => timeout?.cancel());
    return promise;
  }
}

type MediaPathDeps = { readonly media: MediaRelayPort; readonly clock: Clock; readonly log: Log };

/** The media paths from one caller to its possible callees; one is kept when a leg has answered. */
export class MediaPaths {
  readonly #deps: MediaPathDeps;
  readonly #from: { readonly call: string; readonly caller: MediaEndpoint };
  readonly #paths = new Map<string, MediaPath>();
  /** Called when a path is lost before it has a bridge. */
  onLost: (why: MediaLoss) => void = () => {};

  constructor(deps: MediaPathDeps, from: { readonly call: string; readonly caller: MediaEndpoint }) {
    this.#deps = deps;
    this.#from = from;
  }

  to(callee: MediaEndpoint, { isEmergency = false } = {}): MediaPath {
    const key = JSON.stringify(callee);
    const known = this.#paths.get(key);
    if (known?.isClosed === false) return known;
    const { media, clock, log } = this.#deps;
    const { caller } = this.#from;
    const hasTrunk = caller.trunk !== undefined || callee.trunk !== undefined;
    const isInterworked = areInterworked(caller, callee);
    const open = (lost: (why: MediaLoss) => void) =>
      media.anchor({ ...this.#from, callee, isEmergency, onLost: lost }) ?? (isInterworked ? noRelay : undefined);
    const relayed = needsRelay(caller, callee) ? { clock, log, hasTrunk, isInterworked, open } : undefined;
    const path = new MediaPath(relayed, (why) => this.onLost(why));
    this.#paths.set(key, path);
    return path;
  }

  keep(kept: MediaPath): void {
    for (const path of this.#paths.values()) if (path !== kept) path.close();
  }

  close(): void {
    for (const path of this.#paths.values()) path.close();
  }
}

/** The status for a party whose offer or answer the media relay refused. */
export function statusForRefusal(outcome: Extract<MediaOutcome, { kind: 'refused' }>): number {
  return outcome.why === 'bad-sdp' ? 488 : outcome.why === 'no-relay' ? 503 : 480;
}

/** The source address of our request as the far side saw it (`received`, RFC 3261 section 18.2.1); undefined: that of its Via. */
export function receivedFrom(headers: HeaderMap): string | undefined {
  const top = splitList(headers['via'] ?? '')[0] ?? '';
  return /;\s*received\s*=\s*\[?([0-9A-Fa-f.:]+)/.exec(top)?.[1];
}

/** The house's own end of a call's media. */
export const houseEndpoint: MediaEndpoint = { zone: 'internal', trunk: undefined, isBrowser: false, isSecure: false };

export function trunkEndpoint(trunk: string, isSecure = false): MediaEndpoint {
  return { zone: 'external', trunk, isBrowser: false, isSecure };
}

/** `address`: the source of its SIP. IPv6 phones count as internal: the relay has IPv4 only. */
export function phoneEndpoint({ address, ...kind }: PhoneFacts): MediaEndpoint {
  const isOutside = isIPv4(address) && !isPrivate(address);
  return { zone: isOutside ? 'external' : 'internal', trunk: undefined, ...kind };
}

type PhoneFacts = { readonly address: string; readonly isBrowser: boolean; readonly isSecure?: boolean };

/** A calling phone, classified by its offer; without one, by its transport. */
export function callingEndpoint(request: SrfRequest): MediaEndpoint {
  const { protocol, address } = sourceOf(request);
  const offer = request.body ?? '';
  const isBrowser = offer === '' ? isWebSocket(protocol) : isWebRtc(offer);
  return phoneEndpoint({ address, isBrowser, ...(isSecureAlone(offer) ? { isSecure: true } : {}) });
}

/** A called phone, classified by the transport of its registration: browsers use WebSocket (RFC 7118), also behind an edge proxy. */
export function registeredEndpoint({ contactUri, source }: Pick<Registration, 'contactUri' | 'source'>): MediaEndpoint {
  const named = parseUri(contactUri)?.params.get('transport') ?? '';
  return phoneEndpoint({ address: source.address, isBrowser: isWebSocket(source.protocol) || isWebSocket(named.toLowerCase()) });
}

function isWebSocket(protocol: string): boolean {
  return protocol === 'ws' || protocol === 'wss';
}

/** External calls do, and calls between ends without a media format in common. */
function needsRelay(caller: MediaEndpoint, callee: MediaEndpoint): boolean {
  return caller.zone === 'external' || callee.zone === 'external' || areInterworked(caller, callee);
}

/** A browser and any other end; an end that insists on SRTP and one that has none, as the house itself. What a phone can is not known. */
function areInterworked(caller: MediaEndpoint, callee: MediaEndpoint): boolean {
  return caller.isBrowser !== callee.isBrowser || (caller.isSecure === true && callee.isSecure === false);
}
