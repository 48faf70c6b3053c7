import type { Device } from './device.ts';

/** A request that must prove which device sent it. */
export type AuthRequest = {
  readonly method: string;
  readonly requestUri: string;
  /** The Authorization or Proxy-Authorization header; several header lines joined by a comma or line break. */
  readonly authorization: string | undefined;
  /** The packet's source address. */
  readonly source: string;
  readonly kind: 'www' | 'proxy';
  /** User part of the address of record claimed (To of REGISTER, From of others): picks the algorithms offered first. */
  readonly user?: string | undefined;
};

/** `challenges` are the values of as many WWW-Authenticate (or Proxy-Authenticate) headers, in this order. */
export type AuthDecision =
  | { readonly kind: 'accepted'; readonly device: Device }
  | { readonly kind: 'challenge'; readonly challenges: readonly string[]; readonly reason: ChallengeReason }
  | { readonly kind: 'slow-down'; readonly retryAfterSeconds: number };

/** For the log only: an unknown user is a `wrong-credentials` like any other. */
export type ChallengeReason = 'no-credentials' | 'malformed' | 'stale' | 'wrong-credentials';
