/** A SIP trunk: a peer that connects us to the telephone network (PSTN). */
export type TrunkSettings = {
  readonly name: string;
  readonly host: string;
  readonly port?: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username?: string;
  readonly password?: string;
  /** Whether we register our account with the trunk, so that it finds us. */
  readonly register: boolean;
  /** Addresses and CIDR blocks its calls come from. */
  readonly allow: readonly string[];
  /** A header that every call from the trunk must carry. */
  readonly secretHeader?: { readonly name: string; readonly value: string };
  /** The transport of its calls, where it differs from `transport`. */
  readonly inboundTransport?: TrunkSettings['transport'];
  /** The domain of our account, where it is not the host. */
  readonly domain?: string;
  /** How outbound calls are sent; default: `number` at the host. */
  readonly outboundRoute?: OutboundRoute;
  /**
   * Headers of its calls: `number` holds the called number, `name` the network's id of the call, and `join` the token of a call that a
   * webhook has announced; that one counts only in calls to our registration.
   */
  readonly callHeaders?: { readonly number: string; readonly join: string; readonly name?: string };
  /** Our refusal sends the caller on to the network's own voicemail; busy and declined would end the call instead. */
  readonly failsOver?: boolean;
  /** SRTP with the keys in the session description (RFC 4568), in both directions. */
  readonly isSecure?: boolean;
  /** Interval of the OPTIONS that check whether a registered trunk still sees us at the same address; undefined: none. */
  readonly keepAliveSeconds?: number;
};

/** `number`: From shows the caller's number. `account`: From names our account, and the header `fromHeader` the caller's number. */
export type OutboundRoute =
  | { readonly kind: 'none' }
  | { readonly kind: 'number'; readonly host: string }
  | { readonly kind: 'account'; readonly host: string; readonly fromHeader: string };
