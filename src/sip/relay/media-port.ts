/** One endpoint of a call's media. */
export type MediaEndpoint = {
  /** `external`: a trunk, or a phone outside the house. */
  readonly zone: 'internal' | 'external';
  /** The name of the trunk, whose responses show our public address; undefined for a phone. */
  readonly trunk: string | undefined;
  /** WebRTC: it accepts only DTLS-SRTP with ICE. */
  readonly isBrowser: boolean;
  /** It accepts only SRTP with the keys in the session description (RFC 4568). */
  readonly isSecure?: boolean;
};

/** The two endpoints of a call. */
export type MediaRole = 'caller' | 'callee';

/** The session description to forward, or why there is none. */
export type MediaOutcome =
  | { readonly kind: 'sdp'; readonly sdp: string }
  /** `no-relay`: missing, dead or out of ports; `bad-sdp`: it rejected the description; `over`: the anchor was deleted. */
  | { readonly kind: 'refused'; readonly why: 'no-relay' | 'bad-sdp' | 'over' };

/**
 * The relayed media of one pair of dialogs. Offers and answers (RFC 3264) pass through it in their order; later offers of either end use
 * the same anchor, and both ends keep their ports.
 */
export type Anchor = {
  /** The offer for the other end, with the relay's addresses. */
  offer(sdp: string, from: MediaRole): Promise<MediaOutcome>;
  /** The answer to the last offer, with the relay's addresses. */
  answer(sdp: string): Promise<MediaOutcome>;
  /** May be called at any time and more than once. */
  delete(): void;
};

export type AnchorRequest = {
  /** The SIP Call-ID, for the log. */
  readonly call: string;
  readonly caller: MediaEndpoint;
  readonly callee: MediaEndpoint;
  /** An emergency call: it may use the reserved ports, and waits less long for the relay. */
  readonly isEmergency?: boolean;
  /** Called once, when the media is lost. */
  readonly onLost: (why: MediaLoss) => void;
};

/** `relay-gone`: the relay has died. `made-room`: an emergency call needed its ports. */
export type MediaLoss = 'relay-gone' | 'made-room';

/** The media relay of external calls; implemented by the media room. */
export type MediaRelayPort = {
  /** Undefined where these endpoints send to each other. */
  anchor(request: AnchorRequest): Anchor | undefined;
  /** A trunk's response showed our public address (`received` of the topmost Via, RFC 3581). */
  learnPublicAddress(trunk: string, address: string): void;
};
