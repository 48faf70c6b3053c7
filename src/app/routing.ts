// Composes routing: rules, ring groups, escalation chains, do not disturb and what holds for all calls.
// Called by app.ts, before calls, which decide by it.
// Must stay true: it knows no call; what becomes of one is asked of decide() with the facts that calls gather.
import type { DeviceId } from '#base/ids.ts';
import { isEmergencyNumber } from '#numbers/emergency-numbers.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { ChainHouse } from '#routing/chain-problems.ts';
import type { RoutingFacts } from '#routing/decision.ts';
import { childLineRoutes } from '#routing/child-line-routes.ts';
import { ChildLineStore } from '#routing/child-line-store.ts';
import { ChildLines } from '#routing/child-lines.ts';
import { dndCommands } from '#routing/dnd-commands.ts';
import { dndEntities } from '#routing/dnd-entities.ts';
import { dndRoutes } from '#routing/dnd-routes.ts';
import { DndScheduleStore } from '#routing/dnd-schedule-store.ts';
import { DndSchedules } from '#routing/dnd-schedules.ts';
import { DndStore } from '#routing/dnd-store.ts';
import { DndSwitches } from '#routing/dnd-switches.ts';
import { escalationChainRoutes } from '#routing/escalation-chain-routes.ts';
import { EscalationChainStore } from '#routing/escalation-chain-store.ts';
import { EscalationChains } from '#routing/escalation-chains.ts';
import { withHotlines } from '#routing/hotline.ts';
import { holidayAlerts } from '#routing/holiday-alerts.ts';
import { HolidayCalendars } from '#routing/holiday-calendars.ts';
import type { CalendarsPort } from '#routing/holiday-calendars.ts';
import { holidayRoutes } from '#routing/holiday-routes.ts';
import { HolidayStore } from '#routing/holiday-store.ts';
import { hotlineRoutes } from '#routing/hotline-routes.ts';
import { HotlineStore } from '#routing/hotline-store.ts';
import { Hotlines } from '#routing/hotlines.ts';
import { ringGroupRoutes } from '#routing/ring-group-routes.ts';
import { RingGroupStore } from '#routing/ring-group-store.ts';
import { RingGroups } from '#routing/ring-groups.ts';
import { routeRoutes } from '#routing/route-routes.ts';
import { RouteStore } from '#routing/route-store.ts';
import { Routes } from '#routing/routes.ts';
import { initialRoutingSettings } from '#routing/routing-settings.ts';
import type { RoutingSettings } from '#routing/routing-settings.ts';
import { routingSettingsRoutes } from '#routing/settings-routes.ts';
import { RoutingSettingsStore } from '#routing/settings-store.ts';
import type { DevicesRoom } from './devices.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import { faceOf } from './face.ts';
import type { PeopleRoom } from './people.ts';

export type RoutingRoom = {
  readonly groups: RingGroups;
  readonly chains: EscalationChains;
  readonly dnd: DndSwitches;
  readonly childLines: ChildLines;
  readonly hotlines: Hotlines;
  /** Of Home Assistant, whose states the rules ask for. */
  readonly entityIds: () => readonly string[];
  /** What a decision takes of this room. */
  readonly sources: {
    readonly routesOf: Routes['of'];
    readonly groups: () => RoutingFacts['groups'];
    readonly chains: () => RoutingFacts['chains'];
    readonly dnd: (at: number) => RoutingFacts['dnd'];
    readonly childLines: () => RoutingFacts['childLines'];
    readonly settings: () => RoutingSettings;
    readonly states: RoutingFacts['states'];
  };
  /** Whether do not disturb of the house or of the owner is on for a number of ours. */
  readonly isDnd: (ourNumber: string) => boolean;
  readonly face: RoomFace;
};

type RoutingDeps = AppContext & {
  readonly storage: Pick<Storage, 'db' | 'writes'>;
  readonly numbers: Numbers;
  readonly devices: DevicesRoom['devices'];
  readonly people: PeopleRoom['people'];
  /** Asked later, when a chain is saved or shown. */
  readonly chainHouse: Pick<ChainHouse, 'contactOf' | 'mayCall'>;
  readonly states: RoutingFacts['states'];
  readonly calendars: CalendarsPort | undefined;
};

