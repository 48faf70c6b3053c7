// Owns the composition: makes every room in the order in which they need each other, and mounts what each declares.
// Called by main.ts, the demo and the tests of the whole app; each compose function fits one room together.
// Must stay true: rooms stop in reverse order, a start that fails undoes itself, and rooms never meet but here and in those functions.
import { randomBytes } from 'node:crypto';
import { systemClock } from '#base/clock.ts';
import { HouseClock } from '#base/house-clock.ts';
import { Events } from '#base/events.ts';
import { newId as systemNewId } from '#base/ids.ts';
import { createLog } from '#base/log.ts';
import { recordMissedCall } from '#calls/missed-pstn-call.ts';
import type { Facts } from '#contract/facts.ts';
import type { Registration } from '#devices/registration.ts';
import type { Options } from '#options/options.ts';
import { isTrunkReachable } from '#sip/trunk/reachability.ts';
import type { AlertWatch } from '#system/alert-watch.ts';
import { LogRing } from '#system/log-ring.ts';
import { trunkName } from '#twilio/api/settings.ts';
import { toMissedCall } from '#twilio/sync/unreported-call.ts';
import { composeBackupRoom } from './backup.ts';
import type { Listening } from './banner.ts';
import { composeBlueprints } from './blueprints.ts';
import { composeCalls } from './calls.ts';
import type { CallsRoom } from './calls.ts';
import { composeChildHelp } from './child-help.ts';
import { composeClock } from './clock.ts';
import { knownHouse, learnHouse } from './core-house.ts';
import { composeContacts } from './contacts.ts';
import type { ContactsRoom } from './contacts.ts';
import type { Overrides, Storage, AppContext } from './context.ts';
import { keyFilePath, composeDevices } from './devices.ts';
import type { DevicesRoom } from './devices.ts';
import { composeDiagnosis } from './diagnosis.ts';
import { composeEscalations } from './escalations.ts';
import { mountFaces } from './face.ts';
import type { Mounted } from './face.ts';
import { composeFence } from './fence.ts';
import { composeHomeAssistant } from './home-assistant.ts';
import { composeCore } from './home-assistant-core.ts';
import type { CoreRoom } from './home-assistant-core.ts';
import { composeHomeAssistantLink } from './home-assistant-link.ts';
import { composeHttp } from './http.ts';
import { startIngress } from './ingress.ts';
import { composeMediaRelay } from './media.ts';
import { composeMessages } from './messages.ts';
import type { MessageRoom } from './messages.ts';
import { composeNotifications } from './notifications.ts';
import { composeNumbers } from './numbers.ts';
import type { NumbersRoom } from './numbers.ts';
import { composeObservation } from './observation.ts';
import { composeOutbox } from './outbox.ts';
import { composeOutgoingWebhooks } from './outgoing-webhooks.ts';
import { composePanelLinks } from './panel-links.ts';
import { composePeople } from './people.ts';
import type { PeopleRoom } from './people.ts';
import { pingPhone } from './phone-ping.ts';
import { composePhoneTargets } from './phone-targets.ts';
import { composeRoutingPreview } from './routing-preview.ts';
import { composeRouting } from './routing.ts';
import { composeScreening } from './screening.ts';
import { composeSealedValues } from './sealed-values.ts';
import { formatListeners, composeSipEngine } from './sip-engine.ts';
import { composeSipPorts } from './sip-ports.ts';
import { composeSipServer } from './sip-server.ts';
import { composeStorage, composeBackups } from './storage.ts';
import { composeSupervisor } from './supervisor.ts';
import type { SupervisorRoom } from './supervisor.ts';
import { composeSystem, startAlerts } from './system.ts';
import { composeTwilio } from './twilio.ts';
import type { TwilioServices } from './twilio.ts';
import { composeTwilioSetup } from './twilio-setup.ts';
import { composeTrunks } from './trunks.ts';
import type { TrunksRoom } from './trunks.ts';
import { syncTwilioTrunk, twilioDirection } from './twilio-trunk.ts';
import { composeVoicemail } from './voicemail.ts';
import type { VoicemailServices } from './voicemail.ts';
import { composeWebhooks } from './webhooks.ts';
import type { WebhooksRoom } from './webhooks.ts';

