// Composes calls, the SIP edge that brings them and the relay of their sound.
// Called by app.ts.
// Must stay true: SIP stops before calls do, so that what is cut off still gets its record.
import { AppError } from '#base/errors.ts';
import { callRoutes } from '#calls/call-routes.ts';
import { CallSearch } from '#calls/call-search.ts';
import { Calls } from '#calls/calls.ts';
import { CdrStore } from '#calls/cdr-store.ts';
import { PstnCallStore } from '#calls/pstn-call-store.ts';
import { PstnCalls } from '#calls/pstn-calls.ts';
import { TollFraudGuard } from '#calls/toll-fraud-guard.ts';
import { outgoingRoutes } from '#calls/outgoing-routes.ts';
import { OutgoingStore } from '#calls/outgoing-store.ts';
import { isPrivate } from '#base/private-address.ts';
import type { Log } from '#base/log.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { EngineAddress } from '#sip-engine/engine-supervisor.ts';
import type { MediaRelayPort } from '#sip/media-port.ts';
import { Sip } from '#sip/sip.ts';
import type { DevicesRoom } from './devices.ts';
import { isOwnNetwork } from './own-networks.ts';
import { composeMediaRelay, mediaRelayHealth } from './media.ts';
import type { Storage, AppContext } from './context.ts';

export type CallsRoom = {
  readonly sip: Sip;
  readonly calls: Calls;
  readonly pstnCalls: PstnCalls;
  readonly pstnCallStore: PstnCallStore;
  readonly cdrs: CdrStore;
  readonly routes: readonly Route[];
};

type CallsDeps = Omit<DevicesRoom, 'routes'> & {
  readonly numbers: Numbers;
  readonly engine: EngineAddress;
  readonly newToken: () => string;
  /** Why the way out through Twilio is closed; undefined where it is not. */
  readonly twilioTrunkProblem: () => string | undefined;
};

/** How long the start waits for the SIP engine to answer. */
const connectSeconds = 5;

/** Calls, and the SIP edge that brings them. */
export async function composeCalls(context: AppContext, { db, writes }: Storage, deps: CallsDeps): Promise<CallsRoom> {
  const { options, clock, newId, events, stack } = context;
  const { devices, registrations, numbers, engine, twilioTrunkProblem } = deps;
  const { sound: mediaRelay, started } = await composeMediaRelay(context);
  const sip = createSip(context, deps, mediaRelay);
  watchTrunks(context, sip, twilioTrunkProblem);
  context.health.watch('media relay', () => mediaRelayHealth(mediaRelay, sip.trunkStates().length > 0));
  const cdrs = new CdrStore(db);
  const facts = {
    country: options.house.country,
    devices,
    byNumber: (number: string) => numbers.byNumber(number),
    callerIdOf: (personId: string | undefined) => numbers.callerIdOf(personId),
    anyCallerId: () => numbers.anyCallerId(),
  };
  const log = context.log.child({ room: 'calls' });
  const { ringSeconds, spamThreshold } = options.calls;
  const pstnCallStore = new PstnCallStore(db);
  const pstnCalls = new PstnCalls({
    clock,
    newId,
    events,
    log,
    ringSeconds,
    spamThreshold,
    cdrs,
    store: pstnCallStore,
    devices,
    registrations,
    newToken: deps.newToken,
    byNumber: facts.byNumber,
  });
  const tollFraudGuard = createTollFraudGuard(context, { db, writes }, { registrations, log });
  const calls = new Calls({
    clock,
    newId,
    events,
    facts,
    registrations,
    store: cdrs,
    trunks: sip.trunks,
    pstnCalls: pstnCalls,
    log,
    ringSeconds,
    tollFraudGuard: tollFraudGuard,
    writes,
  });
  pstnCalls.start();
  stack.defer(() => pstnCalls.stop());
  calls.start();
  stack.defer(() => calls.stop());
  stack.defer(events.on('device.revoked', ({ deviceId }) => calls.revoke(deviceId)));
  stack.defer(() => sip.stop());
  await connect(context, sip.start(engine, calls));
  await started;
  if (mediaRelay.problem !== undefined && options.trunks.length > 0) context.warnings.push(mediaRelay.problem);
  const routes = [...callRoutes({ calls, store: cdrs, search: new CallSearch(db) }), ...outgoingRoutes(tollFraudGuard)];
  return { sip, calls, pstnCalls, pstnCallStore, cdrs, routes };
}

/** What bounds calls outside. */
function createTollFraudGuard(
  { options, clock, events, health }: AppContext,
  { db, writes }: Pick<Storage, 'db' | 'writes'>,
  { registrations, log }: Pick<DevicesRoom, 'registrations'> & { readonly log: Log },
): TollFraudGuard {
  const tollFraudGuard = new TollFraudGuard({
    clock,
    log,
    events,
    registrations,
    writes,
    store: new OutgoingStore(db),
    country: options.house.country,
    limits: options.outgoing,
    isLocalAddress: (address) => isPrivate(address) || isOwnNetwork(address),
  });
  tollFraudGuard.start();
  health.watch('outbound calls', () => tollFraudGuard.health());
  return tollFraudGuard;
}

function createSip({ options, clock, log, health }: AppContext, phones: Omit<DevicesRoom, 'routes'>, media: MediaRelayPort): Sip {
  const { authenticator, registrar, registrations, devices } = phones;
  const sip = new Sip({
    clock,
    registrar,
    media,
    trunks: options.trunks,
    log: log.child({ room: 'sip' }),
    edgeProxies: options.sip.edgeProxies,
    authenticate: (request) => authenticator.authenticate(request),
    isRegisteredFrom: (address) => registrations.isRegisteredFrom(address),
    mayStillCall: (deviceId) => devices.byId(deviceId)?.enabled === true,
  });
  health.watch('control connection', () =>
    sip.isConnected
      ? { status: 'ok', message: 'The SIP engine is connected' }
      : { status: 'down', message: 'The SIP engine cannot be reached: no phone can register or call until it is' },
  );
  return sip;
}

function watchTrunks({ health }: AppContext, sip: Sip, twilioTrunkProblem: CallsDeps['twilioTrunkProblem']): void {
  health.watch('trunks', () => {
    const closed = twilioTrunkProblem();
    if (closed !== undefined) return { status: 'down', message: closed };
    const missing = sip.trunkStates().filter(({ isReady }) => !isReady);
    if (missing.length > 0)
      return { status: 'degraded', message: `Not registered at ${missing.map(({ name }) => name).join(', ')}` };
    return { status: 'ok', message: sip.trunkStates().length === 0 ? 'There are none' : 'All are ready' };
  });
}

/** An engine of its own may be started later than we are: then the house starts without it, and says so. */
async function connect({ options, clock, warnings }: AppContext, connecting: Promise<void>): Promise<void> {
  const { engine } = options.sip;
  const late = Promise.withResolvers<'late'>();
  const timeout = clock.after(connectSeconds * 1000, () => late.resolve('late'));
  try {
    const result = await Promise.race([connecting, late.promise]);
    if (result !== 'late') return;
  } catch (error) {
    throw new AppError('unauthorized', 'The SIP engine does not accept the secret (option sip_engine_secret)', { cause: error });
  } finally {
    timeout.cancel();
  }
  connecting.catch(() => {});
  const where = engine === 'embedded' ? '' : ` at ${engine.host}:${engine.port}`;
  warnings.push(`The SIP engine${where} does not answer yet. No phone can register or call until it does; GoSIP keeps trying.`);
}
