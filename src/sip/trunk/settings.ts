import type { numberForms } from '#contract/trunk-words.ts';

/** A SIP trunk: a peer that connects us to the telephone network (PSTN). */
export type TrunkSettings = {
  readonly name: string;
  readonly host: string;
  readonly port?: number;
  /** The next hop of all that is sent, `host` or `host:port`; undefined: the host. */
  readonly proxy?: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username?: string;
  readonly password?: string;
  /** The name in answers to challenges, where it is not the username. */
  readonly authUsername?: string;
  /** Whether we register our account with the trunk, so that it finds us. */
  readonly register: boolean;
  /** Addresses and CIDR blocks its calls come from. */
  readonly allow: readonly string[];
  /** Whether its calls are taken; they are by default. */
  readonly takesCalls?: boolean;
  /** A header that every call from the trunk must carry. */
  readonly secretHeader?: { readonly name: string; readonly value: string };
  /** The transport of its calls, where it differs from `transport`. */
  readonly inboundTransport?: TrunkSettings['transport'];
  /** The domain of our account, where it is not the host. */
  readonly domain?: string;
  /** How outbound calls are sent; default: `number` at the host. */
  readonly outboundRoute?: OutboundRoute;
  /** Our numbers that it brings, in E.164: a call out shows one of them, and a call that names none of ours is for the only one. */
  readonly numbers?: readonly string[];
  /** How called numbers are written; default: E.164 with its plus. */
  readonly calledForm?: NumberForm;
  /** How our number is written. */
  readonly callerForm?: NumberForm;
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
  /** Interval of the OPTIONS that tell whether a trunk is there with which we do not register; undefined: none. */
  readonly probeSeconds?: number;
};

/** How numbers are written, in the country of the house where that matters. */
export type NumberForm = { readonly form: (typeof numberForms)[number]; readonly country: string };

/**
 * `number`: From shows the caller's number, at `fromHost` or else at our own address. `account`: From names our account, and the header `fromHeader` the caller's number, as a name and
 * address (RFC 3261 section 20.10) where `isAddress`; without such a header the network shows what it likes.
 */
export type OutboundRoute =
  | { readonly kind: 'none' }
  | { readonly kind: 'number'; readonly host: string; readonly fromHost?: string }
  | { readonly kind: 'account'; readonly host: string; readonly fromHeader?: string; readonly isAddress?: boolean };
