// Composes who is told of what: what people chose, where they are reached, what is told of the rooms, and what it says.
// Called by notify.ts, before and after the deliveries that bring it to people.
// Must stay true: nothing is told before it is known what was told before.
import { preferenceRoutes } from '#notify/preference-routes.ts';
import type { PreferenceRoutesDeps } from '#notify/preference-routes.ts';
import { PreferenceStore } from '#notify/preference-store.ts';
import { Preferences } from '#notify/preferences.ts';
import { catchUp } from '#notify/catch-up.ts';
import type { Content } from '#notify/kinds/content.ts';
import type { Quiet } from '#notify/quiet.ts';
import { Reach } from '#notify/reach.ts';
import { Recipients } from '#notify/recipients.ts';
import { targetRoutes } from '#notify/target-routes.ts';
import type { TargetRoutesDeps } from '#notify/target-routes.ts';
import { TargetStore } from '#notify/target-store.ts';
import { Targets } from '#notify/targets.ts';
import { ToldAlerts } from '#notify/told-alerts.ts';
import type { OpenAlerts } from '#notify/told-alerts.ts';
import { ToldAlertStore } from '#notify/told-alert-store.ts';
import type { ToldDeliveries } from '#notify/to-tell.ts';
import { Telling } from '#notify/told.ts';
import { ToldWrites } from '#notify/told-writes.ts';
import type { PersonId } from '#base/ids.ts';
import type { Route } from '#contract/endpoint.ts';
import type { SealedSecrets } from '#storage/sealed-secrets.ts';
import { Watermarks } from '#storage/watermarks.ts';
import { composeAdministrators } from './administrators.ts';
import type { AppContext, Storage } from './context.ts';
import type { CoreRoom } from './home-assistant-core.ts';
import { notifyContent } from './notify-content.ts';
import type { NotifyContentDeps } from './notify-content.ts';
import type { PeopleRoom } from './people.ts';
import type { RoutingRoom } from './routing.ts';
import { toldSources } from './told-sources.ts';
import type { ToldSourceDeps } from './told-sources.ts';

export type ReachRoom = {
  readonly preferences: Preferences;
  readonly targets: Targets;
  readonly targetStore: TargetStore;
  readonly reach: Reach;
  readonly recipients: Recipients;
  readonly content: Content;
  readonly sources: ReturnType<typeof toldSources>;
  readonly administrators: () => readonly PersonId[];
};

export type ReachDeps = AppContext &
  ToldSourceDeps &
  Pick<NotifyContentDeps, 'calls' | 'voicemail' | 'messages' | 'contacts' | 'linkOf'> & {
    readonly storage: Storage;
    readonly secrets: SealedSecrets;
    readonly core: CoreRoom['core'];
    readonly people: PeopleRoom['people'];
    readonly routing: Pick<RoutingRoom, 'dnd'>;
  };

/** What deliveries ask. */
export function composeReach(deps: ReachDeps): ReachRoom {
  const { storage, people, options, routing } = deps;
  const administrators = composeAdministrators(deps);
  const preferences = new Preferences({ ...deps, store: new PreferenceStore(storage.db), writes: storage.writes });
  const targetStore = new TargetStore(storage.db);
  const targets = new Targets({ ...deps, store: targetStore, writes: storage.writes });
  people.onRemoved([(personId) => () => preferences.forget(personId)]);
  const reach = new Reach({
    preferences,
    targetsOf: (personId) => targets.ofPerson(personId),
    dndUntil: (personId, now) => dndUntil(routing.dnd, personId, now),
    timeZone: options.house.timeZone,
  });
  const sources = toldSources(deps);
  const content = notifyContent({ ...deps, administrators, sources });
  return {
    preferences,
    targets,
    targetStore,
    reach,
    recipients: new Recipients({ administrators, preferences }),
    content,
    sources,
    administrators,
  };
}

/** Until the later end of that of the house and of the person. */
function dndUntil(dnd: RoutingRoom['dnd'], personId: PersonId, now: number): Quiet['dndUntil'] {
  const on = [dnd.of({}, now), dnd.of({ personId }, now)].filter(({ isOn }) => isOn);
  if (on.length === 0) return undefined;
  const ends = on.map(({ until }) => until ?? Number.POSITIVE_INFINITY);
  const end = Math.max(...ends);
  return Number.isFinite(end) ? end : 'open-ended';
}

type TellingDeps = AppContext & {
  readonly storage: Storage;
  readonly room: ReachRoom;
  readonly people: PeopleRoom['people'];
  readonly deliveries: ToldDeliveries;
} & Pick<PreferenceRoutesDeps, 'available'> &
  Pick<TargetRoutesDeps, 'isOwnPhone' | 'tryTarget'>;

export type TellingRoom = {
  readonly routes: readonly Route[];
  /** Begins to tell of what is wrong in the house. */
  readonly watchAlerts: (alerts: OpenAlerts) => void;
};

/** Begins to tell, with what a kill kept from being told. */
export function composeTelling(deps: TellingDeps): TellingRoom {
  const { storage, clock, stack, onClockStep, room, people, options } = deps;
  const log = deps.log.child({ room: 'notify' });
  const { preferences, targets, recipients, sources, administrators } = room;
  const isPerson = (personId: PersonId) => people.byId(personId) !== undefined;
  const routes = [
    ...preferenceRoutes({ ...deps, preferences, isPerson, administrators, timeZone: options.house.timeZone }),
    ...targetRoutes({ ...deps, targets, isPerson }),
  ];
  const writes = new ToldWrites({ ...deps, log, writes: storage.writes, watermarks: new Watermarks(storage.db) });
  const restoredAt = lastRestore(deps);
  const telling = new Telling({ ...deps, log, writes, recipients, sources, restoredAt });
  const alerts = new ToldAlerts({ ...deps, log, writes: storage.writes, recipients, store: new ToldAlertStore(storage.db) });
  stack.defer(onClockStep((byMs) => (writes.clockSet(byMs), alerts.clockSet(byMs))));
  // What is only in memory would be told again from the file.
  if (storage.mode === 'normal') {
    stack.defer(writes.start());
    telling.start();
    stack.defer(() => telling.stop());
    catchUp({ sources, telling, writes, clock });
  }
  return {
    routes,
    watchAlerts(all) {
      if (storage.mode !== 'normal') return;
      alerts.watch(all);
      stack.defer(() => alerts.stop());
    },
  };
}

/** Known also after the next start: what Twilio has of the time in between may be fetched only then. */
function lastRestore({ storage, clock }: Pick<TellingDeps, 'storage' | 'clock'>): number | undefined {
  const watermarks = new Watermarks(storage.db);
  if (!storage.isRestored) return watermarks.get('restored');
  const now = clock.now();
  storage.writes.write(() => watermarks.set('restored', now)).catch(() => {});
  return now;
}