export function composeRouting({
  storage,
  numbers,
  devices,
  people,
  chainHouse,
  states,
  calendars,
  ...context
}: RoutingDeps): RoutingRoom {
  const { options, clock, newId, events, stack } = context;
  const { db, writes } = storage;
  const { country } = options.house;
  const log = context.log.child({ room: 'routing' });
  const isReservedExtension = (extension: string) => isEmergencyNumber(extension, country);
  const house = { devices, people, numbers, isReservedExtension };
  const { timeZone } = options.house;
  const { spamThreshold, ringSeconds } = options.calls;
  const initial = initialRoutingSettings({ timeZone, spamThreshold, ringSeconds });
  const settings = new RoutingSettingsStore(db, writes, initial);
  const holidays = new HolidayCalendars({
    store: new HolidayStore(db),
    writes,
    calendars,
    settings: () => settings.current,
    clock,
    log,
  });
  stack.defer(events.on('routing-settings.changed', () => holidays.refresh()));
  stack.defer(() => holidays.stop());
  holidays.start();
  const shared = { writes, clock, newId, log, events, house };
  const groups = new RingGroups({ ...shared, store: new RingGroupStore(db) });
  const chains = new EscalationChains({ ...shared, store: new EscalationChainStore(db), house: { ...house, ...chainHouse } });
  const routes = new Routes({
    ...shared,
    store: new RouteStore(db),
    groups: () => groups.all(),
    chains: () => chains.all(),
    settings: () => holidays.settings(),
  });
  const ownerOf = (deviceId: DeviceId) => devices.byId(deviceId)?.personId;
  const schedules = new DndSchedules({ store: new DndScheduleStore(db), timeZone: () => settings.current.timeZone });
  const dnd = new DndSwitches({ store: new DndStore(db), schedules, writes, clock, events, log, ownerOf });
  const targets = () => ({ house, groups: groups.all() });
  const childLines = new ChildLines({
    store: new ChildLineStore(db),
    writes,
    clock,
    events,
    log,
    context: targets,
  });
  const hotlines = new Hotlines({ store: new HotlineStore(db), writes, clock, log, context: targets });
  dnd.start();
  stack.defer(() => dnd.stop());
  const forgetDevice = (deviceId: DeviceId) => {
    dnd.forget({ deviceId });
    childLines.forget(deviceId);
    hotlines.forget(deviceId);
  };
  stack.defer(events.on('device.deleted', ({ deviceId }) => forgetDevice(deviceId)));
  people.onRemoved([(personId) => () => dnd.forget({ personId }), (personId) => () => childLines.forget(personId)]);
  return {
    groups,
    chains,
    dnd,
    childLines,
    hotlines,
    entityIds: () => routes.entityIds(),
    sources: {
      routesOf: (numberId) => routes.of(numberId),
      groups: () => groups.all(),
      chains: () => chains.all(),
      dnd: (at) => dnd.facts(at),
      childLines: () => withHotlines(childLines.facts(), hotlines.all(), ownerOf),
      settings: () => holidays.settings(),
      states,
    },
    isDnd: (ourNumber) => {
      const personId = numbers.byNumber(ourNumber)?.ownerPersonId;
      return dnd.of({}).isOn || (personId !== undefined && dnd.of({ personId }).isOn);
    },
    face: faceOf({
      routes: [
        ...routeRoutes(routes),
        ...ringGroupRoutes(groups),
        ...escalationChainRoutes(chains),
        ...dndRoutes({ dnd, schedules, house }),
        ...childLineRoutes({ lines: childLines, house }),
        ...hotlineRoutes({ hotlines, house }),
        ...routingSettingsRoutes(settings, events),
        ...holidayRoutes({ clock, settings: () => settings.current, calendars: holidays }),
      ],
      alerts: holidayAlerts(
        () => settings.current.holidayCalendars,
        (entityId) => holidays.stateOf(entityId),
      ),
      entities: dndEntities({ dnd, house }),
      commands: dndCommands({ clock, dnd, house }),
    }),
  };
}
