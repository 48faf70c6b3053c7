// Composes escalations: alarms that go along a chain of people until somebody takes them.
// Called by app.ts, after calls.
// Must stay true: they stop before calls do, so that the calls which end then change nothing of them.
import { escalationAlerts } from '#calls/escalation-alerts.ts';
import { escalationCommands } from '#calls/escalation-commands.ts';
import { escalationEntities } from '#calls/escalation-entities.ts';
import { escalationRoutes } from '#calls/escalation-routes.ts';
import { EscalationStore } from '#calls/escalation-store.ts';
import { Escalations } from '#calls/escalations.ts';
import { HouseEscalationCaller } from '#calls/house-escalation-caller.ts';
import { isQuietHours } from '#routing/quiet-hours.ts';
import type { CallsRoom } from './calls.ts';
import type { ContactsRoom } from './contacts.ts';
import type { AppContext, RoomFace, Storage } from './context.ts';
import type { DevicesRoom } from './devices.ts';
import { faceOf } from './face.ts';
import type { PeopleRoom } from './people.ts';
import type { RoutingRoom } from './routing.ts';

export type EscalationsRoom = { readonly escalations: Escalations; readonly face: RoomFace };

type EscalationsDeps = AppContext & {
  readonly storage: Pick<Storage, 'db'>;
  readonly calls: Pick<CallsRoom, 'calls' | 'sip' | 'mayCall'>;
  readonly routing: Pick<RoutingRoom, 'chains' | 'sources'>;
  readonly contacts: ContactsRoom['contacts'];
  readonly devices: Pick<DevicesRoom, 'devices' | 'registrations'>;
  readonly people: PeopleRoom['people'];
};

export function composeEscalations(deps: EscalationsDeps): EscalationsRoom {
  const { options, clock, newId, events, stack, storage, calls, routing, contacts, people } = deps;
  const { devices, registrations } = deps.devices;
  const log = deps.log.child({ room: 'calls' });
  const escalations = new Escalations({
    clock,
    newId,
    events,
    log,
    store: new EscalationStore(storage.db),
    caller: new HouseEscalationCaller({ log, devices, house: calls.sip.houseCaller, calls: calls.calls }),
    language: options.house.language,
    chainOf: (id) => routing.chains.all().find((chain) => chain.id === id),
    callees: {
      devices,
      registrations,
      people,
      dnd: routing.sources.dnd,
      isQuietHours: (device, now) =>
        isQuietHours(device, { childLines: routing.sources.childLines(), settings: routing.sources.settings(), now }),
      mayCall: calls.mayCall,
      nameOfContact: (id) => contacts.byId(id)?.name,
      nameOfNumber: (number) => contacts.byNumber(number)?.name,
    },
  });
  escalations.start();
  stack.defer(() => escalations.stop());
  const current = () => escalations.current();
  return {
    escalations,
    face: faceOf({
      routes: escalationRoutes({ escalations, personOf: (id) => people.get(id) }),
      commands: escalationCommands({ escalations, chains: () => routing.chains.all() }),
      entities: escalationEntities({ current, nameOf: (id) => escalations.get(id).plan.name }),
      alerts: escalationAlerts(current),
    }),
  };
}
