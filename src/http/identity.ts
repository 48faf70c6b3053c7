import { AppError } from '#base/errors.ts';
import type { LoginThrottle } from '#base/throttle.ts';
import type { Identity } from '#contract/endpoint.ts';

/** Whom a token stands for; `undefined` where nobody. */
export type Identify = (token: string) => Identity | undefined;

export type ApiCaller = { readonly authorization: string | undefined; readonly address: string };

/**
 * Who asks, by `Authorization: Bearer` (RFC 6750 section 2.1); `undefined` where the request names nobody.
 * Throws `unauthorized` for a wrong token and `rate-limited` where the address sent too many of them.
 */
export function identityOf(caller: ApiCaller, identify: Identify, throttle: LoginThrottle): Identity | undefined {
  const token = bearerToken(caller.authorization);
  if (token === undefined) return undefined;
  const identity = identify(token);
  if (identity !== undefined) return identity;
  // Asked about wrong tokens only, so that nobody with a right one is locked out by a neighbour behind the same address.
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
