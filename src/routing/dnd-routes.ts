import { isoTimeOrNull, parseTime } from '#base/clock.ts';
import { AppError } from '#base/errors.ts';
import type { DeviceId, PersonId } from '#base/ids.ts';
import {
  getDnd,
  getHouseDndSchedule,
  getPersonDndSchedule,
  setDeviceDnd,
  setHouseDnd,
  setHouseDndSchedule,
  setPersonDnd,
  setPersonDndSchedule,
} from '#contract/dnd.ts';
import { handle } from '#contract/endpoint.ts';
import type { Identity, Route } from '#contract/endpoint.ts';
import type { Device } from '#devices/device.ts';
import type { Dnd } from './dnd.ts';
import type { DndState } from './dnd-schedule.ts';
import type { DndSchedules } from './dnd-schedules.ts';
import type { DndSubject } from './dnd-store.ts';
import type { DndSwitches } from './dnd-switches.ts';
import type { RoutingHouse } from './routing-house.ts';

type Deps = {
  readonly dnd: DndSwitches;
  readonly schedules: Pick<DndSchedules, 'of' | 'timeZone'>;
  readonly house: Pick<RoutingHouse, 'devices' | 'people'>;
};

/** An admin switches all, a user themselves and their own phones; what is not theirs is not there. */
export function dndRoutes(deps: Deps): readonly Route[] {
  return [...switchRoutes(deps), ...scheduleRoutes(deps)];
}

function switchRoutes({ dnd, house }: Deps): readonly Route[] {
  const persons = (identity: Identity | undefined) => house.people.all().filter(({ id }) => isTheirs(identity, id));
  const devices = (identity: Identity | undefined) => house.devices.all().filter(({ personId }) => isTheirs(identity, personId));
  const deviceOf = (id: DeviceId, identity: Identity | undefined) => orMissing(devices(identity), id);
  return [
    handle(getDnd, ({ identity }) => ({
      house: toReply(dnd.of({})),
      persons: persons(identity).map(({ id, name }) => ({ personId: id, name, ...toReply(dnd.of({ personId: id })) })),
      devices: devices(identity)
        .toSorted(byExtension)
        .map(({ id, name, personId }) => ({
          deviceId: id,
          name,
          personId: personId ?? null,
          ...toReply(dnd.of({ deviceId: id })),
        })),
    })),
    handle(setHouseDnd, async ({ body }) => toReply(await dnd.set({}, fromBody(body)))),
    handle(setPersonDnd, async ({ params, body, identity }) =>
      toReply(await dnd.set(personOf(house, params.id, identity), fromBody(body))),
    ),
    handle(setDeviceDnd, async ({ params, body, identity }) =>
      toReply(await dnd.set({ deviceId: deviceOf(params.id, identity).id }, fromBody(body))),
    ),
  ];
}

function scheduleRoutes({ dnd, schedules, house }: Deps): readonly Route[] {
  const toSchedule = (subject: DndSubject) => ({
    entries: (schedules.of(subject)?.entries ?? []).map((entry) => ({ ...entry, days: [...entry.days] })),
    timeZone: schedules.timeZone,
  });
  return [
    handle(getHouseDndSchedule, () => toSchedule({})),
    handle(setHouseDndSchedule, async ({ body }) => {
      await dnd.setSchedule({}, body.entries);
      return toSchedule({});
    }),
    handle(getPersonDndSchedule, ({ params, identity }) => toSchedule(personOf(house, params.id, identity))),
    handle(setPersonDndSchedule, async ({ params, body, identity }) => {
      const subject = personOf(house, params.id, identity);
      await dnd.setSchedule(subject, body.entries);
      return toSchedule(subject);
    }),
  ];
}

function personOf({ people }: Deps['house'], id: PersonId, identity: Identity | undefined): { readonly personId: PersonId } {
  const theirs = people.all().filter((person) => isTheirs(identity, person.id));
  return { personId: orMissing(theirs, id).id };
}

function isTheirs(identity: Identity | undefined, personId: PersonId | undefined): boolean {
  return identity?.role === 'admin' || (personId !== undefined && personId === identity?.personId);
}

function orMissing<Item extends { readonly id: string }>(items: readonly Item[], id: string): Item {
  const found = items.find((item) => item.id === id);
  if (found === undefined) throw new AppError('not-found', 'There is no such do-not-disturb switch');
  return found;
}

function byExtension(a: Device, b: Device): number {
  return Number(a.extension) - Number(b.extension);
}

function fromBody({ isOn, until }: { readonly isOn: boolean; readonly until: string | null }): Dnd {
  return { isOn, until: parseTime(until ?? undefined) };
}

function toReply({ isOn, until, bySchedule, offUntil }: DndState) {
  return { isOn, until: isoTimeOrNull(until), bySchedule, offUntil: isoTimeOrNull(offUntil) };
}
