// Owns the composition: the only file that imports every room, makes them, and hands each what it needs.
// Called by main.ts, the demo and the tests of the whole app.
// Must stay true: parts stop in reverse order, a start that fails undoes itself, and nothing but this file knows two edges.
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { Events } from '#base/events.ts';
import { newId as systemNewId } from '#base/ids.ts';
import type { NewId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import { LiveStream } from '#http/live.ts';
import { HttpServer } from '#http/server.ts';
import { numberRoutes } from '#numbers/number-routes.ts';
import { NumberStore } from '#numbers/number-store.ts';
import { Numbers } from '#numbers/numbers.ts';
import { People } from '#people/people.ts';
import { personRoutes } from '#people/person-routes.ts';
import { PersonStore } from '#people/person-store.ts';
import { TokenStore } from '#people/token-store.ts';
import { Tokens } from '#people/tokens.ts';
import { openDatabase } from '#storage/database.ts';
import type { Opened } from '#storage/database.ts';
import { storageFailure } from '#storage/storage-failure.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import { Health } from '#system/health.ts';
import { systemRoutes } from '#system/system-routes.ts';
import packageFile from '../package.json' with { type: 'json' };
import type { Listening } from './banner.ts';
import type { Options } from './options.ts';

/** What tests and the command line put in place of the real thing. */
export type Overrides = {
  readonly clock?: Clock;
  readonly newId?: NewId;
  readonly log?: Log;
  /** A reply that breaks the contract is an error instead of a line in the log. */
  readonly isReplyStrict?: boolean;
  /** Make the first admin token anew, for somebody who lost it. */
  readonly wantsNewAdminToken?: boolean;
};

export type App = AsyncDisposable &
  Listening & {
    /** Every endpoint that is mounted. */
    readonly routes: readonly Route[];
  };

type Surroundings = {
  readonly options: Options;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly health: Health;
  readonly stack: AsyncDisposableStack;
};

/** Starts the whole exchange. Throws an AppError with one plain sentence where it cannot; nothing is left running then. */
export async function createApp(options: Options, overrides: Overrides = {}): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const { clock = systemClock, newId = systemNewId, log = createLog({ level: options.log.level }) } = overrides;
  const events = new Events<Facts>(log);
  const around: Surroundings = { options, clock, newId, log, events, health: new Health(clock), stack };
  const storage = startStorage(around);
  const rooms = await createRooms(around, storage, overrides);
  const http = await startHttp(around, rooms, overrides);
  const at: Listening = {
    sip: options.sip.listen,
    http: { host: options.http.host, port: http.address.port },
    adminToken: rooms.adminToken,
    warnings: storage.problem === undefined ? [] : [storage.problem],
  };
  log.info({ sip: at.sip, http: at.http, warnings: at.warnings }, 'GoSIP is ready');
  const parts = stack.move();
  return { ...at, routes: rooms.routes, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

type Storage = Opened & { readonly writes: WriteBatch };

function startStorage({ options, clock, log, events, health, stack }: Surroundings): Storage {
  const path = join(options.dataDirectory, 'gosip.db');
  const opened = openDatabase({ path, log: log.child({ room: 'storage' }), clock });
  stack.defer(() => void opened.db.close());
  const onProblem = (reason: string | undefined) => {
    if (reason !== undefined) events.emit('storage.failed', { reason });
  };
  const writes = new WriteBatch({ db: opened.db, log: log.child({ room: 'storage' }), onProblem });
  stack.defer(() => writes.flush());
  health.watch('storage', () => {
    const problem = opened.problem ?? writes.problem;
    return problem === undefined ? { status: 'ok', message: 'Everything is saved' } : { status: 'degraded', message: problem };
  });
  return { ...opened, writes };
}

type Rooms = { readonly routes: readonly Route[]; readonly tokens: Tokens; readonly adminToken: string | undefined };

async function createRooms(around: Surroundings, { db, writes }: Storage, overrides: Overrides): Promise<Rooms> {
  const { clock, newId, log } = around;
  const persons = new PersonStore(db);
  const personParts = { persons, tokens: new TokenStore(db), writes, clock, newId, log: log.child({ room: 'people' }) };
  const people = new People(personParts);
  const tokens = new Tokens(personParts);
  const adminToken = overrides.wantsNewAdminToken === true ? await tokens.renewFirst() : await tokens.ensureFirst();
  const numbers = new Numbers({ store: new NumberStore(db), clock, newId });
  const routes = [...personRoutes(people, tokens), ...numberRoutes(numbers), ...systemRoutes(around.health)];
  return { routes, tokens, adminToken };
}

async function startHttp(around: Surroundings, rooms: Rooms, overrides: Overrides): Promise<HttpServer> {
  const { options, clock, events, health, stack } = around;
  const log = around.log.child({ room: 'http' });
  const live = new LiveStream({ events, clock, log, mayHear: (identity) => identity.role === 'admin' });
  const server = new HttpServer({
    ...options.http,
    version: packageFile.version,
    routes: rooms.routes,
    identify: (token) => rooms.tokens.identify(token),
    live,
    clock,
    log,
    isReplyStrict: overrides.isReplyStrict ?? false,
    explain: explainStorage,
  });
  stack.defer(() => server.stop());
  await server.start();
  health.watch('http', () => ({ status: 'ok', message: `Answers on port ${server.address.port}` }));
  return server;
}

function explainStorage(error: unknown): unknown {
  const failure = storageFailure(error);
  if (error instanceof AppError || failure.kind === 'other') return error;
  return new AppError('unavailable', `The database ${failure.because}. Nothing was saved.`, { cause: error });
}
