// Owns the composition: makes every part in the order it needs the others, and hands each what it needs; each *-start.ts file fits one part together.
// Called by main.ts, the demo and the tests of the whole app.
// Must stay true: parts stop in reverse order, a start that fails undoes itself, and rooms never meet but here and in those files.
import { randomBytes } from 'node:crypto';
import { systemClock } from '#base/clock.ts';
import { HouseClock } from '#base/house-clock.ts';
import { Events } from '#base/events.ts';
import { newId as systemNewId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { recordMissedCall } from '#calls/missed-pstn-call.ts';
import type { Route } from '#contract/endpoint.ts';
import type { Facts } from '#contract/facts.ts';
import { numberRoutes } from '#numbers/number-routes.ts';
import { NumberStore } from '#numbers/number-store.ts';
import { Numbers } from '#numbers/numbers.ts';
import { People } from '#people/people.ts';
import { personRoutes } from '#people/person-routes.ts';
import { PersonStore } from '#people/person-store.ts';
import { TokenStore } from '#people/token-store.ts';
import { Tokens } from '#people/tokens.ts';
import { Health } from '#system/health.ts';
import { systemRoutes } from '#system/system-routes.ts';
import { toMissedCall } from '#twilio/sync/unreported-call.ts';
import { trunkName } from '#twilio/api/settings.ts';
import type { Listening } from './banner.ts';
import { composeCalls } from './calls.ts';
import type { CallsRoom } from './calls.ts';
import { composeClock } from './clock.ts';
import { formatListeners, composeSipEngine } from './sip-engine.ts';
import { composeHttp } from './http.ts';
import { composeMessages } from './messages.ts';
import type { MessageRoom } from './messages.ts';
import type { Options } from '#options/options.ts';
import { keyFilePath, composeDevices } from './devices.ts';
import type { DevicesRoom } from './devices.ts';
import { watchSealedValues } from './sealed-values.ts';
import { composeTwilioSetup } from './twilio-setup.ts';
import { composeStorage, composeBackups } from './storage.ts';
import type { Overrides, Storage, AppContext } from './context.ts';
import { composeTwilio } from './twilio.ts';
import type { TwilioServices } from './twilio.ts';
import { syncTwilioTrunk } from './twilio-trunk.ts';
import { composeVoicemail } from './voicemail.ts';
import type { VoicemailServices } from './voicemail.ts';
import { composeWebhooks } from './webhooks.ts';
import type { WebhooksRoom } from './webhooks.ts';

export type App = AsyncDisposable &
  Listening & {
    /** Every endpoint that is mounted. */
    readonly routes: readonly Route[];
  };

/** Unguessable. */
const newToken = () => randomBytes(18).toString('base64url');

/** Starts the whole exchange. Throws an AppError with one plain sentence where it cannot; nothing is left running then. */
export async function createApp(options: Options, overrides: Overrides = {}): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const { newId = systemNewId, log = createLog({ level: options.log.level }) } = overrides;
  const clock = new HouseClock(overrides.clock ?? systemClock, log);
  const events = new Events<Facts>(log);
  const context = {
    options,
    overrides,
    clock,
    onClockStep: clock.onStep,
    newId,
    log,
    events,
    health: new Health(clock),
    stack,
    warnings: [],
  };
  const storage = composeStorage(context);
  composeClock({ ...context, clock, storage });
  const phones = await composeDevices(context, storage);
  const engine = await composeSipEngine(context, phones);
  const peopleRoom = await composePeople(context, storage, phones);
  const twilio = composeTwilio({ ...context, storage, keys: phones.keys });
  const twilioTrunkProblem = watchSealedValues({
    ...context,
    keys: phones.keys,
    path: keyFilePath(options),
    lockedPhones: () => phones.devices.undecryptable(),
    isTwilioLocked: () => twilio.settings.isLocked,
  });
  const callsRoom = await composeCalls(context, storage, {
    ...phones,
    numbers: peopleRoom.numbers,
    engine,
    newToken,
    twilioTrunkProblem,
  });
  syncTwilioTrunk({ ...twilio, sip: callsRoom.sip, engine, log, stack });
  const messaging = await composeMessages({ ...context, ...peopleRoom, storage, twilio });
  const voicemail = await composeVoicemailRoom(context, storage, { ...phones, ...peopleRoom, ...callsRoom, twilio, messaging });
  peopleRoom.people.onRemoved([(personId) => voicemail.room.greetings.release(personId)]);
  const webhooks = await composePublicWebhooks(context, twilio, { ...peopleRoom, ...callsRoom, voicemail, messaging });
  const setup = composeTwilioSetup({
    ...context,
    twilio,
    storage,
    numbers: peopleRoom.numbers,
    sip: callsRoom.sip,
    selfTest: webhooks.selfTest,
  });
  const routes = [
    ...phones.routes,
    ...peopleRoom.routes,
    ...callsRoom.routes,
    ...voicemail.room.routes,
    ...messaging.routes,
    ...setup.routes,
    ...systemRoutes(context.health),
  ];
  const http = await composeHttp(context, { ...phones, ...peopleRoom, ...callsRoom, routes });
  twilio.outbox.start();
  composeBackups({ ...context, storage, keys: phones.keys, isQuiet: () => callsRoom.calls.list().length === 0 });
  const at: Listening = {
    sip: formatListeners(engine.hostports),
    http: { host: options.http.host, port: http.address.port },
    publicHttp: webhooks.address(),
    adminToken: peopleRoom.adminToken,
    warnings: context.warnings,
  };
  log.info({ sip: at.sip, http: at.http, warnings: at.warnings }, 'GoSIP is ready');
  const parts = stack.move();
  return { ...at, routes, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

type PeopleRoom = {
  readonly people: People;
  readonly tokens: Tokens;
  readonly numbers: Numbers;
  readonly adminToken: string | undefined;
  readonly routes: readonly Route[];
};

/** People, their tokens, and our numbers. */
async function composePeople(
  context: AppContext,
  { db, writes, problem }: Storage,
  { devices }: DevicesRoom,
): Promise<PeopleRoom> {
  const { clock, newId, overrides } = context;
  const log = context.log.child({ room: 'people' });
  const parts = { persons: new PersonStore(db), tokens: new TokenStore(db), writes, clock, newId, log };
  const people = new People(parts);
  people.onRemoved([(personId) => () => devices.releasePerson(personId)]);
  const tokens = new Tokens(parts);
  const adminToken = overrides.wantsNewAdminToken === true ? await tokens.renewFirst() : await tokens.ensureFirst();
  // What is written now would be gone with the process: a clear refusal is kinder than a success that does not last.
  if (problem !== undefined) writes.freeze(problem);
  const numbers = new Numbers({ store: new NumberStore(db), writes, clock, newId });
  return { people, tokens, numbers, adminToken, routes: [...personRoutes(people, tokens), ...numberRoutes(numbers)] };
}

type VoicemailDeps = Omit<DevicesRoom & PeopleRoom & CallsRoom, 'routes'> & {
  readonly twilio: TwilioServices;
  readonly messaging: MessageRoom;
};

/** Mailboxes, recordings, and the look for what Twilio has and nobody told us. */
function composeVoicemailRoom(context: AppContext, storage: Storage, parts: VoicemailDeps): Promise<VoicemailServices> {
  const { people, pstnCallStore, numbers, messaging } = parts;
  const missed = {
    ...context,
    ...parts,
    log: context.log.child({ room: 'calls' }),
    store: pstnCallStore,
    newToken,
    byNumber: (number: string) => numbers.byNumber(number),
  };
  return composeVoicemail({
    ...context,
    ...parts,
    storage,
    isPerson: (personId) => people.byId(personId) !== undefined,
    sinks: {
      message: (message) => messaging.messages.reconcile(message),
      call: (call) => {
        const found = toMissedCall(call);
        if (found !== undefined) recordMissedCall(found, missed);
      },
    },
  });
}

/** What Twilio reaches. */
function composePublicWebhooks(
  context: AppContext,
  { settings }: TwilioServices,
  parts: Omit<CallsRoom & PeopleRoom, 'routes'> & { readonly voicemail: VoicemailServices; readonly messaging: MessageRoom },
): Promise<WebhooksRoom> {
  const { sip, pstnCalls: outside, numbers, voicemail } = parts;
  const { messages } = parts.messaging;
  const media = {
    publicMedia: async (token: string) => (await messages.publicMedia(token)) ?? voicemail.room.greetings.publicMedia(token),
  };
  return composeWebhooks({
    ...context,
    settings,
    calls: outside,
    voicemail: voicemail.room,
    messages,
    media,
    isReachable: () => sip.trunkStates().find(({ name }) => name === trunkName)?.isReady ?? true,
    callerIdFor: (requested) => numbers.callerIdFor(requested)?.number,
  });
}
