// Composes calls and the SIP edge that brings them.
// Called by app.ts.
// Must stay true: SIP stops before calls do, so that what is cut off still gets its record.
import type { DeviceId, PersonId, VoicemailId } from '#base/ids.ts';
import { CallControl } from '#calls/call-control.ts';
import type { CallLeg } from '#calls/call.ts';
import { CallBook } from '#calls/call-book.ts';
import type { BookContact } from '#calls/call-book.ts';
import { callCommands } from '#calls/call-commands.ts';
import { callEntities } from '#calls/call-entities.ts';
import type { LeftVoicemail } from '#calls/call-events.ts';
import { CallHistory } from '#calls/call-history.ts';
import { callPermissionRoutes } from '#calls/call-permission-routes.ts';
import { CallPermissionStore } from '#calls/call-permission-store.ts';
import { CallPermissions } from '#calls/call-permissions.ts';
import { callRoutes } from '#calls/call-routes.ts';
import { childCallRefuser } from '#calls/child-line-refusal.ts';
import { CallSearch } from '#calls/call-search.ts';
import { Calls } from '#calls/calls.ts';
import { CdrStore } from '#calls/cdr-store.ts';
import { EmergencyWindow } from '#calls/emergency-window.ts';
import { callDecider, gatherFacts } from '#calls/gather-facts.ts';
import type { FactSources, GatheredFacts } from '#calls/gather-facts.ts';
import type { HouseCall } from '#calls/house-call.ts';
import type { DialFacts } from '#calls/route-call.ts';
import { phoneCall } from '#calls/phone-state.ts';
import { PstnCallStore } from '#calls/pstn-call-store.ts';
import { PstnCalls } from '#calls/pstn-calls.ts';
import { TestCalls } from '#calls/test-calls.ts';
import { testCallRoutes } from '#calls/test-call-routes.ts';
import { TollFraudGuard } from '#calls/toll-fraud-guard.ts';
import { outgoingAlerts } from '#calls/outgoing-alerts.ts';
import { outgoingRoutes } from '#calls/outgoing-routes.ts';
import { recordRoutes } from '#calls/record-routes.ts';
import { recordAlerts } from '#calls/record-alerts.ts';
import { trunkTestCallRoutes } from '#calls/trunk-test-call-routes.ts';
import { TrunkTestCalls } from '#calls/trunk-test-calls.ts';
import { OutgoingStore } from '#calls/outgoing-store.ts';
import { isLocalAddress } from '#base/own-networks.ts';
import type { Log } from '#base/log.ts';
import type { Numbers } from '#numbers/numbers.ts';
import { ListenerPings } from '#sip-engine/ping/listener-pings.ts';
import { transportsHealth } from '#sip-engine/ping/transports-health.ts';
import { lateEngineWarning, waitForEngine } from '#sip/engine-connection.ts';
import { controlConnectionHealth, trunksHealth } from '#sip/sip-health.ts';
import { trunkAlerts } from '#sip/trunk/trunk-alerts.ts';
import { trunkEntities } from '#sip/trunk/trunk-entities.ts';
import { Sip } from '#sip/sip.ts';
import { composeCallApprovals } from './call-approvals.ts';
import type { ApprovalDeps } from './call-approvals.ts';
import type { DevicesRoom } from './devices.ts';
import type { Storage, AppContext, RoomFace } from './context.ts';
import { faceOf } from './face.ts';
import type { MediaRoom } from './media.ts';
import type { PeopleRoom } from './people.ts';
import type { SipEngineHandle } from './sip-engine.ts';
import type { TrunksRoom } from './trunks.ts';

export type CallsRoom = {
  readonly sip: Sip;
  readonly calls: Calls;
  readonly pstnCalls: PstnCalls;
  readonly pstnCallStore: PstnCallStore;
  readonly cdrs: CdrStore;
  readonly permissions: CallPermissions;
  /** Whether the house may call this number (E.164), as far as the destination goes. */
  readonly mayCall: (number: string) => boolean;
  /** What would have to be allowed to call this number (E.164); undefined: nothing. */
  readonly destinationToAllow: (number: string) => string | undefined;
  /** What a call would be decided by now, for the preview. */
  readonly gatherFacts: (call: HouseCall, at: number) => GatheredFacts;
  readonly face: RoomFace;
};

/** The rules, switches and lists by which calls are decided. */
export type CallRouting = Pick<
  FactSources,
  'routesOf' | 'groups' | 'chains' | 'dnd' | 'childLines' | 'settings' | 'states' | 'blocklist' | 'spamLists' | 'contacts'
>;

