import { AppError } from '#base/errors.ts';
import type { LoginThrottle } from '#base/throttle.ts';
import type { Identity } from '#contract/endpoint.ts';

/** Whom a token stands for; `undefined` for an unknown one. */
export type Identify = (token: string) => Identity | undefined;

export type ApiCaller = { readonly authorization: string | undefined; readonly address: string };

/**
 * The identity of an `Authorization: Bearer` header (RFC 6750 section 2.1); `undefined` where there is none.
 * Throws `unauthorized` for a wrong token and `rate-limited` where the address sent too many of them.
 */
export function identityOf(caller: ApiCaller, identify: Identify, throttle: LoginThrottle): Identity | undefined {
  const token = bearerToken(caller.authorization);
  if (token === undefined) return undefined;
  const identity = identify(token);
  if (identity !== undefined) return identity;
  // For wrong tokens only: a right one is never locked out by a neighbour behind the same address.
  const login = { source: caller.address };
  const lockedSeconds = throttle.lockedSeconds(login);
  if (lockedSeconds > 0) {
    throw new AppError('rate-limited', 'Too many wrong tokens came from this address', { retryAfterSeconds: lockedSeconds });
  }
  throttle.failed(login);
  throw new AppError('unauthorized', 'This API token is not valid');
}

function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
  const token = authorization.slice('bearer '.length).trim();
  return token === '' ? undefined : token;
}
