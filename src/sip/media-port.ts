/** One end of a call, seen from the house. */
export type MediaEndpoint = {
  /** `border`: a trunk, or a phone outside the house. */
  readonly zone: 'internal' | 'external';
  /** Its answers tell under which address the world sees us; undefined for a phone. */
  readonly trunk: string | undefined;
  /** WebRTC: it takes only sound that is encrypted and whose way was probed. */
  readonly isBrowser: boolean;
  /** It takes SRTP with the keys in the description (RFC 4568), and nothing else. */
  readonly isSecure?: boolean;
};

/** The two ends of a call as an anchor names them. */
export type MediaRole = 'caller' | 'callee';

/** What became of a session description: the one to send on, or why there is none. */
export type MediaOutcome =
  | { readonly kind: 'sdp'; readonly sdp: string }
  /** `no-relay`: it is missing, dead or full; `bad-sdp`: it does not understand the description; `over`: the anchor was deleted. */
  | { readonly kind: 'refused'; readonly why: 'no-relay' | 'bad-sdp' | 'over' };

/**
 * The sound of one pair of dialogs, relayed by the house. Offers and answers (RFC 3264) go through it in the order in which they are
 * made; it may be used again for every later offer of either end, and both ends keep their ports.
 */
export type Anchor = {
  /** The description for the other end, with the relay's addresses in it. */
  offer(sdp: string, from: MediaRole): Promise<MediaOutcome>;
  /** The answer of the end that the last offer went to. */
  answer(sdp: string): Promise<MediaOutcome>;
  /** May be called at any time and more than once. */
  delete(): void;
};

export type AnchorRequest = {
  /** A name of the call for the log. */
  readonly call: string;
  readonly caller: MediaEndpoint;
  readonly callee: MediaEndpoint;
  /** A call for help: it has ports kept for it, and waits for the relay less than others. */
  readonly isEmergency?: boolean;
  /** Called once, where the sound is gone. */
  readonly onLost: (why: MediaLoss) => void;
};

/** `relay-gone`: the relay has died. `made-room`: a call for help needed its ports. */
export type MediaLoss = 'relay-gone' | 'made-room';

/** What relays the sound of calls that cross the border of the house. */
export type MediaRelayPort = {
  /** Undefined where these ends are to send to each other. */
  anchor(request: AnchorRequest): Anchor | undefined;
  /** A trunk's answer showed the address it sees us under (`received` of the topmost Via, RFC 3581). */
  learnPublicAddress(trunk: string, address: string): void;
};
