// Owns the composition: the only file that imports every room, makes them, and hands each what it needs.
// Called by main.ts, the demo and the tests of the whole app.
// Must stay true: parts stop in reverse order, a start that fails undoes itself, and nothing but this file knows two edges.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import { Events } from '#base/events.ts';
import { newId as systemNewId } from '#base/ids.ts';
import type { NewId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import type { Log } from '#base/log.ts';
import { callRoutes } from '#calls/call-routes.ts';
import { CallSearch } from '#calls/call-search.ts';
import { Calls } from '#calls/calls.ts';
import { CdrStore } from '#calls/cdr-store.ts';
import { noteMissedCall } from '#calls/missed-call.ts';
import { OutsideCallStore } from '#calls/outside-call-store.ts';
import { OutsideCalls } from '#calls/outside-calls.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import { Authenticator } from '#devices/authenticator.ts';
import { deviceRoutes } from '#devices/device-routes.ts';
import { DeviceStore } from '#devices/device-store.ts';
import { Devices } from '#devices/devices.ts';
import { loadKeys } from '#devices/key-file.ts';
import type { Keys } from '#devices/key-file.ts';
import { Nonces } from '#devices/nonces.ts';
import { Registrar } from '#devices/registrar.ts';
import { RegistrationStore } from '#devices/registration-store.ts';
import { Registrations } from '#devices/registrations.ts';
import { LiveStream } from '#http/live.ts';
import { HttpServer } from '#http/server.ts';
import { emergencyNumbers } from '#numbers/emergency-numbers.ts';
import { numberRoutes } from '#numbers/number-routes.ts';
import { NumberStore } from '#numbers/number-store.ts';
import { Numbers } from '#numbers/numbers.ts';
import { People } from '#people/people.ts';
import { personRoutes } from '#people/person-routes.ts';
import { PersonStore } from '#people/person-store.ts';
import { TokenStore } from '#people/token-store.ts';
import { Tokens } from '#people/tokens.ts';
import { Checkpointer } from '#storage/checkpointer.ts';
import { openDatabase } from '#storage/database.ts';
import type { Opened } from '#storage/database.ts';
import { storageFailure } from '#storage/storage-failure.ts';
import { WriteBatch } from '#storage/write-batch.ts';
import type { Media } from '#sip/media-port.ts';
import { Sip } from '#sip/sip.ts';
import type { EngineAddress } from '#sip-engine/engine-supervisor.ts';
import { Health } from '#system/health.ts';
import { systemRoutes } from '#system/system-routes.ts';
import { missedCallOf } from '#twilio/missed-call.ts';
import { trunkName } from '#twilio/voice-webhooks.ts';
import packageFile from '../package.json' with { type: 'json' };
import type { Listening } from './banner.ts';
import { createEmbeddedEngine, listenTexts, startEngine } from './engine-start.ts';
import type { Options } from './options.ts';
import { openMessages } from './messages-start.ts';
import type { MessageRoom } from './messages-start.ts';
import { openSound } from './sound-start.ts';
import { startSetUp } from './set-up-start.ts';
import { openTwilio } from './twilio-start.ts';
import type { TwilioGround } from './twilio-start.ts';
import { followTwilio } from './twilio-trunk.ts';
import { openVoicemail } from './voicemail-start.ts';
import type { VoicemailEdge } from './voicemail-start.ts';
import { startWebhooks } from './webhooks-start.ts';
import type { WebhooksStart } from './webhooks-start.ts';
import { TrustedPhones } from './trusted-phones.ts';

/** What tests and the command line put in place of the real thing. */
export type Overrides = {
  readonly clock?: Clock;
  readonly newId?: NewId;
  readonly log?: Log;
  /** What runs on the engine's thread. */
  readonly engineThread?: URL;
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
  readonly overrides: Overrides;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly events: Events<Facts>;
  readonly health: Health;
  readonly stack: AsyncDisposableStack;
  /** What the person who runs the house must be told at the start. */
  readonly warnings: string[];
};

/** Unguessable. */
const newToken = () => randomBytes(18).toString('base64url');

/** How long the start waits for the SIP engine to answer. */
const connectSeconds = 5;

/** Starts the whole exchange. Throws an AppError with one plain sentence where it cannot; nothing is left running then. */
export async function createApp(options: Options, overrides: Overrides = {}): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const { clock = systemClock, newId = systemNewId, log = createLog({ level: options.log.level }) } = overrides;
  const events = new Events<Facts>(log);
  const around = { options, overrides, clock, newId, log, events, health: new Health(clock), stack, warnings: [] };
  const storage = openStorage(around);
  const phones = await startPhones(around, storage);
  const engine = await openEngine(around, phones);
  const house = await openHouse(around, storage, phones);
  const twilio = openTwilio({ ...around, storage, keys: phones.keys });
  const desk = await startCalls(around, storage, { ...phones, ...house, engine });
  followTwilio({ ...twilio, sip: desk.sip, log, stack });
  const messaging = await openMessages({ ...around, ...house, storage, twilio });
  const voicemail = await startVoicemail(around, storage, { ...phones, ...house, ...desk, twilio, messaging });
  const webhooks = await openWebhooks(around, twilio, { ...house, ...desk, voicemail, messaging });
  const setUp = startSetUp({ ...around, twilio, storage, numbers: house.numbers, sip: desk.sip, selfTest: webhooks.selfTest });
  const routes = [
    ...phones.routes,
    ...house.routes,
    ...desk.routes,
    ...voicemail.room.routes,
    ...messaging.routes,
    ...setUp.routes,
    ...systemRoutes(around.health),
  ];
  const http = await startHttp(around, { ...phones, ...house, ...desk, routes });
  twilio.outbox.start();
  const at: Listening = {
    sip: listenTexts(engine.hostports),
    http: { host: options.http.host, port: http.address.port },
    publicHttp: webhooks.address(),
    adminToken: house.adminToken,
    warnings: around.warnings,
  };
  log.info({ sip: at.sip, http: at.http, warnings: at.warnings }, 'GoSIP is ready');
  const parts = stack.move();
  return { ...at, routes, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

type Storage = Opened & { readonly writes: WriteBatch };

function openStorage({ options, clock, log: root, events, health, stack, warnings }: Surroundings): Storage {
  const log = root.child({ room: 'storage' });
  const opened = openDatabase({ path: join(options.dataDirectory, 'gosip.db'), log, clock });
  stack.defer(() => void opened.db.close());
  if (opened.problem !== undefined) warnings.push(opened.problem);
  const onProblem = (reason: string | undefined) => {
    if (reason !== undefined) events.emit('storage.failed', { reason });
  };
  const writes = new WriteBatch({ db: opened.db, log, onProblem });
  stack.defer(() => writes.flush());
  const checkpointer = new Checkpointer({ db: opened.db, writes, clock, log });
  checkpointer.start();
  stack.defer(() => checkpointer.stop());
  health.watch('storage', () => {
    const problem = opened.problem ?? writes.problem;
    return problem === undefined ? { status: 'ok', message: 'Everything is saved' } : { status: 'degraded', message: problem };
  });
  return { ...opened, writes };
}

type Phones = {
  readonly keys: Keys;
  readonly devices: Devices;
  readonly registrations: Registrations;
  readonly authenticator: Authenticator;
  readonly registrar: Registrar;
  /** Devices with registrations from before the start. */
  readonly registered: Iterable<string>;
  readonly routes: readonly Route[];
};

async function startPhones(around: Surroundings, { db, writes }: Storage): Promise<Phones> {
  const { options, clock, newId, events, stack, warnings } = around;
  const log = around.log.child({ room: 'devices' });
  const { realm } = options.sip;
  const keys = loadKeys(join(options.dataDirectory, 'gosip.key'), log);
  if (keys.problem !== undefined) warnings.push(keys.problem);
  const store = new RegistrationStore(db);
  const nameOf = (deviceId: string) => devices.byId(deviceId)?.name;
  const registrations = new Registrations({ store, writes, clock, events, log, nameOf });
  const emergency = emergencyNumbers(options.house.country);
  const devices = new Devices({
    ...{ store: new DeviceStore(db), writes, registrations, keys, realm, clock, newId, events, log },
    isReservedExtension: (extension) => emergency.has(extension),
  });
  await devices.start();
  registrations.start();
  stack.defer(() => registrations.stop());
  const authenticator = new Authenticator({
    ...{ realm, clock, nonces: new Nonces({ key: keys.nonce, clock }) },
    credentialsOf: devices.credentialsOf,
    isSha256Offered: devices.isSha256Offered,
    isRegisteredSource: (address) => registrations.isRegisteredFrom(address),
  });
  const registrar = new Registrar({ authenticator, registrations, clock, newId, log });
  const registered = new Set(store.live(clock.now()).map(({ deviceId }) => deviceId));
  return {
    keys,
    devices,
    registrations,
    authenticator,
    registrar,
    registered,
    routes: deviceRoutes({ devices, registrations, realm }),
  };
}

/** The embedded engine on its own thread, or the address of a native one. */
async function openEngine(around: Surroundings, { registrations, registered }: Phones): Promise<EngineAddress> {
  const { options, clock, events, health, stack } = around;
  const { engine: wanted } = options.sip;
  if (wanted !== 'embedded') return { ...wanted, hostports: '' };
  const log = around.log.child({ room: 'sip-engine' });
  const engine = createEmbeddedEngine({ options, clock, log, thread: around.overrides.engineThread });
  stack.defer(() => engine.stop());
  const address = await startEngine(engine);
  const trusted = new TrustedPhones({ events, registrations, engine, clock });
  trusted.start(registered);
  stack.defer(() => trusted.stop());
  health.watch('engine', () => {
    if (!engine.isRunning) return { status: 'down', message: 'The SIP engine has ended and is started again' };
    const again =
      engine.restarts === 0 ? '' : `; started again after ${engine.restarts === 1 ? 'a failure' : `${engine.restarts} failures`}`;
    return { status: 'ok', message: `Listens on ${listenTexts(address.hostports).join(', ')}${again}` };
  });
  return address;
}

type House = {
  readonly people: People;
  readonly tokens: Tokens;
  readonly numbers: Numbers;
  readonly adminToken: string | undefined;
  readonly routes: readonly Route[];
};

/** People, their tokens, and our numbers. */
async function openHouse(around: Surroundings, { db, writes, problem }: Storage, { devices }: Phones): Promise<House> {
  const { clock, newId, overrides } = around;
  const log = around.log.child({ room: 'people' });
  const parts = { persons: new PersonStore(db), tokens: new TokenStore(db), writes, clock, newId, log };
  const people = new People({ ...parts, releasePerson: (personId) => devices.releasePerson(personId) });
  const tokens = new Tokens(parts);
  const adminToken = overrides.wantsNewAdminToken === true ? await tokens.renewFirst() : await tokens.ensureFirst();
  // What is written now would be gone with the process: a clear refusal is kinder than a success that does not last.
  if (problem !== undefined) writes.freeze(problem);
  const numbers = new Numbers({ store: new NumberStore(db), writes, clock, newId });
  return { people, tokens, numbers, adminToken, routes: [...personRoutes(people, tokens), ...numberRoutes(numbers)] };
}

type VoicemailNeighbours = Omit<Phones & House & Desk, 'routes'> & {
  readonly twilio: TwilioGround;
  readonly messaging: MessageRoom;
};
type Neighbours = Omit<Phones & House, 'routes'> & { readonly engine: EngineAddress };
type Desk = {
  readonly sip: Sip;
  readonly calls: Calls;
  readonly outside: OutsideCalls;
  readonly outsideCalls: OutsideCallStore;
  readonly cdrs: CdrStore;
  readonly routes: readonly Route[];
};

/** Calls, and the SIP edge that brings them. */
async function startCalls(around: Surroundings, { db }: Storage, neighbours: Neighbours): Promise<Desk> {
  const { options, clock, newId, events, stack } = around;
  const { devices, registrations, numbers, engine } = neighbours;
  const { sound, started } = await openSound(around);
  const sip = createSip(around, neighbours, sound);
  const cdrs = new CdrStore(db);
  const facts = {
    country: options.house.country,
    devices,
    byNumber: (number: string) => numbers.byNumber(number),
    callerIdOf: (personId: string | undefined) => numbers.callerIdOf(personId),
    anyCallerId: () => numbers.anyCallerId(),
  };
  const log = around.log.child({ room: 'calls' });
  const { ringSeconds } = options.calls;
  const outsideCalls = new OutsideCallStore(db);
  const outside = new OutsideCalls({
    ...{ clock, newId, events, log, ringSeconds, cdrs, store: outsideCalls, devices, registrations },
    newToken,
    byNumber: facts.byNumber,
  });
  const calls = new Calls({
    ...{ clock, newId, events, facts, registrations, store: cdrs, trunks: sip.trunks, outside, log, ringSeconds },
  });
  outside.start();
  stack.defer(() => outside.stop());
  calls.start();
  stack.defer(() => calls.stop());
  stack.defer(() => sip.stop());
  await connect(around, sip.start(engine, calls));
  await started;
  if (sound.problem !== undefined && options.trunks.length > 0) around.warnings.push(sound.problem);
  return { sip, calls, outside, outsideCalls, cdrs, routes: callRoutes({ calls, store: cdrs, search: new CallSearch(db) }) };
}

/** Mailboxes, recordings, and the look for what Twilio has and nobody told us. */
function startVoicemail(around: Surroundings, storage: Storage, parts: VoicemailNeighbours): Promise<VoicemailEdge> {
  const { people, outsideCalls, numbers, messaging } = parts;
  const missed = {
    ...{ ...around, ...parts, log: around.log.child({ room: 'calls' }), store: outsideCalls, newToken },
    byNumber: (number: string) => numbers.byNumber(number),
  };
  return openVoicemail({
    ...{ ...around, ...parts, storage },
    isPerson: (personId) => people.byId(personId) !== undefined,
    sinks: {
      message: (message) => messaging.messages.take(message),
      call: (call) => {
        const found = missedCallOf(call);
        if (found !== undefined) noteMissedCall(found, missed);
      },
    },
  });
}

/** What Twilio reaches. */
function openWebhooks(
  around: Surroundings,
  { settings }: TwilioGround,
  parts: Omit<Desk & House, 'routes'> & { readonly voicemail: VoicemailEdge; readonly messaging: MessageRoom },
): Promise<WebhooksStart> {
  const { sip, outside, numbers, voicemail } = parts;
  const { messages } = parts.messaging;
  const media = {
    publicMedia: async (token: string) => (await messages.publicMedia(token)) ?? voicemail.room.greetings.publicMedia(token),
  };
  return startWebhooks({
    ...{ ...around, settings, calls: outside, voicemail: voicemail.port, messages, media },
    isReachable: () => sip.trunkStates().find(({ name }) => name === trunkName)?.isReady ?? true,
    callerIdFor: (asked) => {
      const ours = numbers.byNumber(asked);
      return (ours?.voiceEnabled === true ? ours : numbers.anyCallerId())?.number;
    },
  });
}

function createSip({ options, clock, log, health }: Surroundings, phones: Omit<Phones, 'routes'>, media: Media): Sip {
  const { authenticator, registrar, registrations } = phones;
  const sip = new Sip({
    ...{ clock, registrar, media, trunks: options.trunks, log: log.child({ room: 'sip' }) },
    authenticate: (request) => authenticator.authenticate(request),
    isRegisteredFrom: (address) => registrations.isRegisteredFrom(address),
  });
  health.watch('control connection', () =>
    sip.isConnected
      ? { status: 'ok', message: 'The SIP engine is connected' }
      : { status: 'down', message: 'The SIP engine cannot be reached: no phone can register or call until it is' },
  );
  health.watch('trunks', () => {
    const missing = sip.trunkStates().filter(({ isReady }) => !isReady);
    if (missing.length > 0)
      return { status: 'degraded', message: `Not registered at ${missing.map(({ name }) => name).join(', ')}` };
    return { status: 'ok', message: sip.trunkStates().length === 0 ? 'There are none' : 'All are ready' };
  });
  return sip;
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

type Mounted = Pick<Phones, 'devices'> & Pick<House, 'tokens'> & Desk;

async function startHttp(around: Surroundings, { devices, tokens, calls, cdrs, routes }: Mounted): Promise<HttpServer> {
  const { options, overrides, clock, events, health, stack } = around;
  const log = around.log.child({ room: 'http' });
  const live = new LiveStream({ events, clock, log, mayHear: mayHear({ devices, calls, cdrs }) });
  const server = new HttpServer({
    ...{ ...options.http, version: packageFile.version, routes, live, clock, log, explain: explainStorage },
    identify: (token) => tokens.identify(token),
    isReplyStrict: overrides.isReplyStrict ?? false,
  });
  stack.defer(() => server.stop());
  await server.start();
  health.watch('http', () => ({ status: 'ok', message: `Answers on port ${server.address.port}` }));
  return server;
}

/** A user hears of their own devices and of the calls that rang or left them, as the lists show them. */
function mayHear({ devices, calls, cdrs }: Pick<Mounted, 'devices' | 'calls' | 'cdrs'>) {
  return (identity: Identity, _name: keyof Facts, fact: Facts[keyof Facts]): boolean => {
    const { role, personId } = identity;
    if (role === 'admin') return true;
    if (personId === undefined) return false;
    if ('personId' in fact) return fact.personId === personId;
    if ('deviceId' in fact) return devices.byId(fact.deviceId)?.personId === personId;
    if (!('callId' in fact)) return false;
    const legs = calls.get(fact.callId)?.legs ?? cdrs.legsOf(fact.callId);
    return [...legs].some((leg) => leg.personId === personId);
  };
}

function explainStorage(error: unknown): unknown {
  const failure = storageFailure(error);
  if (error instanceof AppError || failure.kind === 'other') return error;
  return new AppError('unavailable', `The database ${failure.because}. Nothing was saved.`, { cause: error });
}
