// Composes the way in through Home Assistant: a listener of its own that opens when the Supervisor says at which port, and who comes by it.
// Called by app.ts.
// Must stay true: the start does not wait for it, and without it everything else works.
import { cidrMatcher } from '#base/cidr-matcher.ts';
import { AppError } from '#base/errors.ts';
import { because } from '#contract/refusal-reasons.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import type { CoreConnection } from '#home-assistant/core-connection.ts';
import { UntilDone } from '#home-assistant/until-done.ts';
import type { Supervisor } from '#home-assistant/supervisor.ts';
import { HomeAssistantUsers, listUsers } from '#home-assistant/users.ts';
import type { Standing } from '#home-assistant/users.ts';
import type { IngressUser } from '#http/ingress-user.ts';
import { createIngressView } from '#http/ingress-view.ts';
import type { ServerView } from '#http/request-view.ts';
import type { HttpServer } from '#http/server.ts';
import type { People } from '#people/people.ts';
import type { AppContext } from './context.ts';
import type { HttpRoom } from './http.ts';

export type IngressDeps = AppContext & {
  /** Undefined where no Supervisor started us. */
  readonly supervisor: Supervisor | undefined;
  /** Undefined where there is no Home Assistant. */
  readonly core: CoreConnection | undefined;
  readonly people: People;
  readonly http: HttpRoom;
};

/** The networks that Docker gives to Home Assistant's own parts: Core and the Supervisor are there, or on the host's side of it. */
const supervisorNetwork = '172.30.32.0/23';
/** What the Supervisor always has. */
const supervisorAddress = '172.30.32.2';
const anyAddress = '0.0.0.0';

/** Opens the listener as soon as its port is known. */
export function startIngress(deps: IngressDeps, routes: readonly Route[]): void {
  const { supervisor, clock, log: root, stack } = deps;
  if (supervisor === undefined) return;
  const log = root.child({ room: 'http' });
  // A session there is Home Assistant's own: nothing begins or ends one.
  const offered = routes.filter((route) => route.setsSession !== true);
  const view = ingressView(deps);
  let server: HttpServer | undefined;
  const opening: UntilDone = new UntilDone({
    clock,
    attempt: async () => {
      const { address, ingressPort } = await supervisor.self();
      if (ingressPort === undefined) throw new AppError('unavailable', 'The Supervisor has not chosen a port for ingress yet');
      const opened = await open(deps.http, { routes: offered, view, address, port: ingressPort });
      if (opening.isStopped) return opened.stop();
      server = opened;
      log.info(opened.address, 'Home Assistant reaches the panel');
    },
    onFailure: (error, failures) => {
      if (failures === 1) log.warn({ err: error }, 'Home Assistant does not reach the panel yet');
    },
  });
  opening.start();
  stack.defer(async () => {
    opening.stop();
    await server?.stop();
  });
}

type Opening = { readonly routes: readonly Route[]; readonly view: ServerView; readonly address: string; readonly port: number };

/** On the address where the Supervisor looks for us; where this machine has none such, on all of them: the peer decides in any case. */
async function open(http: HttpRoom, { routes, view, address, port }: Opening): Promise<HttpServer> {
  for (const host of [address, anyAddress]) {
    const server = http.serverOf({ routes, view, host, port, listener: { name: 'ingress', option: 'ingress_port of the app' } });
    try {
      await server.start();
      return server;
    } catch (error) {
      const isElsewhere = error instanceof AppError && (error.cause as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL';
      if (!isElsewhere || host === anyAddress) throw error;
    }
  }
  throw new AppError('conflict', `The ingress port ${port} cannot be had`);
}

function ingressView({ core, people, clock, log, overrides }: IngressDeps): ServerView {
  const list = () =>
    core === undefined ? Promise.reject(new AppError('unavailable', 'Home Assistant is not connected')) : listUsers(core);
  const users = new HomeAssistantUsers({ list, clock, log: log.child({ room: 'home-assistant' }) });
  const networks = cidrMatcher([supervisorNetwork]);
  const supervisor = overrides.supervisor?.address ?? supervisorAddress;
  return createIngressView({
    supervisor,
    isTrustedProxy: (address) => networks(address) || address === supervisor,
    identify: async (user) => {
      const standing = await users.standingOf(user.userId);
      assertWelcome(standing);
      const { id } = await people.ofHomeAssistant({ ...user, id: user.userId });
      return identityOf(id, standing);
    },
    current: (user: IngressUser) => {
      const standing = users.standingNow(user.userId);
      const person = people.byHomeAssistantUser(user.userId);
      return isWelcome(standing) && person !== undefined ? identityOf(person.id, standing) : undefined;
    },
  });
}

function identityOf(id: Identity['id'] & `person_${string}`, standing: Standing): Identity {
  const role = standing === 'admin' ? 'admin' : 'user';
  return { kind: 'ingress', id, personId: id, role, ...(standing === 'read-only' ? { scope: 'read' } : {}) };
}

function isWelcome(standing: Standing): boolean {
  return standing !== 'inactive' && standing !== 'unknown';
}

function assertWelcome(standing: Standing): void {
  if (standing === 'inactive')
    throw new AppError('forbidden', 'This user is switched off in Home Assistant', because('user-switched-off'));
  if (standing === 'unknown')
    throw new AppError('forbidden', 'Home Assistant does not know this user any more', because('user-unknown'));
}
