// Owns what the server makes of a request before any endpoint: from where it comes, who makes it, whether a page of ours sent it.
// Called by server.ts through mount.ts.
// Must stay true: credentials that a browser adds by itself change nothing for a page of another site.
import type { TLSSocket } from 'node:tls';
import type { Context } from 'koa';
import { AppError } from '#base/errors.ts';
import type { Identity } from '#contract/endpoint.ts';
import { clientFactsOf } from './client-facts.ts';
import type { ClientFacts, ProxyOptions } from './client-facts.ts';
import { crossSiteProblem } from './cross-site.ts';
import { identityOf } from './identity.ts';
import type { IdentityPorts } from './identity.ts';
import type { RequestView } from './mount.ts';
import { sessionCookie } from './session-cookie.ts';

export type RequestViewOptions = {
  readonly ports: IdentityPorts;
  readonly proxies: ProxyOptions;
};

/** How one listener sees its requests. */
export type ServerView = RequestView & {
  /** Looks at each request before anything answers it; rejects with what refuses it. */
  readonly receive?: (context: Context) => Promise<void>;
  /** Whether a stream that this identity opened may go on; being open is no activity. */
  readonly isStillAuthorized: (context: Context, identity: Identity) => boolean;
  /** All that an identity comes from. */
  readonly credentialsOf: (context: Context) => string;
};

export function createRequestView({ ports, proxies }: RequestViewOptions): ServerView {
  const ownOrigins = proxies.publicUrl === undefined ? [] : [proxies.publicUrl.origin];
  const identify = (context: Context, isActivity: boolean) => {
    const { address } = factsOf(context, proxies);
    return identityOf({ headers: context.req.headers, address, isActivity }, ports);
  };
  const setSession = (context: Context, secret: string | null) =>
    context.set('Set-Cookie', sessionCookie(secret, factsOf(context, proxies)));
  return {
    setSession,
    identityOf: (context) => {
      const found = identify(context, true);
      if (found?.extends !== undefined) setSession(context, found.extends);
      return found?.identity;
    },
    assertOwnSite: (context, identity) => assertOwnSite(context, identity, { host: factsOf(context, proxies).host, ownOrigins }),
    clientOf: (context) => ({ address: factsOf(context, proxies).address, userAgent: context.get('User-Agent') }),
    credentialsOf: ({ req }) => JSON.stringify([req.headers.authorization, req.headers.cookie, req.socket.remoteAddress]),
    isStillAuthorized: (context, { id, role }) => {
      try {
        const now = identify(context, false)?.identity;
        return now?.id === id && now.role === role;
      } catch {
        return false;
      }
    },
  };
}

export type OwnSite = { readonly host: string; readonly ownOrigins: readonly string[] };

/** Throws `forbidden` where a page of another site may have sent the request. */
export function assertOwnSite(context: Context, identity: Identity | undefined, own: OwnSite): void {
  // A token is added by the client's own program, never by a browser.
  if (identity?.kind === 'token') return;
  const { method, headers } = context.req;
  const problem = crossSiteProblem({ ...own, method: method ?? '', headers, isAmbient: identity !== undefined });
  if (problem !== undefined) throw new AppError('forbidden', problem);
}

export function factsOf({ req }: Context, proxies: ProxyOptions): ClientFacts {
  const isEncrypted = (req.socket as Partial<TLSSocket>).encrypted === true;
  return clientFactsOf({ headers: req.headers, address: req.socket.remoteAddress ?? '', isEncrypted }, proxies);
}
