import type { DeviceId } from '#base/ids.ts';
import type { ContactParams, SourceAddress } from './registration.ts';

/** A parsed REGISTER (RFC 3261 section 10.3). */
export type RegisterRequest = {
  readonly requestUri: string;
  /** The To header's URI: the address of record. */
  readonly toUri: string;
  readonly callId: string;
  readonly cseq: number;
  readonly contacts: readonly { readonly uri: string; readonly params: ContactParams }[];
  /** True for `Contact: *`. */
  readonly isWildcard: boolean;
  /** Seconds of the Expires header where it is there and readable. */
  readonly expires: number | undefined;
  /** URIs of the Path header, topmost first, without angle brackets, where an edge proxy of ours added it. */
  readonly path: readonly string[];
  /** Those of a Path from any other sender. */
  readonly untrustedPath: readonly string[];
  /** Option tags of Supported, in lower case. */
  readonly supported: readonly string[];
  /** Option tags of Require, in lower case. */
  readonly required: readonly string[];
  readonly userAgent: string | undefined;
  /** The Authorization header; several header lines joined by a comma or line break. */
  readonly authorization: string | undefined;
  readonly source: SourceAddress;
  /** Whether an edge proxy of ours forwarded it: the source is then not the phone's own. */
  readonly isByProxy: boolean;
};

/** One Contact of the answer. `params` are those the phone gave, without q and expires. */
export type RegisteredContact = {
  readonly uri: string;
  readonly expiresSeconds: number;
  readonly q: number;
  readonly params: ContactParams;
};

export type RegisterDecision =
  /** 200. `path` is empty unless it is to be returned (RFC 3327 section 5.3); `isOutbound`: add `Require: outbound` (RFC 5626 section 6). */
  | {
      readonly kind: 'registered';
      readonly deviceId: DeviceId;
      readonly contacts: readonly RegisteredContact[];
      readonly path: readonly string[];
      readonly isOutbound: boolean;
    }
  /** 401 with one WWW-Authenticate per challenge, in this order. */
  | { readonly kind: 'challenge'; readonly challenges: readonly string[] }
  | {
      readonly kind: 'rejected';
      readonly status: number;
      readonly reason: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** 503 with Retry-After. */
  | { readonly kind: 'slow-down'; readonly retryAfterSeconds: number };