type CallsDeps = DevicesRoom & {
  /** Throws `not-found`. */
  readonly personOf: (id: PersonId) => { readonly name: string };
  readonly numbers: Numbers;
  readonly engine: Pick<SipEngineHandle, 'host' | 'port' | 'secret' | 'announce' | 'listening'>;
  readonly media: MediaRoom;
  readonly trunks: Pick<TrunksRoom, 'settings' | 'onStatus' | 'hasBadCertificate' | 'nameOf'>;
  readonly newToken: () => string;
  readonly people: FactSources['people'] & Pick<PeopleRoom['people'], 'onRemoved'>;
  readonly routing: CallRouting;
  readonly hotlineOf: DialFacts['hotlineOf'];
  readonly approval: Pick<ApprovalDeps, 'lines' | 'blocklist'>;
  /** The contacts of the whole house, and the person's own. */
  readonly contactsOf: (personId: PersonId | undefined) => Iterable<BookContact>;
  /** A message that was left; asked later, when one is. */
  readonly voicemailOf: (id: VoicemailId) => LeftVoicemail | undefined;
  /** Why the trunk to Twilio cannot be used; undefined where it can. */
  readonly twilioTrunkProblem: () => string | undefined;
};

/** Longer than the call-back window can be set. */
const emergencyMemoryMs = 86_400_000;

/** Calls, and the SIP edge that brings them. */
export async function composeCalls(context: AppContext, { db, writes }: Storage, deps: CallsDeps): Promise<CallsRoom> {
  const { options, clock, newId, events, stack } = context;
  const { devices, registrations, numbers, engine, media, twilioTrunkProblem, personOf } = deps;
  const sip = createSip(context, deps, deps);
  const cdrs = new CdrStore(db);
  const facts = {
    country: options.house.country,
    devices,
    byNumber: (number: string) => numbers.byNumber(number),
    callerIdOf: (personId: PersonId | undefined) => numbers.callerIdOf(personId),
    anyCallerId: () => numbers.anyCallerId(),
    nameOf: (number: string, personId: PersonId | undefined) => deps.routing.contacts.byNumber(number, personId)?.name,
    hotlineOf: deps.hotlineOf,
    groupByExtension: (extension: string) => deps.routing.groups().find((group) => group.extension === extension),
  };
  const log = context.log.child({ room: 'calls' });
  const { ringSeconds } = options.calls;
  const emergencyWindow = new EmergencyWindow({
    clock,
    minutes: () => deps.routing.settings().emergencyMinutes,
    lastCall: () => history.lastEmergencyAt(options.house.country, clock.now() - emergencyMemoryMs),
  });
  const history = new CallHistory(db, log);
  const { approvals, routes: approvalRoutes } = composeCallApprovals(
    context,
    { db, writes },
    { ...deps, ...deps.approval, cdrs, calls: () => calls },
  );
  const sources: FactSources = {
    ...deps.routing,
    approvals,
    devices,
    registrations,
    history,
    people: deps.people,
    mayForward: (number) => tollFraudGuard.isAllowedDestination(number),
    emergencyUntil: (at) => emergencyWindow.until(at),
  };
  const decideCall = callDecider(sources, clock);
  const pstnCallStore = new PstnCallStore(db);
  const pstnCalls = new PstnCalls({
    clock,
    newId,
    events,
    log,
    decideCall,
    cdrs,
    store: pstnCallStore,
    devices,
    newToken: deps.newToken,
    byNumber: facts.byNumber,
  });
  const permissions = new CallPermissions({
    clock,
    log,
    writes,
    store: new CallPermissionStore(db),
    country: options.house.country,
    timeZone: options.house.timeZone,
  });
  permissions.start();
  stack.defer(events.on('device.deleted', ({ deviceId }) => permissions.forget(deviceId)));
  deps.people.onRemoved([(personId) => () => permissions.forget(personId)]);
  const tollFraudGuard = createTollFraudGuard(context, { db, writes }, { registrations, log });
  const calls = new Calls({
    clock,
    newId,
    events,
    facts,
    registrations,
    decideCall,
    emergencyWindow,
    store: cdrs,
    trunks: sip.trunks,
    pstnCalls: pstnCalls.sipLegs,
    log,
    ringSeconds,
    tollFraudGuard,
    permissions,
    onApprovalKey: (id, key, personId) => approvals.pressed(id, key, personId),
    refuseChildCall: childCallRefuser(sources, clock),
    writes,
  });
  emergencyWindow.start();
  pstnCalls.start();
  stack.defer(() => pstnCalls.stop());
  calls.start();
  stack.defer(() => calls.stop());
  stack.defer(events.on('device.revoked', ({ deviceId }) => calls.revoke(deviceId)));
  stack.defer(() => sip.stop());
  if ((await waitForEngine(sip.start(engine, calls), clock)) === 'late')
    context.warnings.push(lateEngineWarning(options.sip.engine === 'embedded' ? undefined : options.sip.engine));
  await media.started;
  if (media.mediaRelay.problem !== undefined && sip.trunkStates().length > 0) context.warnings.push(media.mediaRelay.problem);
  const search = new CallSearch(db);
  const names = {
    device: (id: DeviceId) => devices.byId(id)?.name,
    person: (id: PersonId) => deps.people.all().find((person) => person.id === id)?.name,
    number: facts.nameOf,
  };
  const control = new CallControl({
    calls,
    devices,
    registrations,
    log,
    house: sip.houseCaller,
    nameOf: names.number,
  });
  const trunkTestCalls = new TrunkTestCalls({
    clock,
    log,
    calls,
    house: sip.houseCaller,
    country: options.house.country,
    language: options.house.language,
    isOurs: (digits) =>
      facts.byNumber(digits) !== undefined ||
      devices.byExtension(digits) !== undefined ||
      facts.groupByExtension(digits) !== undefined,
    onStep: (trunkId) => events.emit('trunk.changed', { trunkId }),
  });
  stack.defer(() => trunkTestCalls.stop());
  const testCalls = new TestCalls({ clock, log, events, house: sip.houseCaller, calls, registrations });
  stack.defer(events.on('device.deleted', ({ deviceId }) => testCalls.forget(deviceId)));
  stack.defer(events.on('call.ended', ({ callId }) => askUnreached(calls.find(callId)?.legs ?? [], deps.presence)));
  const book = new CallBook({
    devices,
    people: deps.people,
    contacts: deps.contactsOf,
    canRing: (id) => registrations.of(id).length > 0 && phoneCall(id, calls.list()).state === 'idle',
  });
  const shown = { clock, calls, control, search, book, names, devices, people: deps.people, voicemailOf: deps.voicemailOf };
  const pings = new ListenerPings({ clock, announce: engine.announce, listening: () => engine.listening() ?? sip.listening });
  const face = faceOf({
    routes: [
      ...callRoutes({ calls, control, store: cdrs, search }),
      ...testCallRoutes({ testCalls, devices, registrations, ping: (registration) => deps.presence.ask(registration) }),
      ...recordRoutes({ db, search, clock, timeZone: options.house.timeZone }),
      ...outgoingRoutes(tollFraudGuard),
      ...trunkTestCallRoutes({ testCalls: trunkTestCalls, trunkNameOf: deps.trunks.nameOf }),
      ...approvalRoutes,
      ...callPermissionRoutes({ permissions, devices, personOf }),
    ],
    entities: [...callEntities(shown), ...trunkEntities(sip)],
    commands: callCommands(shown),
    alerts: [...outgoingAlerts(() => tollFraudGuard.recentRefusals), ...recordAlerts(calls), ...trunkAlerts(sip, clock)],
    probes: {
      'control connection': () => controlConnectionHealth(sip.isConnected),
      transports: async () => transportsHealth(await pings.latest()),
      trunks: () => trunksHealth(sip.trunkStates(), twilioTrunkProblem()),
      'outbound calls': () => tollFraudGuard.health(),
    },
  });
  return {
    sip,
    calls,
    pstnCalls,
    pstnCallStore,
    cdrs,
    permissions,
    mayCall: (number) => tollFraudGuard.isAllowedDestination(number),
    destinationToAllow: (number) => tollFraudGuard.destinationToAllow(number),
    gatherFacts: (call, at) => gatherFacts(call, sources, at),
    face,
  };
}

