// Owns the composition: makes every part in the order it needs the others, and hands each what it needs; each *-start.ts file fits one part together.
// Called by main.ts, the demo and the tests of the whole app.
// Must stay true: parts stop in reverse order, a start that fails undoes itself, and rooms never meet but here and in those files.
import { randomBytes } from 'node:crypto';
import { systemClock } from '#base/clock.ts';
import { HouseClock } from '#base/house-clock.ts';
import { Events } from '#base/events.ts';
import { newId as systemNewId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { noteMissedCall } from '#calls/missed-call.ts';
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
import { missedCallOf } from '#twilio/sync/missed-call.ts';
import { trunkName } from '#twilio/api/twilio-settings.ts';
import type { Listening } from './banner.ts';
import { startCalls } from './calls.ts';
import type { Desk } from './calls.ts';
import { keepTime } from './clock.ts';
import { listenTexts, openEngine } from './sip-engine.ts';
import { startHttp } from './http.ts';
import { openMessages } from './messages.ts';
import type { MessageRoom } from './messages.ts';
import type { Options } from '#options/options.ts';
import { keyPath, startPhones } from './devices.ts';
import type { Phones } from './devices.ts';
import { watchSealedValues } from './sealed-values.ts';
import { startSetUp } from './twilio-setup.ts';
import { openStorage, startCopies } from './storage.ts';
import type { Overrides, Storage, Surroundings } from './context.ts';
import { openTwilio } from './twilio.ts';
import type { TwilioGround } from './twilio.ts';
import { followTwilio } from './twilio-trunk.ts';
import { openVoicemail } from './voicemail.ts';
import type { VoicemailEdge } from './voicemail.ts';
import { startWebhooks } from './webhooks.ts';
import type { WebhooksStart } from './webhooks.ts';

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
  const around = {
    options,
    overrides,
    clock,
    onClockSet: clock.onSet,
    newId,
    log,
    events,
    health: new Health(clock),
    stack,
    warnings: [],
  };
  const storage = openStorage(around);
  keepTime({ ...around, clock, storage });
  const phones = await startPhones(around, storage);
  const engine = await openEngine(around, phones);
  const house = await openHouse(around, storage, phones);
  const twilio = openTwilio({ ...around, storage, keys: phones.keys });
  const closedTrunk = watchSealedValues({
    ...{ ...around, keys: phones.keys, path: keyPath(options) },
    lockedPhones: () => phones.devices.locked(),
    isTwilioLocked: () => twilio.settings.isLocked,
  });
  const desk = await startCalls(around, storage, { ...phones, numbers: house.numbers, engine, newToken, closedTrunk });
  followTwilio({ ...twilio, sip: desk.sip, engine, log, stack });
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
  startCopies({ ...around, storage, keys: phones.keys, isQuiet: () => desk.calls.list().length === 0 });
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