/** What runs, and everything that is mounted: every endpoint, entity and alert of every room. */
export type App = AsyncDisposable & Listening & Mounted;

/** Unguessable. */
const newToken = () => randomBytes(18).toString('base64url');

/** Starts the whole exchange. Throws an AppError with one plain sentence where it cannot; nothing is left running then. */
export async function createApp(options: Options, overrides: Overrides = {}): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const logRing = new LogRing();
  const destination = overrides.logDestination === undefined ? {} : { destination: overrides.logDestination };
  const ownLog = () => createLog({ level: options.log.level, copyTo: logRing.add, ...destination });
  const { newId = systemNewId, log = ownLog() } = overrides;
  const clock = new HouseClock(overrides.clock ?? systemClock, log);
  const events = new Events<Facts>(log);
  const system = composeSystem({ clock });
  const onClockStep = clock.onStep;
  const bare = { options, overrides, clock, onClockStep, newId, log, events, stack, warnings: [] };
  const storage = composeStorage(bare);
  const context = { ...bare, options: knownHouse(options, storage) };
  const time = composeClock({ ...context, clock, storage });
  const supervisor = composeSupervisor(context);
  const rooms = await composeRooms(context, storage, supervisor);
  const { devices, people, calls, engine, outboxRoom, http, webhooks, core, links, notifications, outgoingWebhooks, sipPorts } =
    rooms;
  const backup = await composeBackupRoom({ ...context, storage, callsInProgress: () => calls.calls.list().length });
  const observation = composeObservation({ ...context, ...rooms, logRing, alerts: () => alerts });
  const homeAssistant = composeHomeAssistant({ ...context, storage, supervisor: supervisor.client, links });
  const link = composeHomeAssistantLink({ homeAssistant, core, people: rooms.people.people });
  const faces = [storage, time, ...Object.values(rooms), backup, observation, homeAssistant, link, system];
  const mounted = mountFaces(faces, system.health, context.options.house.language);
  const alerts: AlertWatch = startAlerts(context, mounted.alerts);
  core.showAlerts(alerts, links);
  notifications.watchAlerts(alerts);
  notifications.actBy(mounted.routes);
  const httpPort = await http.start(mounted.routes);
  const isQuiet = () => calls.calls.list().length === 0;
  startIngress({ ...context, supervisor: supervisor.client, core: core.core, people: people.people, http }, mounted.routes);
  sipPorts.watch(core.core, isQuiet);
  supervisor.followPorts(isQuiet);
  outgoingWebhooks.start(mounted.routes);
  outboxRoom.start();
  homeAssistant.start(mounted);
  composeBackups({ ...context, storage, keys: devices.keys, isQuiet });
  learnHouse({ ...context, storage, core: core.core, isQuiet });
  const at: Listening = {
    sip: formatListeners(engine.hostports),
    http: { host: options.http.host, port: httpPort },
    publicHttp: webhooks.address(),
    adminToken: people.adminToken,
    setupToken: people.setupToken,
    warnings: context.warnings,
  };
  log.info({ sip: at.sip, http: at.http, warnings: at.warnings }, 'GoSIP is ready');
  const parts = stack.move();
  return { ...at, ...mounted, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** Every room that knows a subject or an edge, in the order of the start. */
async function composeRooms(context: AppContext, storage: Storage, { primaryAddress, client: supervisor }: SupervisorRoom) {
  const { options, log, stack } = context;
  const isGroupExtension = (extension: string) => routing.groups.byExtension(extension) !== undefined;
  const ping = (registration: Registration) => pingPhone(calls.sip, registration);
  const devices = await composeDevices(context, storage, { isGroupExtension, ping });
  const { keys } = devices;
  const sipPorts = await composeSipPorts(context);
  context.warnings.push(...sipPorts.taken.map(sipPorts.message));
  const engine = await composeSipEngine(context, { ...devices, ports: sipPorts });
  const people = await composePeople({ ...context, storage, devices: devices.devices });
  const numbersRoom = composeNumbers({ ...context, storage });
  const { numbers } = numbersRoom;
  const core = composeCore(context);
  const links = composePanelLinks({ ...context, storage, supervisor, core: core.core, people: people.people });
  const routing = composeRouting({
    ...context,
    storage,
    states: core.states,
    calendars: core.calendars,
    numbers,
    devices: devices.devices,
    people: people.people,
    chainHouse: { contactOf: (id) => contacts.byId(id), mayCall: (number) => calls.mayCall(number) },
  });
  core.watchStates(routing.entityIds);
  const outboxRoom = composeOutbox({ ...context, storage });
  const { outbox } = outboxRoom;
  const twilio = composeTwilio({ ...context, storage, keys, outbox });
  const sealedValues = composeSealedValues({
    ...context,
    keys,
    storage,
    path: keyFilePath(options),
    lockedPhones: () => devices.devices.undecryptable(),
    isTwilioLocked: () => twilio.settings.isLocked,
  });
  const { twilioTrunkProblem, secrets } = sealedValues;
  const trunks: TrunksRoom = composeTrunks({
    ...context,
    storage,
    secrets: secrets.trunks,
    numbers,
    engine,
    sip: () => calls.sip,
    twilioDirection: () => twilioDirection(twilio.settings.current),
  });
  const contactsRoom = composeContacts({
    ...context,
    storage,
    secrets: secrets.addressBooks,
    people: people.people,
    chains: routing.chains,
  });
  const { contacts } = contactsRoom;
  const screening = composeScreening({
    ...context,
    storage,
    secrets: secrets.spamLists,
    numbers,
    calls: () => calls,
    messageOf: (messageId) => messages.stores.messages.byId(messageId),
  });
  const media = await composeMediaRelay({ ...context, primaryAddress, hasTrunk: () => calls.sip.trunkStates().length > 0 });
  const calls: CallsRoom = await composeCalls(context, storage, {
    ...devices,
    numbers,
    engine,
    media,
    trunks,
    newToken,
    people: people.people,
    routing: { ...routing.sources, ...screening, contacts },
    twilioTrunkProblem,
    approval: { lines: routing.childLines, blocklist: screening.blocklist },
    hotlineOf: (deviceId) => routing.hotlines.of(deviceId),
    personOf: (id) => people.people.get(id),
    contactsOf: (personId) => contacts.visibleTo(personId),
    voicemailOf: (id) => voicemail.left(id),
  });
  const { sip } = calls;
  trunks.follow();
  syncTwilioTrunk({ ...twilio, sip, engine, log, stack });
  const messages = await composeMessages({
    ...context,
    numbers,
    storage,
    twilio,
    contacts,
    isDnd: routing.isDnd,
    people: people.people,
  });
  const composed = { devices, people, numbers: numbersRoom, contacts: contactsRoom, calls, twilio, messages, core };
  const voicemail: VoicemailServices = await composeVoicemailRoom(context, storage, composed);
  people.people.onRemoved([
    (personId) => voicemail.room.greetings.release(personId),
    (personId) => screening.blocklist.release(personId),
    (personId) => contacts.releasePerson(personId),
  ]);
  const escalations = composeEscalations({ ...context, storage, calls, routing, contacts, devices, people: people.people });
  composeChildHelp({ ...context, calls, devices: devices.devices, routing, escalations, people: people.people });
  const routingPreview = composeRoutingPreview({
    ...context,
    calls,
    devices: devices.devices,
    numbers,
    routing,
    isReachable: () => isTrunkReachable(sip.trunkStates(), trunkName),
  });
  const diagnosis = composeDiagnosis({
    ...context,
    calls,
    devices,
    people: people.people,
    numbers,
    routing,
    blocklist: screening.blocklist,
  });
  const webhooks = await composePublicWebhooks(context, { ...composed, voicemail });
  const { selfTest } = webhooks;
  const setup = composeTwilioSetup({ ...context, twilio, storage, numbers, sip, selfTest, mediaRelay: media.health });
  const http = composeHttp({
    ...context,
    storage,
    devices: devices.devices,
    calls,
    escalations: escalations.escalations,
    people,
  });
  const fence = composeFence({ ...context, http, engine, webhooks });
  const outgoingWebhooks = composeOutgoingWebhooks({
    ...context,
    storage,
    secrets: secrets.destinations,
    oldSecrets: secrets.oldDestinations,
    outbox,
    fence,
  });
  const phoneTargets = composePhoneTargets({ phones: core.phones, people: people.people });
  const notifications = composeNotifications({
    ...context,
    storage,
    outbox,
    secrets,
    calls,
    voicemail,
    messages,
    numbers,
    contacts,
    routing,
    core: core.core,
    people: people.people,
    links,
    fence,
    devices,
    phones: core.phones,
    actionKey: keys.action,
    isOwnPhone: phoneTargets.isOwnPhone,
  });
  return {
    ...composed,
    blueprints: composeBlueprints(core.core),
    outboxRoom,
    phoneTargets,
    routing,
    routingPreview,
    diagnosis,
    escalations,
    engine,
    sipPorts,
    sipServer: composeSipServer({ ...context, engine }),
    sealedValues,
    trunks,
    outgoingWebhooks,
    notifications,
    links,
    screening,
    media,
    voicemail,
    webhooks,
    setup,
    http,
  };
}

type Composed = {
  readonly core: CoreRoom;
  readonly devices: DevicesRoom;
  readonly people: PeopleRoom;
  readonly numbers: NumbersRoom;
  readonly contacts: ContactsRoom;
  readonly calls: CallsRoom;
  readonly twilio: TwilioServices;
  readonly messages: MessageRoom;
};

/** Mailboxes and recordings; what Twilio has and no webhook reported goes to the rooms it belongs to. */
function composeVoicemailRoom(context: AppContext, storage: Storage, rooms: Composed): Promise<VoicemailServices> {
  const { devices, twilio, messages } = rooms;
  const { calls, cdrs, pstnCalls, pstnCallStore } = rooms.calls;
  const { numbers } = rooms.numbers;
  const missed = {
    ...context,
    log: context.log.child({ room: 'calls' }),
    cdrs,
    store: pstnCallStore,
    devices: devices.devices,
    newToken,
    byNumber: (number: string) => numbers.byNumber(number),
  };
  return composeVoicemail({
    ...context,
    storage,
    twilio,
    calls,
    cdrs,
    pstnCalls,
    devices: devices.devices,
    numbers,
    people: rooms.people.people,
    contacts: rooms.contacts.contacts,
    speech: rooms.core.speech,
    sinks: {
      message: (message) => messages.messages.reconcile(message),
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
  rooms: Composed & { readonly voicemail: VoicemailServices },
): Promise<WebhooksRoom> {
  const { twilio, voicemail } = rooms;
  const { sip, pstnCalls } = rooms.calls;
  const { numbers } = rooms.numbers;
  const { messages } = rooms;
  return composeWebhooks({
    ...context,
    settings: twilio.settings,
    calls: pstnCalls,
    voicemail: voicemail.room,
    messages,
    media: {
      publicMedia: async (token: string) =>
        (await messages.media.publicMedia(token)) ?? voicemail.room.greetings.publicMedia(token),
    },
    isReachable: () => isTrunkReachable(sip.trunkStates(), trunkName),
    callerIdFor: (requested) => numbers.callerIdFor(requested)?.number,
  });
}
