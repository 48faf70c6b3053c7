// Owns how a request says who makes it: by an API token or by the cookie of a session. On the ingress listener ingress-user.ts says it.
// Called by the server for every request; app hands in the ports that know tokens, sessions and people.
// Must stay true: a token that is wrong is refused, whatever else the request carries.
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '#base/errors.ts';
import type { Identity } from '#contract/endpoint.ts';
import { sessionSecretOf } from './session-cookie.ts';

export type IdentityPorts = {
  /** Undefined for a wrong or expired one. */
  readonly byToken: (token: string) => Identity | undefined;
  /** Undefined for a session that is over; `isActivity` extends it. */
  readonly bySession: (
    secret: string,
    isActivity: boolean,
  ) => { readonly identity: Identity; readonly isExtended: boolean } | undefined;
  /** Counts wrong tokens by their source; `assertOpen` throws `rate-limited`. */
  readonly wrongTokens: { readonly assertOpen: (source: string) => void; readonly failed: (source: string) => void };
};

export type Credentials = {
  readonly headers: IncomingHttpHeaders;
  /** The client's address behind our proxies. */
  readonly address: string;
  /** False for a look at whether a stream may go on. */
  readonly isActivity: boolean;
};

/** `extends`: the secret whose cookie the browser is to keep for longer. */
export type Identified = { readonly identity: Identity; readonly extends?: string };

/**
 * A token of an `Authorization: Bearer` header (RFC 6750 section 2.1) comes first, then a session. `undefined` where the request
 * names nobody. Throws `unauthorized` for a wrong token and `rate-limited` where the address sent too many of them.
 */
export function identityOf(given: Credentials, ports: IdentityPorts): Identified | undefined {
  const token = bearerToken(given.headers.authorization);
  if (token !== undefined) return { identity: identityOfToken(token, given.address, ports) };
  const secret = sessionSecretOf(given.headers.cookie);
  const session = secret === undefined ? undefined : ports.bySession(secret, given.isActivity);
  if (secret === undefined || session === undefined) return undefined;
  return session.isExtended ? { identity: session.identity, extends: secret } : { identity: session.identity };
}

function identityOfToken(token: string, source: string, { byToken, wrongTokens }: IdentityPorts): Identity {
  const identity = byToken(token);
  if (identity !== undefined) return identity;
  // For wrong tokens only: a right one is never locked out by a neighbour behind the same address.
  wrongTokens.assertOpen(source);
  wrongTokens.failed(source);
  throw new AppError('unauthorized', 'This API token is not valid');
}

function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
  const token = authorization.slice('bearer '.length).trim();
  return token === '' ? undefined : token;
}
