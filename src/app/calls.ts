// Composes calls, the SIP edge that brings them and the relay of their sound.
// Called by app.ts.
// Must stay true: SIP stops before calls do, so that what is cut off still gets its record.
import { AppError } from '#base/errors.ts';
import { callRoutes } from '#calls/call-routes.ts';
import { CallSearch } from '#calls/call-search.ts';
import { Calls } from '#calls/calls.ts';
import { CdrStore } from '#calls/cdr-store.ts';
import { OutsideCallStore } from '#calls/outside-call-store.ts';
import { OutsideCalls } from '#calls/outside-calls.ts';
import { OutgoingFence } from '#calls/outgoing-fence.ts';
import { outgoingRoutes } from '#calls/outgoing-routes.ts';
import { OutgoingStore } from '#calls/outgoing-store.ts';
import { isPrivate } from '#base/private-address.ts';
import type { Log } from '#base/log.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { EngineAddress } from '#sip-engine/engine-supervisor.ts';
import type { Media } from '#sip/media-port.ts';
import { Sip } from '#sip/sip.ts';
import type { Phones } from './devices.ts';
import { isOwnNetwork } from './own-networks.ts';
import { openSound, soundHealth } from './media.ts';
import type { Storage, Surroundings } from './context.ts';

export type Desk = {
  readonly sip: Sip;
  readonly calls: Calls;
  readonly outside: OutsideCalls;
  readonly outsideCalls: OutsideCallStore;
  readonly cdrs: CdrStore;
  readonly routes: readonly Route[];
};

type Neighbours = Omit<Phones, 'routes'> & {
  readonly numbers: Numbers;
  readonly engine: EngineAddress;
  readonly newToken: () => string;
  /** Why the way out through Twilio is closed; undefined where it is not. */
  readonly closedTrunk: () => string | undefined;
};

/** How long the start waits for the SIP engine to answer. */
const connectSeconds = 5;

/** Calls, and the SIP edge that brings them. */
export async function startCalls(around: Surroundings, { db, writes }: Storage, neighbours: Neighbours): Promise<Desk> {
  const { options, clock, newId, events, stack } = around;
  const { devices, registrations, numbers, engine, closedTrunk } = neighbours;
  const { sound, started } = await openSound(around);
  const sip = createSip(around, neighbours, sound);
  watchTrunks(around, sip, closedTrunk);
  around.health.watch('sound', () => soundHealth(sound, sip.trunkStates().length > 0));
  const cdrs = new CdrStore(db);
  const facts = {
    country: options.house.country,
    devices,
    byNumber: (number: string) => numbers.byNumber(number),
    callerIdOf: (personId: string | undefined) => numbers.callerIdOf(personId),
    anyCallerId: () => numbers.anyCallerId(),
  };
  const log = around.log.child({ room: 'calls' });
  const { ringSeconds, spamThreshold } = options.calls;
  const outsideCalls = new OutsideCallStore(db);
  const outside = new OutsideCalls({
    ...{ clock, newId, events, log, ringSeconds, spamThreshold, cdrs, store: outsideCalls, devices, registrations },
    newToken: neighbours.newToken,
    byNumber: facts.byNumber,
  });
  const fence = createFence(around, { db, writes }, { registrations, log });
  const calls = new Calls({
    ...{ clock, newId, events, facts, registrations, store: cdrs, trunks: sip.trunks, outside, log, ringSeconds, fence, writes },
  });
  outside.start();
  stack.defer(() => outside.stop());
  calls.start();
  stack.defer(() => calls.stop());
  stack.defer(events.on('device.revoked', ({ deviceId }) => calls.revoke(deviceId)));
  stack.defer(() => sip.stop());
  await connect(around, sip.start(engine, calls));
  await started;
  if (sound.problem !== undefined && options.trunks.length > 0) around.warnings.push(sound.problem);
  const routes = [...callRoutes({ calls, store: cdrs, search: new CallSearch(db) }), ...outgoingRoutes(fence)];
  return { sip, calls, outside, outsideCalls, cdrs, routes };
}

/** What bounds calls outside. */
function createFence(
  { options, clock, events, health }: Surroundings,
  { db, writes }: Pick<Storage, 'db' | 'writes'>,
  { registrations, log }: Pick<Phones, 'registrations'> & { readonly log: Log },
): OutgoingFence {
  const fence = new OutgoingFence({
    ...{ clock, log, events, registrations, writes, store: new OutgoingStore(db) },
    ...{ country: options.house.country, limits: options.outgoing },
    isInside: (address) => isPrivate(address) || isOwnNetwork(address),
  });
  fence.start();
  health.watch('calls outside', () => fence.health());
  return fence;
}

function createSip({ options, clock, log, health }: Surroundings, phones: Omit<Phones, 'routes'>, media: Media): Sip {
  const { authenticator, registrar, registrations, devices } = phones;
  const sip = new Sip({
    ...{ clock, registrar, media, trunks: options.trunks, log: log.child({ room: 'sip' }) },
    edgeProxies: options.sip.edgeProxies,
    authenticate: (request) => authenticator.authenticate(request),
    isRegisteredFrom: (address) => registrations.isRegisteredFrom(address),
    isWelcome: (deviceId) => devices.byId(deviceId)?.enabled === true,
  });
  health.watch('control connection', () =>
    sip.isConnected
      ? { status: 'ok', message: 'The SIP engine is connected' }
      : { status: 'down', message: 'The SIP engine cannot be reached: no phone can register or call until it is' },
  );
  return sip;
}

function watchTrunks({ health }: Surroundings, sip: Sip, closedTrunk: Neighbours['closedTrunk']): void {
  health.watch('trunks', () => {
    const closed = closedTrunk();
    if (closed !== undefined) return { status: 'down', message: closed };
    const missing = sip.trunkStates().filter(({ isReady }) => !isReady);
    if (missing.length > 0)
      return { status: 'degraded', message: `Not registered at ${missing.map(({ name }) => name).join(', ')}` };
    return { status: 'ok', message: sip.trunkStates().length === 0 ? 'There are none' : 'All are ready' };
  });
}

/** An engine of its own may be started later than we are: then the house starts without it, and says so. */
async function connect({ options, clock, warnings }: Surroundings, connecting: Promise<void>): Promise<void> {
  const { engine } = options.sip;
  const late = Promise.withResolvers<'late'>();
  const patience = clock.after(connectSeconds * 1000, () => late.resolve('late'));
  try {
    const result = await Promise.race([connecting, late.promise]);
    if (result !== 'late') return;
  } catch (error) {
    throw new AppError('unauthorized', 'The SIP engine does not accept the secret (option sip_engine_secret)', { cause: error });
  } finally {
    patience.cancel();
  }
  connecting.catch(() => {});
  const where = engine === 'embedded' ? '' : ` at ${engine.host}:${engine.port}`;
  warnings.push(`The SIP engine${where} does not answer yet. No phone can register or call until it does; GoSIP keeps trying.`);
}
