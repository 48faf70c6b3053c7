// Owns how the ingress listener sees a request: whom Home Assistant names, and nothing else. Tokens and cookies count for nothing here.
// Called by server.ts for every request of that listener.
// Must stay true: a request is looked at before anything answers it, the public endpoints too.
import type { Context } from 'koa';
import { AppError } from '#base/errors.ts';
import type { Identity } from '#contract/endpoint.ts';
import type { ProxyOptions } from './client-facts.ts';
import { ingressUser } from './ingress-user.ts';
import type { IngressUser } from './ingress-user.ts';
import { assertOwnSite, factsOf } from './request-view.ts';
import type { ServerView } from './request-view.ts';

export type IngressPorts = {
  /** The Supervisor's address: the only peer. */
  readonly supervisor: string;
  /** Core and the Supervisor: what they say of the browser counts. */
  readonly isTrustedProxy: ProxyOptions['isTrustedProxy'];
  /** The person whom this user is, made on first sight. Rejects with `forbidden` for who may not come in. */
  readonly identify: (user: IngressUser) => Promise<Identity>;
  /** The same as far as it is known at once; undefined where they may not come in any more. */
  readonly current: (user: IngressUser) => Identity | undefined;
};

type Received = { readonly user: IngressUser; readonly identity: Identity };

export function createIngressView({ supervisor, isTrustedProxy, identify, current }: IngressPorts): ServerView {
  const facts = (context: Context) => factsOf(context, { isTrustedProxy });
  return {
    receive: async (context) => {
      const { rawHeaders, socket } = context.req;
      const user = ingressUser({ rawHeaders, peer: socket.remoteAddress ?? '' }, supervisor);
      context.state['ingress'] = { user, identity: await identify(user) } satisfies Received;
    },
    identityOf: (context) => receivedOf(context).identity,
    assertOwnSite: (context, identity) => assertOwnSite(context, identity, { host: facts(context).host, ownOrigins: [] }),
    clientOf: (context) => ({ address: facts(context).address, userAgent: context.get('User-Agent') }),
    setSession: () => {
      throw new AppError('internal', 'There are no sessions behind Home Assistant');
    },
    credentialsOf: (context) => receivedOf(context).user.userId,
    isStillAuthorized: (context, { id, role }) => {
      const now = current(receivedOf(context).user);
      return now?.id === id && now.role === role;
    },
  };
}

function receivedOf(context: Context): Received {
  return context.state['ingress'] as Received;
}