/** A call that did not reach a phone says that it may be gone. */
function askUnreached(legs: Iterable<CallLeg>, presence: DevicesRoom['presence']): void {
  const ids = [...legs].flatMap(({ outcome, deviceId }) =>
    outcome === 'unreachable' && deviceId !== undefined ? [deviceId] : [],
  );
  for (const id of new Set(ids)) void presence.check(id);
}

/** What bounds outbound calls. */
function createTollFraudGuard(
  { options, clock, events }: AppContext,
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
    isLocalAddress,
  });
  tollFraudGuard.start();
  return tollFraudGuard;
}

function createSip(
  { options, clock, log }: AppContext,
  phones: DevicesRoom,
  { media, trunks }: Pick<CallsDeps, 'media' | 'trunks'>,
): Sip {
  const { authenticator, registrar, registrations, devices } = phones;
  return new Sip({
    clock,
    registrar,
    media: media.mediaRelay,
    voice: media.voice,
    trunks: trunks.settings,
    onTrunkStatus: trunks.onStatus,
    hasBadCertificate: trunks.hasBadCertificate,
    log: log.child({ room: 'sip' }),
    edgeProxies: options.sip.edgeProxies,
    authenticate: (request) => authenticator.authenticate(request),
    isRegisteredFrom: (address) => registrations.isRegisteredFrom(address),
    mayStillCall: (deviceId) => devices.byId(deviceId)?.enabled === true,
  });
}
